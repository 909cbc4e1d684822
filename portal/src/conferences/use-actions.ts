import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { keys } from "../api/keys";
import { newer } from "../api/live";
import type { Conference, Participant } from "../api/resources";
import { useText } from "../design/texts";
import { toast } from "../design/toast";
import type { Invitee } from "./invitees";
import { type Who, actions as send } from "./queries";
import { withMuted } from "./participants";
import { refusal } from "./refusal";

export interface Actions {
  mute: (who: Who) => void;
  unmute: (who: Who) => void;
  lowerHands: (who: Who) => void;
  setLocked: (locked: boolean) => void;
  setRecording: (on: boolean) => void;
  admit: (who: Who) => void;
  /** Calls again, or for the first time. */
  invite: (people: Invitee[]) => Promise<boolean>;
  kick: (who: Who, banSecs: number | undefined) => Promise<boolean>;
  end: () => Promise<boolean>;
}

/** Something that is meant and not answered yet, as it will look. */
interface Intention {
  draw: (shown: Conference) => Conference;
}

export interface Acting {
  /** Stays the same object, so that rows do not redraw for it. */
  actions: Actions;
  /** Acts that have not been answered yet and show so: `kick`, `end`, `invite`, `invite 202`. */
  pending: ReadonlySet<string>;
  /** What the server says, with what was done here and is not answered yet drawn over it. */
  drawn: (conference: Conference) => Conference;
}

/** The ways in which an act reaches the server. */
interface Ways {
  /** Shown before it is answered. */
  atOnce: (draw: Intention["draw"], act: () => Promise<Conference>) => void;
  /** Pending under a name until it is answered; whether it was done. */
  wait: (name: string, act: () => Promise<Conference>, people?: Invitee[]) => Promise<boolean>;
  /** After those before it. */
  inLine: (act: () => Promise<Conference>) => Promise<Conference>;
}

const lowered = (one: Participant, who: Who) =>
  who === "all" || who.includes(one.id) ? { ...one, hand_raised: false } : one;

function actionsOn(id: string, { atOnce, wait, inLine }: Ways): Actions {
  return {
    mute: (who) =>
      atOnce(
        (shown) => withMuted(shown, who, true),
        () => send.mute(id, who),
      ),
    unmute: (who) =>
      atOnce(
        (shown) => withMuted(shown, who, false),
        () => send.unmute(id, who),
      ),
    lowerHands: (who) =>
      atOnce(
        (shown) => ({
          ...shown,
          participants: shown.participants.map((one) => lowered(one, who)),
        }),
        () => send.lowerHands(id, who),
      ),
    setLocked: (locked) =>
      atOnce(
        (shown) => ({ ...shown, locked }),
        () => (locked ? send.lock(id) : send.unlock(id)),
      ),
    setRecording: (recording) =>
      atOnce(
        (shown) => ({ ...shown, recording }),
        () => send.record(id, recording),
      ),
    admit: (who) => void wait("admit", () => inLine(() => send.admit(id, who))),
    invite: (people) =>
      wait(
        people.length === 1 ? `invite ${people[0]?.target ?? ""}` : "invite",
        () =>
          inLine(() =>
            send.invite(
              id,
              people.map((one) => one.target),
            ),
          ),
        people,
      ),
    kick: (who, banSecs) =>
      wait(who.length === 1 ? `kick ${who[0] ?? ""}` : "kick", () =>
        inLine(() => send.kick(id, who, banSecs)),
      ),
    // Nothing that hangs may hold this back.
    end: () => wait("end", () => send.end(id)),
  };
}

/** Sends acts, and knows those that are not answered. */
function useWays(id: string) {
  const client = useQueryClient();
  const t = useText();
  const [pending, setPending] = useState<ReadonlySet<string>>(new Set());
  const [intentions, setIntentions] = useState<readonly Intention[]>([]);
  const line = useRef<Promise<unknown>>(Promise.resolve());
  const text = useRef(t);
  useEffect(() => {
    text.current = t;
  }, [t]);
  const ways = useMemo((): Ways => {
    const key = keys.conference(id);
    const settle = (after: Conference) =>
      client.setQueryData<Conference>(key, (shown) => newer(shown, after));
    const failed = (error: unknown, people: Invitee[] = []) => {
      toast({ kind: "bad", text: refusal(error, text.current, people) });
      void client.invalidateQueries({ queryKey: key });
    };
    const inLine = (act: () => Promise<Conference>): Promise<Conference> => {
      const done = line.current.then(act, act);
      line.current = done.catch(() => undefined);
      return done;
    };
    const atOnce = (draw: Intention["draw"], act: () => Promise<Conference>) => {
      const intention = { draw };
      setIntentions((before) => [...before, intention]);
      void inLine(act)
        .then(settle, (error: unknown) => failed(error))
        .finally(() => setIntentions((before) => before.filter((one) => one !== intention)));
    };
    const wait = async (
      name: string,
      act: () => Promise<Conference>,
      people: Invitee[] = [],
    ): Promise<boolean> => {
      setPending((before) => new Set(before).add(name));
      try {
        settle(await act());
        return true;
      } catch (error) {
        failed(error, people);
        return false;
      } finally {
        setPending((before) => new Set([...before].filter((one) => one !== name)));
      }
    };
    return { atOnce, wait, inLine };
  }, [client, id]);
  return { ways, pending, intentions };
}

/**
 * What a moderator does. Mute, lock, record and hands show at once, over whatever the server says
 * meanwhile, until it answers; what cannot be undone waits for the answer. Acts go out one after
 * the other: Mute and then Unmute must not arrive the other way round.
 */
export function useActions(id: string): Acting {
  const { ways, pending, intentions } = useWays(id);
  const actions = useMemo(() => actionsOn(id, ways), [id, ways]);
  const drawn = useCallback(
    (conference: Conference) => intentions.reduce((shown, { draw }) => draw(shown), conference),
    [intentions],
  );
  return useMemo(() => ({ actions, pending, drawn }), [actions, pending, drawn]);
}
