import type { Conference, Participant } from "../api/resources";
import { nameOf } from "./participants";

/** Something that happened in a conference, for the timeline. */
export interface Happening {
  at: string;
  /** The message `conferences-did-…`. */
  what: string;
  /** Empty: a caller who withholds it. */
  name: string;
}

const CAME: Partial<Record<Participant["state"], string>> = {
  busy: "busy",
  no_answer: "no-answer",
  failed: "failed",
  left: "left",
  kicked: "kicked",
};

/** What the rows themselves remember: enough for a page that was opened later. */
export function remembered(conference: Conference): Happening[] {
  const list: Happening[] = [{ at: conference.started_at, what: "started", name: "" }];
  for (const one of conference.participants) {
    if (one.joined_at) list.push({ at: one.joined_at, what: "joined", name: nameOf(one) });
    const what = CAME[one.state];
    if (what) list.push({ at: one.since, what, name: nameOf(one) });
  }
  if (conference.ended_at) list.push({ at: conference.ended_at, what: "ended", name: "" });
  return sorted(list);
}

function sorted(list: Happening[]): Happening[] {
  const timed = list.map((one) => ({ one, time: Date.parse(one.at) }));
  return timed.sort((a, b) => a.time - b.time).map(({ one }) => one);
}

/** What changed between two looks at a conference. */
export function changes(before: Conference, after: Conference, now: string): Happening[] {
  const list: Happening[] = [];
  const say = (what: string, name = "", at = now) => list.push({ at, what, name });
  if (before.locked !== after.locked) say(after.locked ? "locked" : "unlocked");
  if (before.recording !== after.recording) say(after.recording ? "recording" : "recording-off");
  const known = new Map(before.participants.map((one) => [one.id, one]));
  for (const one of after.participants) {
    const was = known.get(one.id);
    const name = nameOf(one);
    if (one.state !== was?.state) {
      const what =
        one.state === "joined" ? "joined" : one.state === "lobby" ? "waits" : CAME[one.state];
      if (what) say(what, name, one.since);
      else if (was === undefined) say("called", name, one.since);
    }
    if (was === undefined || one.state !== "joined") continue;
    if (was.muted !== one.muted) say(one.muted ? "muted" : "unmuted", name);
    if (!was.hand_raised && one.hand_raised) say("hand", name);
  }
  if (before.state !== after.state && after.state === "ended")
    say("ended", "", after.ended_at ?? now);
  return list;
}

/** Several of the same kind at the same time are one line: `5 people were muted`. */
export interface Line extends Happening {
  count: number;
  /** Told apart from another of the same name in the same moment. */
  key: string;
}

const SAME_MOMENT_MS = 2000;

/** The timeline as it is drawn: the latest first, bursts folded. */
export function lines(list: Happening[]): Line[] {
  const out: Line[] = [];
  const seen = new Map<string, number>();
  const keyOf = ({ at, what, name }: Happening) => {
    const base = `${at} ${what} ${name}`;
    const times = (seen.get(base) ?? 0) + 1;
    seen.set(base, times);
    return times === 1 ? base : `${base} ${String(times)}`;
  };
  for (const one of sorted(list)) {
    const last = out[out.length - 1];
    const folds = one.what === "muted" || one.what === "unmuted" || one.what === "called";
    if (
      folds &&
      last?.what === one.what &&
      Date.parse(one.at) - Date.parse(last.at) < SAME_MOMENT_MS
    ) {
      last.count += 1;
    } else {
      out.push({ ...one, count: 1, key: keyOf(one) });
    }
  }
  return out.reverse();
}
