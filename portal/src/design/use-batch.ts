import { useRef, useState } from "react";
import { type Failed, each } from "../api/each";

/** The same done to several, shown as it goes; those that failed are left to be tried again. */
export function useBatch<T>(items: T[]) {
  const [left, setLeft] = useState(items);
  /** How many are through; undefined: nothing is under way. */
  const [done, setDone] = useState<number>();
  const [failed, setFailed] = useState<Failed<T>[]>([]);
  const stop = useRef(new AbortController());
  const run = async (some: T[], act: (item: T) => Promise<unknown>) => {
    setDone(0);
    setFailed([]);
    const result = await each(some, act, setDone, stop.current.signal);
    setDone(undefined);
    if (!stop.current.signal.aborted) {
      setFailed(result.failed);
      setLeft(result.failed.map(({ item }) => item));
    }
    const isOver = !stop.current.signal.aborted && result.failed.length === 0;
    return { done: result.done, isOver };
  };
  return { left, done, failed, isBusy: done !== undefined, run, stop: () => stop.current.abort() };
}
