import { Lock } from "lucide-react";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useCallback, useMemo, useState } from "react";
import type { Conference, Participant, Room } from "../api/resources";
import { Button } from "../design/button";
import { Notice, PageHead, Pill } from "../design/display";
import { useNarrow, useShortcuts } from "../design/hooks";
import { lazyPart, useAhead } from "../design/lazy";
import { Dialog } from "../design/overlays";
import { useText } from "../design/texts";
import { Clock } from "../design/time";
import { conferenceTarget, useMayOn } from "../session/covers";
import { Absent, Lobby } from "./absent";
import { everyone, grouped, taken } from "./participants";
import { QuickSettings } from "./quick-settings";
import { type Acting, type Actions, useActions } from "./use-actions";
import { type Asking, HeadActions, ThumbBar } from "./control-bars";
import { InTheRoom, useChoice } from "./in-the-room";
import { Timeline } from "./timeline-card";
import "./live.css";

const InviteDialog = lazyPart(() => import("./invite-dialog"));
const KickDialog = lazyPart(() => import("./kick-dialog"));

interface LiveProps {
  room: Room;
  conference: Conference;
  back: ReactNode;
  onSettings: (() => void) | undefined;
}

/** A running conference. */
export default function LiveConference({ room, conference: told, back, onSettings }: LiveProps) {
  const t = useText();
  const mayOn = useMayOn();
  const narrow = useNarrow();
  useAhead(InviteDialog, KickDialog);
  const { actions, pending, drawn } = useActions(told.id);
  const conference = useMemo(() => drawn(told), [drawn, told]);
  const groups = useMemo(() => grouped(conference.participants), [conference.participants]);
  const choice = useChoice(groups.joined);
  const { asking, ask, kick, close } = useAsking();
  const canModerate = mayOn("conference", "moderate", conferenceTarget(room, told));
  const canRecord = room.record !== "off" || conference.recording;
  useLiveKeys({ conference, actions, choice, ask }, canModerate);
  const bar = { conference, actions, canRecord, chosen: choice.ids, ask, onSettings };
  return (
    <>
      <PageHead
        back={back}
        title={room.name}
        sub={<Facts room={room} conference={conference} />}
        actions={canModerate && !narrow && <HeadActions {...bar} />}
      />
      <RecordingFailure conference={conference} />
      <div className="live-columns">
        <div className="stack">
          <Lobby people={groups.lobby} actions={actions} canModerate={canModerate} onKick={kick} />
          <InTheRoom
            room={room}
            groups={groups}
            choice={choice}
            canModerate={canModerate}
            actions={actions}
            onKick={kick}
          />
          <Absent
            called={groups.called}
            gone={groups.gone}
            actions={actions}
            pending={pending}
            canModerate={canModerate}
          />
        </div>
        <aside className="stack" aria-label={t("conferences-this")}>
          <QuickSettings room={room} isLive />
          <Timeline conference={told} />
        </aside>
      </div>
      {canModerate && narrow && <ThumbBar {...bar} />}
      {asking && (
        <AskedDialog
          asking={asking}
          room={room}
          conference={conference}
          acting={{ actions, pending }}
          onClose={close}
        />
      )}
    </>
  );
}

function useAsking() {
  const [asking, ask] = useState<Asking>();
  const kick = useCallback(
    (people: Participant[], isAll = false) => ask({ what: "kick", people, isAll }),
    [],
  );
  return { asking, ask, kick, close: () => ask(undefined) };
}

interface LiveKeysProps {
  conference: Conference;
  actions: Actions;
  choice: ReturnType<typeof useChoice>;
  ask: (asking: Asking) => void;
}

function useLiveKeys({ conference, actions, choice, ask }: LiveKeysProps, canModerate: boolean) {
  const { selection, shown, ids } = choice;
  useShortcuts(
    {
      mute: () => ids.length > 0 && actions.mute(ids),
      unmute: () => ids.length > 0 && actions.unmute(ids),
      "mute-all": () => actions.mute("all"),
      all: () => selection.replace(everyone(shown, selection.keys)),
      invite: () => ask({ what: "invite" }),
      lock: () => actions.setLocked(!conference.locked),
      clear: selection.clear,
    },
    canModerate,
  );
}

function RecordingFailure({ conference }: { conference: Conference }) {
  const t = useText();
  if (conference.recording_failure === null || conference.recording) return null;
  return (
    <div role="alert">
      <Notice tone="bad">
        {t("conferences-recording-failed")}{" "}
        {t(`conferences-recording-failed-${conference.recording_failure}`)}{" "}
        <Link to="/recordings" search={{ conference: conference.id }}>
          {t("conferences-recordings")}
        </Link>
      </Notice>
    </div>
  );
}

interface AskedDialogProps {
  asking: Asking;
  room: Room;
  conference: Conference;
  acting: Pick<Acting, "actions" | "pending">;
  onClose: () => void;
}

/** What is asked before something is done. */
function AskedDialog({ asking, room, conference, acting, onClose }: AskedDialogProps) {
  const t = useText();
  const { actions, pending } = acting;
  switch (asking.what) {
    case "invite":
      return (
        <InviteDialog
          title={t("conferences-invite-more")}
          limit={room.max_participants}
          taken={conference.participants.filter((one) => grouped([one]).gone.length === 0)}
          host={undefined}
          customerId={room.customer_id}
          roomId={room.id}
          action={(count) => t("conferences-invite-call", { count })}
          onClose={onClose}
          onDone={async (people) => {
            if (await actions.invite(people)) onClose();
          }}
        />
      );
    case "kick":
      return (
        <KickDialog
          people={asking.people}
          isAll={asking.isAll}
          actions={actions}
          pending={pending}
          onClose={onClose}
        />
      );
    case "end":
      return (
        <EndDialog
          conference={conference}
          actions={actions}
          isPending={pending.has("end")}
          onClose={onClose}
        />
      );
  }
}

function Facts({ room, conference }: { room: Room; conference: Conference }) {
  const t = useText();
  return (
    <>
      <Pill tone="ok" point>
        {t("conferences-live")} <Clock since={conference.started_at} />
      </Pill>
      {conference.locked && (
        <Pill tone="warn" icon={Lock}>
          {t("conferences-locked")}
        </Pill>
      )}
      {conference.recording && (
        <Pill tone="bad" point>
          {t("conferences-recording")}
        </Pill>
      )}
      <span>{t("conferences-room-number", { number: room.number })}</span>
      <span>
        {t("conferences-of", {
          count: taken(conference.participants),
          limit: room.max_participants,
        })}
      </span>
    </>
  );
}

function EndDialog({
  conference,
  actions,
  isPending,
  onClose,
}: {
  conference: Conference;
  actions: Actions;
  isPending: boolean;
  onClose: () => void;
}) {
  const t = useText();
  const count = conference.participants.filter((one) => one.state === "joined").length;
  return (
    <Dialog
      role="alertdialog"
      isOpen
      onClose={onClose}
      title={t("conferences-end-title")}
      footer={
        <>
          <Button onPress={onClose}>{t("conferences-go-on")}</Button>
          <Button
            variant="danger-fill"
            isPending={isPending}
            onPress={() => void actions.end().then((done) => done && onClose())}
          >
            {t("conferences-end")}
          </Button>
        </>
      }
    >
      <p>{t("conferences-end-text", { count })}</p>
    </Dialog>
  );
}
