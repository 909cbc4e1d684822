import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { explain } from "../api/errors";
import type { List } from "../api/lists";
import { type SelectionState, usePruned, useSelection } from "./selection";
import { useText } from "./texts";
import { toast } from "./toast";

/** More rows than these are not held at once: a browser has only so much room. */
export const MOST_SELECTED = 10_000;

/** Taking all that match, also what is not loaded. */
export interface AllMatching {
  /** How many match. */
  total: number;
  /** How many of them would be taken. */
  count: number;
  /** How many are here so far; undefined: they are not on their way. */
  gathered: number | undefined;
  gather: () => void;
  stop: () => void;
}

interface Gathered<Row> {
  source: string;
  rows: Row[];
}

/** Fetches the rows of a list that are not loaded, up to a bound. */
function useGathering<Row>(list: List<Row>, onGathered: (rows: Row[]) => void) {
  const t = useText();
  const [count, setCount] = useState<number>();
  const stop = useRef<AbortController>(undefined);
  // Those of another list are not wanted any more.
  useEffect(() => () => stop.current?.abort(), [list.source]);
  const gather = async () => {
    const control = new AbortController();
    stop.current = control;
    setCount(0);
    const rows: Row[] = [];
    try {
      for await (const page of list.pages(control.signal)) {
        rows.push(...page.items.slice(0, MOST_SELECTED - rows.length));
        setCount(rows.length);
        if (rows.length >= MOST_SELECTED) break;
      }
      if (!control.signal.aborted) onGathered(rows);
    } catch (error) {
      if (!control.signal.aborted) toast({ kind: "bad", text: explain(error, t) });
    } finally {
      setCount(undefined);
    }
  };
  const halt = useCallback(() => stop.current?.abort(), []);
  return { count, gather: () => void gather(), stop: halt };
}

function withoutLoaded<Row>(rows: Row[], loaded: Row[], rowKey: (row: Row) => string): Row[] {
  const known = new Set(loaded.map(rowKey));
  return rows.filter((row) => !known.has(rowKey(row)));
}

/** Which rows of a list are ticked, of those that are loaded or of all that match. */
export function useListSelection<Row>(
  list: List<Row>,
  rowKey: (row: Row) => string,
): { selection: SelectionState; chosen: Row[] } {
  const ticked = useSelection();
  const [gathered, setGathered] = useState<Gathered<Row>>();
  const { rows: loaded, source } = list;
  const rows = useMemo(
    () =>
      gathered?.source === source
        ? [...loaded, ...withoutLoaded(gathered.rows, loaded, rowKey)]
        : loaded,
    [gathered, source, loaded, rowKey],
  );
  usePruned(ticked, rows, rowKey);
  const { count, gather, stop } = useGathering(list, (found) => {
    setGathered({ source, rows: withoutLoaded(found, loaded, rowKey) });
    ticked.replace(found.map(rowKey));
  });
  const total = list.total ?? 0;
  const all: AllMatching = {
    total,
    count: Math.min(total, MOST_SELECTED),
    gathered: count,
    gather,
    stop,
  };
  const { clear: untick } = ticked;
  const clear = useCallback(() => {
    stop();
    untick();
    setGathered(undefined);
  }, [stop, untick]);
  return {
    selection: { ...ticked, clear, ...(total > loaded.length ? { all } : {}) },
    chosen: rows.filter((row) => ticked.keys.has(rowKey(row))),
  };
}
