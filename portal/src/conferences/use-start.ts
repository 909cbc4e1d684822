import { useMutation, useQueries, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { ApiError } from "../api/client";
import { keys } from "../api/keys";
import { newer, runningOf } from "../api/live";
import type { Conference, Room } from "../api/resources";
import { useStored } from "../design/hooks";
import { useText } from "../design/texts";
import { toast } from "../design/toast";
import { personal, useMe } from "../session/session";
import { type Invitee, added, places, startOf, toCall } from "./invitees";
import { startConference, whoHasQuery } from "./queries";
import { refusal } from "./refusal";

export interface Draft {
  /** Who was put on the list beside the room's standing call-outs. */
  chosen: Invitee[];
  add: (more: Invitee[]) => void;
  remove: (target: string) => void;
  /** Who was chosen for the last start, offered while nobody is chosen for the next. */
  last: Invitee[];
  /** The conference runs: those chosen were chosen for it, not for the next one. */
  used: () => void;
  /** The number that is called as the owner, if any. */
  host: string | undefined;
  setHost: (called: boolean) => void;
}

/** The list of those to call, remembered by this browser until the conference starts. */
export function useDraft(room: Room): Draft {
  const me = useMe();
  const [chosen, setChosen] = useStored<Invitee[]>(personal(me, `invite.${room.id}`), []);
  const [last, setLast] = useStored<Invitee[]>(personal(me, `last.${room.id}`), []);
  const [called, setCalled] = useStored<boolean>(personal(me, "host"), true);
  const isManager = me.principal.kind === "conference_manager";
  const host = me.extension !== null && (isManager || called) ? me.extension : undefined;
  return {
    chosen,
    add: (more) => setChosen(added(chosen, more, host)),
    remove: (target) => setChosen(chosen.filter((one) => one.target !== target)),
    last: chosen.length === 0 ? last : [],
    used: () => {
      if (chosen.length > 0) setLast(chosen);
      setChosen([]);
    },
    host,
    setHost: setCalled,
  };
}

/** More names than these are not looked up; the numbers stand for them. */
const NAMED = 40;

/** The names of the room's standing list, as the phone book has them. */
export function useStandingNames(room: Room): Invitee[] {
  const me = useMe();
  const customer = me.customer === null ? room.customer_id : undefined;
  const targets = room.call_out.slice(0, NAMED);
  const found = useQueries({ queries: targets.map((target) => whoHasQuery(target, customer)) });
  return targets.map((target, index) => ({ target, name: found[index]?.data?.name ?? "" }));
}

/** Starts the room: everyone on its list is called at the same time. */
export function useStart(room: Room) {
  const t = useText();
  const client = useQueryClient();
  const navigate = useNavigate();
  const draft = useDraft(room);
  const open = () => void navigate({ to: "/conferences/$roomId", params: { roomId: room.id } });
  const mutation = useMutation({
    mutationFn: () => startConference(room.id, startOf(room, draft.chosen, draft.host)),
    onSuccess: (conference) => {
      draft.used();
      // An event may have been quicker than this answer.
      client.setQueryData<Conference>(keys.conference(conference.id), (shown) =>
        newer(shown, conference),
      );
      client.setQueryData<Room>(keys.room(room.id), {
        ...room,
        state: "running",
        running: runningOf(conference),
      });
      open();
    },
    onError: (error) => {
      void client.invalidateQueries({ queryKey: keys.room(room.id) });
      if (error instanceof ApiError && error.status === 409 && error.problem.conference_id) {
        toast({ kind: "info", text: t("conferences-already-running") });
        open();
        return;
      }
      const { invite } = startOf(room, draft.chosen, draft.host);
      const people = invite.map((target) => ({
        target,
        name: draft.chosen.find((one) => one.target === target)?.name ?? "",
      }));
      toast({ kind: "bad", text: refusal(error, t, people) });
    },
    meta: { quiet: true },
  });
  const list = toCall(room, draft.chosen, draft.host);
  return {
    start: () => mutation.mutate(),
    isPending: mutation.isPending,
    /** How many a start calls, the host among them. */
    calls: list.length + (draft.host === undefined ? 0 : 1),
    isTooMany: list.length > places(room, draft.host),
    hasChosen: draft.chosen.length > 0,
  };
}
