import {
  type KeyboardEvent,
  type RefObject,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { isKey } from "./keys";
import type { AllMatching } from "./list-selection";

export interface SelectionState {
  keys: ReadonlySet<string>;
  toggle: (key: string) => void;
  add: (keys: string[]) => void;
  replace: (keys: string[]) => void;
  clear: () => void;
  /** There are more than those that are loaded, and they can be taken too. */
  all?: AllMatching;
}

/** Which rows are ticked. */
export function useSelection(): SelectionState {
  const [keys, setKeys] = useState<ReadonlySet<string>>(new Set());
  // The same functions for ever: rows that hold them do not draw again for each tick.
  const acts = useMemo(
    () => ({
      toggle: (key: string) =>
        setKeys((before) => {
          const next = new Set(before);
          if (!next.delete(key)) next.add(key);
          return next;
        }),
      add: (more: string[]) => setKeys((before) => new Set([...before, ...more])),
      replace: (next: string[]) => setKeys(new Set(next)),
      clear: () => setKeys((before) => (before.size === 0 ? before : new Set())),
    }),
    [],
  );
  return useMemo(() => ({ keys, ...acts }), [keys, acts]);
}

/** Unticks what is not in the list any more: what is counted is what is acted on. */
export function usePruned<Row>(
  selection: SelectionState,
  rows: Row[],
  rowKey: (row: Row) => string,
): void {
  const { keys, replace } = selection;
  useEffect(() => {
    if (keys.size === 0) return;
    const still = rows.map(rowKey).filter((key) => keys.has(key));
    if (still.length !== keys.size) replace(still);
  }, [keys, rows, rowKey, replace]);
}

interface RowKeysProps<Row> {
  rows: Row[];
  rowKey: (row: Row) => string;
  selection: SelectionState | undefined;
  onOpen: ((row: Row) => void) | undefined;
  scrollTo: (index: number) => void;
  body: RefObject<HTMLElement | null>;
}

/** Where a key leads from a row; Shift beside it extends what is selected. */
export function movedIndex(key: string, from: number, count: number): number | undefined {
  const last = count - 1;
  const plain = {
    key: /^[JK]$/u.test(key) ? key.toLowerCase() : key,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    shiftKey: false,
  };
  if (isKey(plain, "next")) return Math.min(from + 1, last);
  if (isKey(plain, "previous")) return Math.max(from - 1, 0);
  if (isKey(plain, "page-down")) return Math.min(from + 10, last);
  if (isKey(plain, "page-up")) return Math.max(from - 10, 0);
  if (isKey(plain, "first")) return 0;
  return isKey(plain, "last") ? last : undefined;
}

/** Brings a row into view and gives it the focus. */
function useFocusRow(scrollTo: (index: number) => void, body: RefObject<HTMLElement | null>) {
  return useCallback(
    (index: number) => {
      scrollTo(index);
      // The row may exist only after the list has scrolled to it.
      requestAnimationFrame(() => {
        body.current
          ?.querySelector<HTMLElement>(`[data-index="${String(index)}"]`)
          ?.focus({ preventScroll: true });
      });
    },
    [scrollTo, body],
  );
}

/** Arrow keys and j/k move through rows, space selects, shift extends, Enter opens. */
export function useRowKeys<Row>(props: RowKeysProps<Row>) {
  const { rows, rowKey, selection, onOpen, scrollTo, body } = props;
  // By key, not by place: rows come and go above the one that has the focus.
  const [activeKey, setActiveKey] = useState<string>();
  const anchorKey = useRef<string>(undefined);
  const found = activeKey === undefined ? 0 : rows.findIndex((row) => rowKey(row) === activeKey);
  const active = Math.max(found, 0);

  const keyAt = (index: number): string | undefined => {
    const row = rows[index];
    return row === undefined ? undefined : rowKey(row);
  };
  const anchorAt = (fallback: number): number => {
    const index = rows.findIndex((row) => rowKey(row) === anchorKey.current);
    return index < 0 ? fallback : index;
  };
  const setActive = (index: number) => setActiveKey(keyAt(index));

  const focusRow = useFocusRow(scrollTo, body);
  const range = (from: number, to: number) =>
    rows.slice(Math.min(from, to), Math.max(from, to) + 1).map(rowKey);

  const pick = (index: number, extend: boolean) => {
    const row = rows[index];
    if (!selection || row === undefined) return;
    if (extend) {
      selection.add(range(anchorAt(index), index));
    } else {
      anchorKey.current = rowKey(row);
      selection.toggle(rowKey(row));
    }
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const place = event.target instanceof HTMLElement ? event.target.dataset["index"] : undefined;
    if (place === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    // The row that has the focus says itself where it is now.
    const at = Number(place);
    const row = rows[at];
    if (isKey(event, "select") && selection) {
      event.preventDefault();
      pick(at, event.shiftKey);
      return;
    }
    if (isKey(event, "open") && row !== undefined && onOpen) {
      event.preventDefault();
      onOpen(row);
      return;
    }
    if (isKey(event, "clear")) {
      selection?.clear();
      return;
    }
    const next = movedIndex(event.key, at, rows.length);
    if (next === undefined) return;
    event.preventDefault();
    if (event.shiftKey && selection) selection.add(range(anchorAt(at), next));
    else anchorKey.current = keyAt(next);
    setActive(next);
    focusRow(next);
  };

  return { active, setActive, focusRow, pick, onKeyDown };
}
