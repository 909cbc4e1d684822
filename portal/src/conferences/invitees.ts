import type { Room } from "../api/resources";

/** Someone on the list of those to call. */
export interface Invitee {
  /** The entry of the phone book that it was taken from: its number may have got a prefix. */
  entry?: string;
  /** What is dialled: a number or `#sip:user@host`. */
  target: string;
  name: string;
}

/** A typed number without the separators that people write, or undefined if it is none. */
export function parseTarget(typed: string): string | undefined {
  const text = typed.trim();
  if (/^#sip:[^\s@]*@[^\s@]+$/u.test(text)) return text;
  const number = text.replaceAll(/[ \-./()\u00a0]/gu, "");
  return number.length <= 32 && /^\+?[\d*#]+$/u.test(number) ? number : undefined;
}

/** Whether a number lies outside: it may need the dial prefix before it. */
export function isExternal(target: string): boolean {
  return /^(\+|00?\d{4})/u.test(target) || /^\d{7,}$/u.test(target);
}

/**
 * The dial prefix put before a number once. A SIP address takes none, nor does a number in
 * international form: what leads outside is the dial plan's to find.
 */
export function withPrefix(prefix: string, target: string): string {
  const digits = prefix.replaceAll(/[^\d*#]/gu, "");
  return digits === "" || /^(#sip:|\+)/u.test(target) ? target : digits + target;
}

/** How many of those to call fit: the limit, less the host where one is called, who counts. */
export function places(room: Pick<Room, "max_participants">, host: string | undefined): number {
  return Math.max(0, room.max_participants - (host === undefined ? 0 : 1));
}

/** What a start asks for. The server itself calls the standing list. */
export function startOf(
  room: Pick<Room, "call_out">,
  chosen: Invitee[],
  host: string | undefined,
): { invite: string[]; host: string | null } {
  const invite = toCall({ call_out: [] }, chosen, host)
    .map((one) => one.target)
    .filter((target) => !room.call_out.includes(target));
  // Null says that nobody is: left out, the server would call the one who starts it.
  return { invite, host: host ?? null };
}

/** The list with these added; who is on it already, or is the host, is not added again. */
export function added(list: Invitee[], more: Invitee[], host: string | undefined): Invitee[] {
  const known = new Set(list.map((one) => one.target));
  if (host !== undefined) known.add(host);
  const fresh = more.filter((one) => {
    if (known.has(one.target)) return false;
    known.add(one.target);
    return true;
  });
  return fresh.length === 0 ? list : [...list, ...fresh];
}

/** Everyone that a start calls beside the host: the room's standing list first. */
export function toCall(
  room: Pick<Room, "call_out">,
  chosen: Invitee[],
  host: string | undefined,
  names: Invitee[] = [],
): Invitee[] {
  const named = [...chosen, ...names];
  const standing = room.call_out.map((target) => ({
    target,
    name: named.find((one) => one.target === target && one.name)?.name ?? "",
  }));
  return added(added([], standing, host), chosen, host);
}
