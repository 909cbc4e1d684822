import type { Conference, Participant, Quality } from "../api/resources";

export interface Groups {
  /** Waits to be admitted. */
  lobby: Participant[];
  joined: Participant[];
  /** Being called or ringing. */
  called: Participant[];
  /** Busy, no answer, failed, left, put out: the last try of each. */
  gone: Participant[];
}

/** The rows of a conference by where they are. Who was called again shows only as they are now. */
export function grouped(participants: Participant[]): Groups {
  const groups: Groups = { lobby: [], joined: [], called: [], gone: [] };
  const live = new Set<string>();
  for (const one of participants) {
    if (one.state === "lobby") groups.lobby.push(one);
    else if (one.state === "joined") groups.joined.push(one);
    else if (one.state === "calling" || one.state === "ringing") groups.called.push(one);
    else continue;
    live.add(personOf(one));
  }
  for (const one of [...participants].reverse()) {
    if (isGone(one) && !live.has(personOf(one))) {
      live.add(personOf(one));
      groups.gone.push(one);
    }
  }
  return groups;
}

function personOf(one: Participant): string {
  // Callers who withhold their number are not one and the same.
  return one.user_id ?? (one.target || one.id);
}

/** What someone is called; empty for who withholds both name and number. */
export function nameOf(one: Pick<Participant, "name" | "target">): string {
  return one.name || one.target;
}

/** Those whom what is typed finds. */
export function foundIn(people: Participant[], typed: string): Participant[] {
  const words = typed.trim().toLowerCase();
  if (words === "") return people;
  return people.filter((one) => `${one.name} ${one.target}`.toLowerCase().includes(words));
}

/** All of these, first without those who moderate; asked again, with them. */
export function everyone(people: Participant[], chosen: ReadonlySet<string>): string[] {
  const plain = people.filter((one) => !moderates(one)).map((one) => one.id);
  const hasAll = plain.length > 0 && plain.every((id) => chosen.has(id));
  const others = people.length > plain.length;
  return (hasAll && others) || plain.length === 0 ? people.map((one) => one.id) : plain;
}

function isGone({ state }: Participant): boolean {
  return !["lobby", "joined", "calling", "ringing"].includes(state);
}

/** Whether mute-all and kick-all leave this one alone. */
export function moderates({ role }: Participant): boolean {
  return role === "owner" || role === "moderator" || role === "operator";
}

export type Bars = 1 | 2 | 3 | 4;

/** Loss, jitter and delay as bars: 4 is good, 1 is hardly usable. */
export function bars({ loss_percent, jitter_ms, rtt_ms }: Quality): Bars {
  const rtt = rtt_ms ?? 0;
  if (loss_percent < 1 && jitter_ms < 25 && rtt < 250) return 4;
  if (loss_percent < 3 && jitter_ms < 50 && rtt < 400) return 3;
  if (loss_percent < 8 && jitter_ms < 100 && rtt < 700) return 2;
  return 1;
}

/** Nothing arrives that should: the phone, or the way to it, is dead. */
export function isCutOff({ loss_percent }: Quality): boolean {
  return loss_percent >= 100;
}

/** How many places are taken: those in, waiting, or being called. */
export function taken(participants: Participant[]): number {
  return participants.filter((one) => !isGone(one)).length;
}

/** The conference as it will be once these are muted or not: drawn before the server answers. */
export function withMuted(
  conference: Conference,
  who: string[] | "all",
  muted: boolean,
): Conference {
  const hit = (one: Participant) =>
    who === "all" ? one.state === "joined" && !moderates(one) : who.includes(one.id);
  return {
    ...conference,
    participants: conference.participants.map((one) =>
      hit(one) ? { ...one, muted, talking: muted ? false : one.talking } : one,
    ),
  };
}

/** Whether Unmute all is what is left to do. */
export function allMuted(people: Participant[]): boolean {
  const plain = people.filter((one) => one.state === "joined" && !moderates(one));
  return plain.length > 0 && plain.every((one) => one.muted);
}
