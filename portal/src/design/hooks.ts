import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { type KeyName, isKey } from "./keys";

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

/** What the browser refuses to keep (private windows, a full disk) lasts as long as the page. */
const kept = new Map<string, string>();

function readStored(key: string): string | null {
  try {
    return localStorage.getItem(PREFIX + key) ?? kept.get(key) ?? null;
  } catch {
    return kept.get(key) ?? null;
  }
}

function writeStored(key: string, value: string): void {
  try {
    localStorage.setItem(PREFIX + key, value);
    kept.delete(key);
  } catch {
    kept.set(key, value);
  }
  for (const changed of listeners.get(key) ?? []) changed();
}

/** Forgets everything that is remembered under names that begin so. */
export function forgetStored(beginnings: string[]): void {
  const goes = (key: string) => beginnings.some((beginning) => key.startsWith(beginning));
  try {
    for (const full of Object.keys(localStorage)) {
      if (full.startsWith(PREFIX) && goes(full.slice(PREFIX.length))) localStorage.removeItem(full);
    }
  } catch {
    // Nothing could be kept, so nothing is left.
  }
  for (const key of [...kept.keys()]) if (goes(key)) kept.delete(key);
  for (const [key, set] of listeners) if (goes(key)) for (const changed of set) changed();
}

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
  const raw = useSyncExternalStore(subscribe, () => readStored(key));
  let value = initial;
  if (raw !== null) {
    try {
      value = JSON.parse(raw) as T;
    } catch {
      // Written by something else; the initial value stands.
    }
  }
  const set = useCallback((next: T) => writeStored(key, JSON.stringify(next)), [key]);
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

/**
 * What is typed into a search, and what it has settled to. The address follows the typing; where
 * the address changes by itself (back, a link), the field follows it.
 */
export function useSearchWords(
  inAddress: string | undefined,
  onSettled: (words: string | undefined) => void,
): [string, (typed: string) => void, string] {
  const address = inAddress ?? "";
  const [typed, setTyped] = useState(address);
  const [seen, setSeen] = useState(address);
  const [told, setTold] = useState(address);
  if (seen !== address) {
    setSeen(address);
    // Not the echo of what was typed here: somebody went elsewhere.
    if (address !== told) {
      setTyped(address);
      setTold(address);
    }
  }
  const tell = useRef(onSettled);
  useEffect(() => {
    tell.current = onSettled;
  });
  useEffect(() => {
    if (typed === told) return;
    // A page that draws often must not put it off each time.
    const timer = setTimeout(() => {
      setTold(typed);
      tell.current(typed || undefined);
    }, 90);
    return () => clearTimeout(timer);
  }, [typed, told]);
  return [typed, setTyped, told];
}

let clockOffset = 0;

/** How far the server's clock is ahead of the reader's. */
export function setClockOffset(ms: number): void {
  clockOffset = ms;
}

/** The server's time, whatever the reader's clock says. */
export function serverNow(): number {
  return Date.now() + clockOffset;
}

/** One clock for the whole page: a thousand rows that count must not be a thousand timers. */
const clock = {
  now: 0,
  timer: undefined as ReturnType<typeof setInterval> | undefined,
  readers: new Set<() => void>(),
  tick: () => {
    clock.now = serverNow();
    for (const changed of clock.readers) changed();
  },
  subscribe: (changed: () => void) => {
    clock.readers.add(changed);
    clock.timer ??= setInterval(clock.tick, 1000);
    return () => {
      clock.readers.delete(changed);
      if (clock.readers.size > 0) return;
      clearInterval(clock.timer);
      clock.timer = undefined;
    };
  },
  get: () => {
    // Without readers nobody has moved it; once a second, so that it is the same while drawing.
    if (clock.timer === undefined && Math.abs(serverNow() - clock.now) >= 1000)
      clock.now = serverNow();
    return clock.now;
  },
};

/** The server's time, renewed every second. */
export function useNow(): number {
  return useSyncExternalStore(clock.subscribe, clock.get);
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

/** What keeps keys for itself. A toast is an alertdialog as well, but lets the page go on. */
const OVERLAYS =
  "[role=dialog], [role=alertdialog]:not([aria-modal=false]), [role=menu], [role=listbox]";

/** Whether a dialog, a menu or a list of choices is open: its keys are its own. */
export function isBelowOverlay(): boolean {
  return document.querySelector(OVERLAYS) !== null;
}

const SINGLE_KEYS = "single-keys";

/** Whether keys without Ctrl act: who dictates to the page would say them by accident. */
export function useSingleKeys(): [boolean, (on: boolean) => void] {
  return useStored<boolean>(SINGLE_KEYS, true);
}

export function hasSingleKeys(): boolean {
  return readStored(SINGLE_KEYS) !== "false";
}

/** Keys of a page without Ctrl; silent while typing or while a dialog is open. */
export function useShortcuts(
  acts: Partial<Record<KeyName, (() => void) | undefined>>,
  isActive = true,
): void {
  useEffect(() => {
    if (!isActive) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.defaultPrevented) return;
      if (!hasSingleKeys() || isTyping(event) || isBelowOverlay()) return;
      const bound = Object.entries(acts) as [KeyName, (() => void) | undefined][];
      const act = bound.find(([name]) => isKey(event, name))?.[1];
      if (act) {
        event.preventDefault();
        act();
      }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [acts, isActive]);
}

/** What does not fit its place is told whole to whoever points at it. */
export function titleWhatIsCut({ target }: { target: EventTarget }) {
  const text =
    target instanceof Element
      ? target.closest<HTMLElement>(".name, .under, .truncate, [role=gridcell]")
      : null;
  if (!text) return;
  if (text.scrollWidth > text.clientWidth) text.title = text.textContent;
  else text.removeAttribute("title");
}
