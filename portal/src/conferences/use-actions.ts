import { useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { explain } from "../api/errors";
import { keys } from "../api/keys";
import { newer } from "../api/live";
import type { Conference, Participant } from "../api/resources";
import { useText } from "../design/texts";
import { toast } from "../design/toast";
import { type Who, actions } from "./queries";
import { withMuted } from "./participants";

export interface Actions {
  mute: (who: Who) => void;
  unmute: (who: Who) => void;
  lowerHands: (who: Who) => void;
  setLocked: (locked: boolean) => void;
  setRecording: (on: boolean) => void;
  admit: (who: Who) => void;
  /** Calls again, or for the first time. */
  invite: (targets: string[]) => Promise<boolean>;
  kick: (who: Who, banSecs: number | undefined) => Promise<boolean>;
  end: () => Promise<boolean>;
  /** The act that has not been answered yet, if it is one that shows so. */
  pending: string | undefined;
}

/**
 * What a moderator does. Mute, lock, record and hands show at once and are taken back if the server
 * refuses; what cannot be undone waits for the answer.
 */
export function useActions(id: string): Actions {
  const client = useQueryClient();
  const t = useText();
  const [pending, setPending] = useState<string>();
  return useMemo(() => {
    const key = keys.conference(id);
    const settle = (after: Conference) =>
      client.setQueryData<Conference>(key, (shown) => newer(shown, after));
    const failed = (error: unknown) => {
      toast({ kind: "bad", text: explain(error, t) });
      void client.invalidateQueries({ queryKey: key });
    };
    const atOnce = (draw: (shown: Conference) => Conference, send: () => Promise<Conference>) => {
      client.setQueryData<Conference>(key, (shown) => (shown ? draw(shown) : shown));
      void send().then(settle, failed);
    };
    const wait = async (name: string, send: () => Promise<Conference>): Promise<boolean> => {
      setPending(name);
      try {
        settle(await send());
        return true;
      } catch (error) {
        failed(error);
        return false;
      } finally {
        setPending(undefined);
      }
    };
    const lowered = (one: Participant, who: Who) =>
      who === "all" || who.includes(one.id) ? { ...one, hand_raised: false } : one;
    return {
      pending,
      mute: (who) =>
        atOnce(
          (shown) => withMuted(shown, who, true),
          () => actions.mute(id, who),
        ),
      unmute: (who) =>
        atOnce(
          (shown) => withMuted(shown, who, false),
          () => actions.unmute(id, who),
        ),
      lowerHands: (who) =>
        atOnce(
          (shown) => ({
            ...shown,
            participants: shown.participants.map((one) => lowered(one, who)),
          }),
          () => actions.lowerHands(id, who),
        ),
      setLocked: (locked) =>
        atOnce(
          (shown) => ({ ...shown, locked }),
          () => (locked ? actions.lock(id) : actions.unlock(id)),
        ),
      setRecording: (recording) =>
        atOnce(
          (shown) => ({ ...shown, recording }),
          () => actions.record(id, recording),
        ),
      admit: (who) => void wait("admit", () => actions.admit(id, who)),
      invite: (targets) => wait("invite", () => actions.invite(id, targets)),
      kick: (who, banSecs) => wait("kick", () => actions.kick(id, who, banSecs)),
      end: () => wait("end", () => actions.end(id)),
    };
  }, [client, id, t, pending]);
}
