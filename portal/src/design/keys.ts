/**
 * Every key that acts on a page. What listens asks this table by name, and the list under `?` is
 * drawn from it: no key works that is not in the list.
 */
const table = {
  search: { group: "everywhere", keys: ["/", "Ctrl K"] },
  help: { group: "everywhere", keys: ["?"] },
  close: { group: "everywhere", keys: ["Esc"] },
  save: { group: "everywhere", keys: ["Ctrl S"] },
  next: { group: "lists", keys: ["j", "↓"] },
  previous: { group: "lists", keys: ["k", "↑"] },
  "page-down": { group: "lists", keys: ["PageDown"] },
  "page-up": { group: "lists", keys: ["PageUp"] },
  first: { group: "lists", keys: ["Home"] },
  last: { group: "lists", keys: ["End"] },
  select: { group: "lists", keys: ["Space"] },
  extend: { group: "lists", keys: ["Shift"] },
  clear: { group: "lists", keys: ["Esc"] },
  open: { group: "lists", keys: ["Enter"] },
  add: { group: "lists", keys: ["n"] },
  mute: { group: "conference", keys: ["m"] },
  unmute: { group: "conference", keys: ["u"] },
  "mute-all": { group: "conference", keys: ["Shift M"] },
  all: { group: "conference", keys: ["a"] },
  right: { group: "conference", keys: ["→"] },
  left: { group: "conference", keys: ["←"] },
  invite: { group: "conference", keys: ["i", "+"] },
  lock: { group: "conference", keys: ["l"] },
} as const;

export type KeyName = keyof typeof table;

export const KEYS: Record<KeyName, { group: string; keys: readonly string[] }> = table;

/** The first key of a name, as it is written on a button. */
export function keyOf(name: KeyName): string {
  return table[name].keys[0];
}

/** Keys whose name in an event is not what is written on them. */
const NAMED: Partial<Record<string, string>> = {
  Esc: "Escape",
  Space: " ",
  "↓": "ArrowDown",
  "↑": "ArrowUp",
  "→": "ArrowRight",
  "←": "ArrowLeft",
};

type Pressed = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">;

/** Whether that key was pressed. Shift beside a key that is written without it is another's matter. */
export function isKey(event: Pressed, name: KeyName): boolean {
  if (event.altKey) return false;
  const hasControl = event.ctrlKey || event.metaKey;
  return KEYS[name].keys.some((written) => {
    const key = written.replace(/^(Ctrl|Shift) /u, "");
    if (written.startsWith("Ctrl "))
      return hasControl && event.key.toLowerCase() === key.toLowerCase();
    if (written.startsWith("Shift ")) return !hasControl && event.shiftKey && event.key === key;
    return !hasControl && event.key === (NAMED[key] ?? key);
  });
}
