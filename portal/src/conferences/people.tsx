import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { Check, EllipsisVertical, Hand, Mic, MicOff, UserX } from "lucide-react";
import {
  type FocusEvent,
  type KeyboardEvent,
  type MouseEvent,
  memo,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import type { Participant } from "../api/resources";
import { IconButton } from "../design/button";
import { Avatar, Pill } from "../design/display";
import { Checkbox } from "../design/checkbox";
import { SearchField } from "../design/search-field";
import { useNarrow } from "../design/hooks";
import { Menu, MenuItem } from "../design/overlays";
import { type SelectionState, useRowKeys } from "../design/selection";
import { isKey } from "../design/keys";
import { useText } from "../design/texts";
import { Clock } from "../design/time";
import { type Bars, bars, nameOf } from "./participants";
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

interface OneProps {
  one: Participant;
  isSelected: boolean;
  /** Its controls are reached by Tab only from the row that has the focus. */
  isActive: boolean;
  /** None: the reader only watches. */
  onToggle: ((id: string) => void) | undefined;
  actions: Actions;
  onKick: (people: Participant[]) => void;
}

const keyOf = (one: Participant) => one.id;

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
    count: people.length,
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
  const keys = useRowKeys({
    rows: people,
    rowKey: keyOf,
    selection,
    onOpen: undefined,
    scrollTo,
    body: grid,
  });
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
  const cell = (index: number, top?: number) => {
    const one = people[index];
    if (one === undefined) return null;
    const isSelected = selection?.keys.has(one.id) ?? false;
    const Part = isRows ? Row : Tile;
    return (
      <div
        key={one.id}
        role="row"
        className={isRows ? "people-row" : "people-tile"}
        aria-rowindex={index + 1}
        aria-label={nameOf(one) || t("conferences-withheld")}
        aria-selected={selection ? isSelected : undefined}
        data-index={index}
        tabIndex={keys.active === index ? 0 : -1}
        style={top === undefined ? undefined : { transform: `translateY(${String(top)}px)` }}
      >
        <Part
          one={one}
          isSelected={isSelected}
          isActive={keys.active === index}
          onToggle={selection?.toggle}
          actions={actions}
          onKick={onKick}
        />
      </div>
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
      onKeyDown={onKeyDown}
      onFocus={onFocus}
      onClick={onClick}
    >
      {isRows
        ? virtual.getVirtualItems().map((item) => cell(item.index, item.start - margin))
        : people.map((_, index) => cell(index))}
    </div>
  );
}

function onControl(event: MouseEvent | KeyboardEvent): boolean {
  return event.target instanceof Element && event.target.closest("button, label, a") !== null;
}

function classes(base: string, one: Participant, isSelected: boolean): string {
  const parts = [base];
  if (one.talking && !one.muted) parts.push("talking");
  if (one.muted) parts.push("muted");
  if (isSelected) parts.push("selected");
  return parts.join(" ");
}

const Tile = memo(function Tile(props: OneProps) {
  const { one, isSelected, isActive, onToggle, actions, onKick } = props;
  const t = useText();
  const name = nameOf(one) || t("conferences-withheld");
  return (
    <div role="gridcell" className={classes("tile", one, isSelected)}>
      {onToggle && (
        <div className="tile-top">
          <Checkbox
            aria-label={t("design-select-row", { name })}
            isSelected={isSelected}
            onChange={() => onToggle(one.id)}
            excludeFromTabOrder={!isActive}
          />
          <PersonMenu one={one} isActive={isActive} actions={actions} onKick={onKick} />
        </div>
      )}
      <div className="tile-face">
        <Avatar name={one.name} size="large" />
        {one.hand_raised && <HandMark />}
      </div>
      <div className="tile-name">
        <span className="name truncate">{name}</span>
        <Under one={one} />
      </div>
      <div className="tile-foot">
        <State one={one} />
        <span className="spacer" />
        {one.joined_at && (
          <span className="dim small">
            <Clock since={one.joined_at} />
          </span>
        )}
        <Network one={one} />
        {onToggle && <MuteButton one={one} isActive={isActive} actions={actions} />}
      </div>
    </div>
  );
});

const Row = memo(function Row(props: OneProps) {
  const { one, isSelected, isActive, onToggle, actions, onKick } = props;
  const t = useText();
  const name = nameOf(one) || t("conferences-withheld");
  return (
    <div role="gridcell" className={classes("person-row", one, isSelected)}>
      {onToggle && (
        <Checkbox
          aria-label={t("design-select-row", { name })}
          isSelected={isSelected}
          onChange={() => onToggle(one.id)}
          excludeFromTabOrder={!isActive}
        />
      )}
      <div className="tile-face">
        <Avatar name={one.name} />
        {one.hand_raised && <HandMark />}
      </div>
      <div className="row-name">
        <span className="name truncate">{name}</span>
        <Under one={one} />
      </div>
      <State one={one} />
      <span className="joined dim small">{one.joined_at && <Clock since={one.joined_at} />}</span>
      <Network one={one} />
      {onToggle && <MuteButton one={one} isActive={isActive} actions={actions} />}
      {onToggle && <PersonMenu one={one} isActive={isActive} actions={actions} onKick={onKick} />}
    </div>
  );
});

function Under({ one }: { one: Participant }) {
  const t = useText();
  return (
    <span className="under">
      {one.name && one.name !== one.target && <span className="truncate">{one.target}</span>}
      {one.role !== "participant" && (
        <Pill tone="outline">{t(`conferences-role-${one.role}`)}</Pill>
      )}
    </span>
  );
}

function HandMark() {
  const t = useText();
  return (
    <span className="hand" role="img" aria-label={t("conferences-hand")}>
      <Hand aria-hidden />
    </span>
  );
}

function State({ one }: { one: Participant }) {
  const t = useText();
  const state = one.muted ? "muted" : one.talking ? "talking" : "listening";
  return <span className={`state ${state}`}>{t(`conferences-is-${state}`)}</span>;
}

type ControlProps = Pick<OneProps, "one" | "isActive" | "actions">;

function MuteButton({ one, isActive, actions }: ControlProps) {
  const t = useText();
  const name = nameOf(one) || t("conferences-withheld");
  return (
    <IconButton
      small
      excludeFromTabOrder={!isActive}
      className="mute-button"
      variant={one.muted ? "danger" : "quiet"}
      icon={one.muted ? MicOff : Mic}
      label={t(one.muted ? "conferences-unmute-one" : "conferences-mute-one", { name })}
      onPress={() => (one.muted ? actions.unmute([one.id]) : actions.mute([one.id]))}
    />
  );
}

function PersonMenu({ one, isActive, actions, onKick }: ControlProps & Pick<OneProps, "onKick">) {
  const t = useText();
  const name = nameOf(one) || t("conferences-withheld");
  const label = t("design-row-menu", { name });
  return (
    <Menu
      label={label}
      trigger={
        <IconButton small icon={EllipsisVertical} label={label} excludeFromTabOrder={!isActive} />
      }
    >
      <MenuItem
        icon={one.muted ? Mic : MicOff}
        label={t(one.muted ? "conferences-unmute" : "conferences-mute")}
        onAction={() => (one.muted ? actions.unmute([one.id]) : actions.mute([one.id]))}
      />
      {one.hand_raised && (
        <MenuItem
          icon={Check}
          label={t("conferences-lower-hand")}
          onAction={() => actions.lowerHands([one.id])}
        />
      )}
      <MenuItem danger icon={UserX} label={t("conferences-kick")} onAction={() => onKick([one])} />
    </Menu>
  );
}

const HEIGHTS: Bars[] = [1, 2, 3, 4];
const WORDS: Record<Bars, string> = { 4: "good", 3: "fair", 2: "poor", 1: "bad" };

/** The network as bars, with its figures for those who ask. */
function Network({ one }: { one: Participant }) {
  const t = useText();
  const { quality } = one;
  if (quality === null) return <span className="network" aria-hidden />;
  const level = bars(quality);
  const label = t("conferences-network", {
    word: t(`conferences-network-${WORDS[level]}`),
    loss: quality.loss_percent.toFixed(1),
    jitter: Math.round(quality.jitter_ms),
  });
  return (
    <span className={`network level-${String(level)}`} role="img" aria-label={label} title={label}>
      {HEIGHTS.map((height) => (
        <i key={height} className={height <= level ? "on" : ""} />
      ))}
    </span>
  );
}
