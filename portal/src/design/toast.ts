import { useSyncExternalStore } from "react";

export interface ToastContent {
  kind: "ok" | "bad" | "info";
  text: string;
  /** Takes back what was just done. */
  undo?: (() => void) | undefined;
}

/** Said before the place for it was there. */
let waiting: ToastContent[] = [];
let place: ((content: ToastContent) => void) | undefined;
let isWanted = false;
const readers = new Set<() => void>();

/** Says what happened; failures stay until they are closed. */
export function toast(content: ToastContent): void {
  if (place) place(content);
  else waiting.push(content);
  if (isWanted) return;
  isWanted = true;
  for (const changed of readers) changed();
}

/** Shows what is said from now on, and what was said before. */
export function showToasts(show: (content: ToastContent) => void): () => void {
  place = show;
  for (const content of waiting) show(content);
  waiting = [];
  return () => {
    if (place === show) place = undefined;
  };
}

function subscribe(changed: () => void): () => void {
  readers.add(changed);
  return () => readers.delete(changed);
}

/** Whether anything was said yet: until then the place for it need not be there. */
export function useHasToasts(): boolean {
  return useSyncExternalStore(subscribe, () => isWanted);
}
