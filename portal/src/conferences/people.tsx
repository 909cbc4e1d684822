import { useWindowVirtualizer } from "@tanstack/react-virtual";
import {
  type FocusEvent,
  type KeyboardEvent,
  type MouseEvent,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import type { Participant } from "../api/resources";
import { SearchField } from "../design/search-field";
import { useNarrow } from "../design/hooks";
import { type SelectionState, useRowKeys } from "../design/selection";
import { isKey } from "../design/keys";
import { useText } from "../design/texts";
import { nameOf } from "./participants";
import { Row, Tile } from "./person";
import type { Actions } from "./use-actions";

/** More than these are rows; fewer than those are tiles again, so that one who comes and goes does
 * not turn the page over each time. */
const TILES = 12;
const TILES_AGAIN = 9;

interface PeopleProps {
  people: Participant[];
  /** None: the reader only watches. */
  selection: SelectionState | undefined;
  actions: Actions;
  onKick: (people: Participant[]) => void;
  /** How many are in the room, found or not. */
  count: number;
  find: string;
  onFind: (typed: string) => void;
}

/** Who is in the room: tiles for a few, rows for many and on a phone. */
export function People(props: PeopleProps) {
  const t = useText();
  const narrow = useNarrow();
  const [many, setMany] = useState(props.count > TILES);
  const isMany = props.count > TILES || (many && props.count > TILES_AGAIN);
  if (many !== isMany) setMany(isMany);
  return (
    <>
      {(isMany || props.find !== "") && (
        <div className="people-search">
          <SearchField label={t("conferences-find")} value={props.find} onChange={props.onFind} />
        </div>
      )}
      <PeopleGrid {...props} isRows={isMany || narrow} />
    </>
  );
}

const keyOf = (one: Participant) => one.id;

/** Where the grid is, and which of its rows are drawn. */
function useRows(count: number, isRows: boolean) {
  const grid = useRef<HTMLDivElement>(null);
  const [margin, setMargin] = useState(0);
  const measure = useCallback(() => {
    const top = grid.current?.getBoundingClientRect().top ?? 0;
    setMargin(Math.round(top + window.scrollY));
  }, []);
  // What is above the list comes and goes: the lobby, the selection bar, a second line.
  useLayoutEffect(measure);
  useEffect(() => {
    const watch = new ResizeObserver(measure);
    watch.observe(document.body);
    return () => watch.disconnect();
  }, [measure]);
  const virtual = useWindowVirtualizer({
    count,
    estimateSize: () => 64,
    overscan: 10,
    scrollMargin: margin,
    enabled: isRows,
  });
  const scrollTo = useCallback(
    (index: number) => {
      if (isRows) virtual.scrollToIndex(index);
    },
    [isRows, virtual],
  );
  return { grid, margin, virtual, scrollTo };
}

interface HandlersProps extends Pick<PeopleProps, "people" | "selection" | "actions"> {
  isRows: boolean;
  /** What keys do in any list. */
  keys: ReturnType<typeof useRowKeys>;
}

/** What keys do beyond those of any list, left and right among tiles and mute; and a click. */
function handlersOf({ people, selection, actions, isRows, keys }: HandlersProps) {
  const onKeyDown = (event: KeyboardEvent) => {
    const place = event.target instanceof HTMLElement ? event.target.dataset["index"] : undefined;
    const one = place === undefined ? undefined : people[Number(place)];
    if (!isRows && (isKey(event, "right") || isKey(event, "left"))) {
      const step = isKey(event, "right") ? 1 : -1;
      const next = Number(place) + step;
      if (one !== undefined && people[next] !== undefined) {
        event.preventDefault();
        keys.setActive(next);
        keys.focusRow(next);
      }
      return;
    }
    const mutes = isKey(event, "mute") || isKey(event, "unmute");
    if (one !== undefined && mutes && selection?.keys.size === 0) {
      // Said here, the page's own shortcuts need not hear it.
      event.preventDefault();
      event.stopPropagation();
      if (isKey(event, "mute")) actions.mute([one.id]);
      else actions.unmute([one.id]);
      return;
    }
    keys.onKeyDown(event);
  };
  const onFocus = (event: FocusEvent) => {
    const row = event.target.closest<HTMLElement>("[data-index]");
    if (row) keys.setActive(Number(row.dataset["index"]));
  };
  const onClick = (event: MouseEvent) => {
    if (!selection || onControl(event) || !(event.target instanceof Element)) return;
    const row = event.target.closest<HTMLElement>("[data-index]");
    if (row) keys.pick(Number(row.dataset["index"]), event.shiftKey);
  };
  return { onKeyDown, onFocus, onClick };
}

/**
 * One stop for Tab, however many there are: arrows and j/k move, space selects, shift extends, `m`
 * and `u` act on the one that has the focus when nobody is selected.
 */
function PeopleGrid({
  people,
  selection,
  actions,
  onKick,
  isRows,
}: PeopleProps & { isRows: boolean }) {
  const t = useText();
  const { grid, margin, virtual, scrollTo } = useRows(people.length, isRows);
  const keys = useRowKeys({
    rows: people,
    rowKey: keyOf,
    selection,
    onOpen: undefined,
    scrollTo,
    body: grid,
  });
  const handlers = handlersOf({ people, selection, actions, isRows, keys });
  const cell = (index: number, top?: number) => {
    const one = people[index];
    if (one === undefined) return null;
    return (
      <Cell
        key={one.id}
        one={one}
        index={index}
        top={top}
        isRow={isRows}
        isActive={keys.active === index}
        selection={selection}
        actions={actions}
        onKick={onKick}
      />
    );
  };
  return (
    <div
      ref={grid}
      role="grid"
      aria-label={t("conferences-in-the-room")}
      aria-rowcount={people.length}
      aria-multiselectable={selection ? true : undefined}
      className={isRows ? "people-rows" : "tiles"}
      style={isRows ? { height: virtual.getTotalSize() } : undefined}
      {...handlers}
    >
      {isRows
        ? virtual.getVirtualItems().map((item) => cell(item.index, item.start - margin))
        : people.map((_, index) => cell(index))}
    </div>
  );
}

interface CellProps extends Pick<PeopleProps, "selection" | "actions" | "onKick"> {
  one: Participant;
  index: number;
  /** Where it is among rows that are drawn only in view. */
  top: number | undefined;
  isRow: boolean;
  isActive: boolean;
}

function Cell(props: CellProps) {
  const { one, index, top, isRow, isActive, selection } = props;
  const t = useText();
  const isSelected = selection?.keys.has(one.id) ?? false;
  const Part = isRow ? Row : Tile;
  return (
    <div
      role="row"
      className={isRow ? "people-row" : "people-tile"}
      aria-rowindex={index + 1}
      aria-label={nameOf(one) || t("conferences-withheld")}
      aria-selected={selection ? isSelected : undefined}
      data-index={index}
      tabIndex={isActive ? 0 : -1}
      style={top === undefined ? undefined : { transform: `translateY(${String(top)}px)` }}
    >
      <Part
        one={one}
        isSelected={isSelected}
        isActive={isActive}
        onToggle={selection?.toggle}
        actions={props.actions}
        onKick={props.onKick}
      />
    </div>
  );
}

function onControl(event: MouseEvent | KeyboardEvent): boolean {
  return event.target instanceof Element && event.target.closest("button, label, a") !== null;
}
