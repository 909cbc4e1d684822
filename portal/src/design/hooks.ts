import { useCallback, useEffect, useState, useSyncExternalStore } from "react";

const NARROW = "(max-width: 719px)";

function subscribeTo(query: string) {
  return (changed: () => void) => {
    const list = window.matchMedia(query);
    list.addEventListener("change", changed);
    return () => list.removeEventListener("change", changed);
  };
}

const subscribeNarrow = subscribeTo(NARROW);

/** Whether the window is as narrow as a phone's. */
export function useNarrow(): boolean {
  return useSyncExternalStore(subscribeNarrow, () => window.matchMedia(NARROW).matches);
}

const PREFIX = "convoke.";
const listeners = new Map<string, Set<() => void>>();

function subscribeStored(key: string) {
  return (changed: () => void) => {
    const set = listeners.get(key) ?? new Set();
    listeners.set(key, set.add(changed));
    const other = (event: StorageEvent) => {
      if (event.key === PREFIX + key) changed();
    };
    window.addEventListener("storage", other);
    return () => {
      set.delete(changed);
      window.removeEventListener("storage", other);
    };
  };
}

/** Something the browser remembers for its reader: chosen columns, the theme. */
export function useStored<T>(key: string, initial: T): [T, (value: T) => void] {
  const subscribe = useCallback((changed: () => void) => subscribeStored(key)(changed), [key]);
  const raw = useSyncExternalStore(subscribe, () => localStorage.getItem(PREFIX + key));
  let value = initial;
  if (raw !== null) {
    try {
      value = JSON.parse(raw) as T;
    } catch {
      // Written by something else; the initial value stands.
    }
  }
  const set = useCallback(
    (next: T) => {
      localStorage.setItem(PREFIX + key, JSON.stringify(next));
      for (const changed of listeners.get(key) ?? []) changed();
    },
    [key],
  );
  return [value, set];
}

/** The value once it has been still for this long. */
export function useSettled<T>(value: T, delayMs: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), delayMs);
    return () => clearTimeout(timer);
  }, [value, delayMs]);
  return settled;
}

/** The time, renewed every second while the page is looked at. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** Whether keys typed now belong to a field. */
export function isTyping(event: KeyboardEvent): boolean {
  const target = event.target instanceof Element ? event.target : null;
  return (
    target?.closest(
      "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]",
    ) != null
  );
}

/** Single keys and shift chords of a page; silent while typing or while a dialog is open. */
export function useShortcuts(map: Record<string, (() => void) | undefined>, isActive = true): void {
  useEffect(() => {
    if (!isActive) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (
        isTyping(event) ||
        document.querySelector("[role=dialog], [role=alertdialog], [role=menu]")
      )
        return;
      const act = map[event.key];
      if (act) {
        event.preventDefault();
        act();
      }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [map, isActive]);
}
