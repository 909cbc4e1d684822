import { type KeyboardEvent, type RefObject, useCallback, useMemo, useRef, useState } from "react";

export interface SelectionState {
  keys: ReadonlySet<string>;
  toggle: (key: string) => void;
  add: (keys: string[]) => void;
  replace: (keys: string[]) => void;
  clear: () => void;
}

/** Which rows are ticked. */
export function useSelection(): SelectionState {
  const [keys, setKeys] = useState<ReadonlySet<string>>(new Set());
  return useMemo(
    () => ({
      keys,
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
    [keys],
  );
}

interface RowKeysProps<Row> {
  rows: Row[];
  rowKey: (row: Row) => string;
  selection: SelectionState | undefined;
  onOpen: ((row: Row) => void) | undefined;
  scrollTo: (index: number) => void;
  body: RefObject<HTMLElement | null>;
}

/** Where a key leads from a row. */
export function movedIndex(key: string, from: number, count: number): number | undefined {
  const last = count - 1;
  switch (key) {
    case "ArrowDown":
    case "j":
    case "J":
      return Math.min(from + 1, last);
    case "ArrowUp":
    case "k":
    case "K":
      return Math.max(from - 1, 0);
    case "PageDown":
      return Math.min(from + 10, last);
    case "PageUp":
      return Math.max(from - 10, 0);
    case "Home":
      return 0;
    case "End":
      return last;
    default:
      return undefined;
  }
}

/** Arrow keys and j/k move through rows, space selects, shift extends, Enter opens. */
export function useRowKeys<Row>(props: RowKeysProps<Row>) {
  const { rows, rowKey, selection, onOpen, scrollTo, body } = props;
  const [active, setActive] = useState(0);
  const anchor = useRef(0);

  const focusRow = useCallback(
    (index: number) => {
      setActive(index);
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

  const range = (from: number, to: number) =>
    rows.slice(Math.min(from, to), Math.max(from, to) + 1).map(rowKey);

  const pick = (index: number, extend: boolean) => {
    const row = rows[index];
    if (!selection || row === undefined) return;
    if (extend) {
      selection.add(range(anchor.current, index));
    } else {
      anchor.current = index;
      selection.toggle(rowKey(row));
    }
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const onRow = event.target instanceof Element && event.target.getAttribute("role") === "row";
    if (!onRow || event.ctrlKey || event.metaKey || event.altKey) return;
    const row = rows[active];
    if (event.key === " " && selection) {
      event.preventDefault();
      pick(active, event.shiftKey);
      return;
    }
    if (event.key === "Enter" && row !== undefined && onOpen) {
      event.preventDefault();
      onOpen(row);
      return;
    }
    if (event.key === "Escape") {
      selection?.clear();
      return;
    }
    const next = movedIndex(event.key, active, rows.length);
    if (next === undefined) return;
    event.preventDefault();
    if (event.shiftKey && selection) selection.add(range(anchor.current, next));
    else anchor.current = next;
    focusRow(next);
  };

  return { active: Math.min(active, Math.max(rows.length - 1, 0)), setActive, pick, onKeyDown };
}
