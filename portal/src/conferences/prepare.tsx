import { Play } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { Conference, Room } from "../api/resources";
import { Button } from "../design/button";
import { Notice, PageHead, Pill } from "../design/display";
import { useShortcuts } from "../design/hooks";
import { lazyPart, useAhead } from "../design/lazy";
import { useText } from "../design/texts";
import { duration, timeOfDay } from "../design/time";
import { roomTarget, useMayOn } from "../session/covers";
import { type Invitee, places, toCall } from "./invitees";
import { CallList } from "./call-list";
import { QuickSettings } from "./quick-settings";
import { type Draft, useDraft, useStart } from "./use-start";

const InviteDialog = lazyPart(() => import("./invite-dialog"));

interface PrepareProps {
  room: Room;
  /** The one that ended while the page was open. */
  ended: Conference | undefined;
  back: ReactNode;
  more: ReactNode;
  isLive: boolean;
  /** Its tab is the one that shows; its keys act only there. */
  isShown: boolean;
  onOpenLive: () => void;
  children: (prepare: ReactNode) => ReactNode;
}

/** A room before its conference: whom to call, how it is set, and Start. */
export function PrepareConference({
  room,
  ended,
  back,
  more,
  isLive,
  isShown,
  onOpenLive,
  children,
}: PrepareProps) {
  const t = useText();
  const mayOn = useMayOn();
  useAhead(InviteDialog);
  const draft = useDraft(room);
  const start = useStart(room);
  const [inviting, setInviting] = useState(false);
  const canStart = mayOn("conference", "start", roomTarget(room)) && !isLive;
  const list = toCall(room, draft.chosen, draft.host);
  const invite = () => setInviting(true);
  useShortcuts({ invite }, canStart && isShown);
  return (
    <>
      <PageHead
        back={back}
        title={room.name}
        sub={<Facts room={room} start={start} isLive={isLive} canStart={canStart} />}
        actions={
          <>
            {canStart && <Begin start={start} count={list.length} />}
            {isLive && (
              <Button variant="primary" onPress={onOpenLive}>
                {t("conferences-open")}
              </Button>
            )}
            {more}
          </>
        }
      />
      {ended && !isLive && <Ended conference={ended} />}
      {children(
        <div className="prepare">
          <CallList
            room={room}
            draft={draft}
            onInvite={invite}
            isTooMany={start.isTooMany}
            mayStart={canStart}
          />
          <QuickSettings room={room} />
        </div>,
      )}
      {inviting && (
        <InviteToList room={room} draft={draft} taken={list} onClose={() => setInviting(false)} />
      )}
    </>
  );
}

type Start = ReturnType<typeof useStart>;

function Begin({ start, count }: { start: Start; count: number }) {
  const t = useText();
  return (
    <Button
      variant="primary"
      className="start-button"
      icon={Play}
      isPending={start.isPending}
      isDisabled={start.isTooMany}
      onPress={start.start}
    >
      {start.isPending ? t("conferences-calling", { count }) : t("conferences-start-conference")}
    </Button>
  );
}

interface FactsProps {
  room: Room;
  start: Start;
  isLive: boolean;
  canStart: boolean;
}

/** Under the name: how it is, and its number, which starts it. */
function Facts({ room, start, isLive, canStart }: FactsProps) {
  const t = useText();
  return (
    <>
      {isLive ? (
        <Pill tone="ok" point>
          {t("conferences-live")}
        </Pill>
      ) : (
        <Pill>{t("conferences-state-idle")}</Pill>
      )}
      {canStart ? (
        <Button
          small
          className="number-button"
          isDisabled={start.isTooMany || start.isPending}
          onPress={start.start}
        >
          {room.number}
          <span className="visually-hidden">: {t("conferences-start-number")}</span>
          <Play aria-hidden />
        </Button>
      ) : (
        <span>{t("conferences-room-number", { number: room.number })}</span>
      )}
      <span>{t("conferences-up-to", { limit: room.max_participants })}</span>
    </>
  );
}

function Ended({ conference }: { conference: Conference }) {
  const t = useText();
  const { started_at } = conference;
  const ended_at = conference.ended_at ?? started_at;
  return (
    <Notice>
      {t("conferences-ended-notice", {
        time: timeOfDay(ended_at),
        length: duration(Date.parse(ended_at) - Date.parse(started_at)),
      })}
    </Notice>
  );
}

interface InviteToListProps {
  room: Room;
  draft: Draft;
  taken: Invitee[];
  onClose: () => void;
}

/** Whom else the next start calls. */
function InviteToList({ room, draft, taken, onClose }: InviteToListProps) {
  const t = useText();
  return (
    <InviteDialog
      title={t("conferences-invite-title")}
      limit={places(room, draft.host)}
      taken={taken}
      host={draft.host}
      customerId={room.customer_id}
      roomId={room.id}
      action={(count) => t("conferences-invite-put", { count })}
      onClose={onClose}
      onDone={(chosen) => {
        draft.add(chosen);
        onClose();
      }}
    />
  );
}
