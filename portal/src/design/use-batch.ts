import { useRef, useState } from "react";
import { type Failed, each } from "../api/each";

/** The same done to several, shown as it goes; those that failed are left to be tried again. */
export function useBatch<T>(items: T[]) {
  const [left, setLeft] = useState(items);
  /** How many are through, of how many; undefined: nothing is under way. */
  const [progress, setProgress] = useState<{ done: number; total: number }>();
  const [failed, setFailed] = useState<Failed<T>[]>([]);
  const stop = useRef<AbortController>(undefined);
  const run = async (some: T[], act: (item: T) => Promise<unknown>) => {
    const control = new AbortController();
    stop.current = control;
    const onProgress = (done: number) => setProgress({ done, total: some.length });
    onProgress(0);
    setFailed([]);
    const result = await each(some, act, onProgress, control.signal);
    setProgress(undefined);
    if (!control.signal.aborted) {
      setFailed(result.failed);
      setLeft(result.failed.map(({ item }) => item));
    }
    return { ...result, isOver: !control.signal.aborted && result.failed.length === 0 };
  };
  return {
    left,
    progress,
    failed,
    isBusy: progress !== undefined,
    run,
    stop: () => stop.current?.abort(),
  };
}

export type Batch<T> = ReturnType<typeof useBatch<T>>;
