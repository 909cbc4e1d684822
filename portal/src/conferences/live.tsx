import {
  Circle,
  CircleStop,
  Ellipsis,
  EllipsisVertical,
  Hand,
  Lock,
  LockOpen,
  Mic,
  MicOff,
  Phone,
  Settings,
  UserPlus,
  UserX,
  X,
} from "lucide-react";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useCallback, useEffect, useMemo, useState } from "react";
import type { Conference, Participant, Room } from "../api/resources";
import { Button, IconButton, Kbd } from "../design/button";
import { Card, Notice, PageHead, Pill } from "../design/display";
import { useNarrow, useShortcuts } from "../design/hooks";
import { keyOf } from "../design/keys";
import { lazyPart, useAhead } from "../design/lazy";
import { Dialog, Menu, MenuItem, MenuSeparator } from "../design/overlays";
import { type SelectionState, useSelection } from "../design/selection";
import { useText } from "../design/texts";
import { Clock, timeOfDay } from "../design/time";
import { conferenceTarget, useMayOn } from "../session/covers";
import { Absent, Lobby } from "./absent";
import { type Groups, everyone, foundIn, grouped, moderates, taken } from "./participants";
import { People } from "./people";
import { QuickSettings } from "./quick-settings";
import { lines } from "./timeline";
import { type Actions, useActions } from "./use-actions";
import { useTimeline } from "./use-timeline";
import "./live.css";

const InviteDialog = lazyPart(() => import("./invite-dialog"));
const KickDialog = lazyPart(() => import("./kick-dialog"));

interface LiveProps {
  room: Room;
  conference: Conference;
  back: ReactNode;
  onSettings: (() => void) | undefined;
}

type Asking =
  { what: "invite" } | { what: "end" } | { what: "kick"; people: Participant[]; isAll?: boolean };

/** A running conference. */
export default function LiveConference({ room, conference: told, back, onSettings }: LiveProps) {
  const t = useText();
  const mayOn = useMayOn();
  const narrow = useNarrow();
  useAhead(InviteDialog, KickDialog);
  const { actions, pending, drawn } = useActions(told.id);
  const conference = useMemo(() => drawn(told), [drawn, told]);
  const groups = useMemo(() => grouped(conference.participants), [conference.participants]);
  const selection = useSelection();
  const [find, setFind] = useState("");
  const shown = useMemo(() => foundIn(groups.joined, find), [groups.joined, find]);
  const [asking, setAsking] = useState<Asking>();
  const canModerate = mayOn("conference", "moderate", conferenceTarget(room, told));
  const canRecord = room.record !== "off" || conference.recording;
  // Who has left cannot be acted on any more.
  const chosen = groups.joined.filter((one) => selection.keys.has(one.id));
  const ids = chosen.map((one) => one.id);
  const { keys, replace } = selection;
  useEffect(() => {
    const still = groups.joined.filter((one) => keys.has(one.id)).map((one) => one.id);
    if (still.length !== keys.size) replace(still);
  }, [groups.joined, keys, replace]);

  useShortcuts(
    {
      mute: () => ids.length > 0 && actions.mute(ids),
      unmute: () => ids.length > 0 && actions.unmute(ids),
      "mute-all": () => actions.mute("all"),
      all: () => selection.replace(everyone(shown, keys)),
      invite: () => setAsking({ what: "invite" }),
      lock: () => actions.setLocked(!conference.locked),
      clear: selection.clear,
    },
    canModerate,
  );

  const kick = useCallback((people: Participant[]) => setAsking({ what: "kick", people }), []);
  const plain = groups.joined.filter((one) => !moderates(one));
  const kickAll = () => setAsking({ what: "kick", people: plain, isAll: true });
  const bar = { conference, actions, canRecord, chosen: ids, ask: setAsking, onSettings };
  return (
    <>
      <PageHead
        back={back}
        title={room.name}
        sub={<Facts room={room} conference={conference} />}
        actions={canModerate && !narrow && <HeadActions {...bar} />}
      />
      {conference.recording_failure !== null && !conference.recording && (
        <div role="alert">
          <Notice tone="bad">
            {t("conferences-recording-failed")}{" "}
            {t(`conferences-recording-failed-${conference.recording_failure}`)}{" "}
            <Link to="/recordings" search={{ conference: conference.id }}>
              {t("conferences-recordings")}
            </Link>
          </Notice>
        </div>
      )}
      <div className="live-columns">
        <div className="stack">
          <Lobby people={groups.lobby} actions={actions} canModerate={canModerate} onKick={kick} />
          <section className="people-card" aria-label={t("conferences-in-the-room")}>
            {canModerate && groups.joined.length > 0 && (
              <SelectionBar
                groups={groups}
                shown={shown}
                chosen={chosen}
                selection={selection}
                actions={actions}
                onKick={kick}
                onKickAll={kickAll}
              />
            )}
            {groups.joined.length === 0 ? (
              <p className="nobody dim">{t("conferences-nobody-yet", { number: room.number })}</p>
            ) : (
              <People
                people={shown}
                count={groups.joined.length}
                find={find}
                onFind={setFind}
                selection={canModerate ? selection : undefined}
                actions={actions}
                onKick={kick}
              />
            )}
          </section>
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
      <>
        {asking?.what === "invite" && (
          <InviteDialog
            title={t("conferences-invite-more")}
            limit={room.max_participants}
            taken={conference.participants.filter((one) => grouped([one]).gone.length === 0)}
            host={undefined}
            customerId={room.customer_id}
            roomId={room.id}
            action={(count) => t("conferences-invite-call", { count })}
            onClose={() => setAsking(undefined)}
            onDone={async (people) => {
              if (await actions.invite(people)) setAsking(undefined);
            }}
          />
        )}
        {asking?.what === "kick" && (
          <KickDialog
            people={asking.people}
            isAll={asking.isAll}
            actions={actions}
            pending={pending}
            onClose={() => setAsking(undefined)}
          />
        )}
      </>
      {asking?.what === "end" && (
        <EndDialog
          conference={conference}
          actions={actions}
          isPending={pending.has("end")}
          onClose={() => setAsking(undefined)}
        />
      )}
    </>
  );
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

interface BarProps {
  conference: Conference;
  actions: Actions;
  /** Where the room forbids it, there is nothing to press. */
  canRecord: boolean;
  chosen: string[];
  ask: (asking: Asking) => void;
  onSettings: (() => void) | undefined;
}

function HeadActions({ conference, actions, canRecord, ask, onSettings }: BarProps) {
  const t = useText();
  return (
    <>
      <Button variant="primary" icon={UserPlus} onPress={() => ask({ what: "invite" })}>
        {t("conferences-invite-more-short")}
      </Button>
      <Button
        icon={conference.locked ? LockOpen : Lock}
        variant={conference.locked ? "on" : undefined}
        onPress={() => actions.setLocked(!conference.locked)}
      >
        {t(conference.locked ? "conferences-unlock" : "conferences-lock")}
      </Button>
      {canRecord && (
        <Button
          icon={conference.recording ? CircleStop : Circle}
          variant={conference.recording ? "on" : undefined}
          onPress={() => actions.setRecording(!conference.recording)}
        >
          {t(conference.recording ? "conferences-stop-recording" : "conferences-record-now")}
        </Button>
      )}
      {onSettings && (
        <IconButton icon={Settings} label={t("conferences-tab-settings")} onPress={onSettings} />
      )}
      <Button variant="danger" className="end-button" onPress={() => ask({ what: "end" })}>
        {t("conferences-end")}
      </Button>
    </>
  );
}

/** The same within reach of a thumb. */
function ThumbBar({ conference, actions, canRecord, chosen, ask, onSettings }: BarProps) {
  const t = useText();
  const isAllMuted = allMuted(conference.participants);
  const some = chosen.length > 0;
  return (
    <div className="thumb-bar" role="toolbar" aria-label={t("conferences-controls")}>
      <Button className="thumb" icon={UserPlus} onPress={() => ask({ what: "invite" })}>
        {t("conferences-invite-more-short")}
      </Button>
      <Button
        className="thumb"
        icon={!some && isAllMuted ? Mic : MicOff}
        onPress={() =>
          some ? actions.mute(chosen) : isAllMuted ? actions.unmute("all") : actions.mute("all")
        }
      >
        {some
          ? t("conferences-mute-count", { count: chosen.length })
          : t(isAllMuted ? "conferences-unmute-all" : "conferences-mute-all-short")}
      </Button>
      <Button
        className="thumb"
        variant={conference.locked ? "on" : undefined}
        icon={conference.locked ? LockOpen : Lock}
        onPress={() => actions.setLocked(!conference.locked)}
      >
        {t(conference.locked ? "conferences-unlock" : "conferences-lock")}
      </Button>
      <Menu
        label={t("shell-more")}
        placement="top end"
        trigger={
          <Button className="thumb" icon={Ellipsis}>
            {t("shell-more")}
          </Button>
        }
      >
        {canRecord && (
          <MenuItem
            icon={conference.recording ? CircleStop : Circle}
            label={t(
              conference.recording ? "conferences-stop-recording" : "conferences-record-now",
            )}
            onAction={() => actions.setRecording(!conference.recording)}
          />
        )}
        {onSettings && (
          <MenuItem icon={Settings} label={t("conferences-tab-settings")} onAction={onSettings} />
        )}
        <MenuSeparator />
        <MenuItem
          danger
          icon={Phone}
          label={t("conferences-end")}
          onAction={() => ask({ what: "end" })}
        />
      </Menu>
    </div>
  );
}

interface SelectionBarProps {
  groups: Groups;
  /** Those in the room whom the search has left. */
  shown: Participant[];
  onKickAll: () => void;
  chosen: Participant[];
  selection: SelectionState;
  actions: Actions;
  onKick: (people: Participant[]) => void;
}

function SelectionBar(props: SelectionBarProps) {
  const { groups, shown, chosen, selection, actions, onKick, onKickAll } = props;
  const t = useText();
  const ids = chosen.map((one) => one.id);
  const isAllMuted = allMuted(groups.joined);
  const hasPlain = groups.joined.some((one) => !moderates(one));
  const hands = groups.joined.filter((one) => one.hand_raised);
  return (
    <div className="people-bar" role="toolbar" aria-label={t("design-selection")}>
      {ids.length > 0 ? (
        <>
          <b role="status">{t("design-selected", { count: ids.length })}</b>
          <Button small icon={MicOff} onPress={() => actions.mute(ids)}>
            {t("conferences-mute")} <Kbd>{keyOf("mute")}</Kbd>
          </Button>
          <Button small onPress={() => actions.unmute(ids)}>
            {t("conferences-unmute")} <Kbd>{keyOf("unmute")}</Kbd>
          </Button>
          <Button small variant="danger" onPress={() => onKick(chosen)}>
            {t("conferences-kick")}
          </Button>
          <span className="end">
            <IconButton
              small
              icon={X}
              label={t("design-clear-selection")}
              onPress={selection.clear}
            />
          </span>
        </>
      ) : (
        <>
          <b>{t("conferences-in-the-room-count", { count: groups.joined.length })}</b>
          <Button
            small
            variant="quiet"
            onPress={() => selection.replace(everyone(shown, selection.keys))}
          >
            {shown.length < groups.joined.length
              ? t("conferences-select-found", { count: shown.length })
              : t("conferences-select-all")}
          </Button>
          <Button
            small
            variant="quiet"
            className="end mute-all"
            onPress={() => (isAllMuted ? actions.unmute("all") : actions.mute("all"))}
          >
            {t(isAllMuted ? "conferences-unmute-all" : "conferences-mute-all")}{" "}
            {!isAllMuted && <Kbd>{keyOf("mute-all")}</Kbd>}
          </Button>
          <Menu
            label={t("conferences-all-actions")}
            trigger={
              <IconButton small icon={EllipsisVertical} label={t("conferences-all-actions")} />
            }
          >
            <MenuItem
              icon={MicOff}
              label={t("conferences-mute-all")}
              onAction={() => actions.mute("all")}
            />
            <MenuItem
              icon={Mic}
              label={t("conferences-unmute-all")}
              onAction={() => actions.unmute("all")}
            />
            <MenuItem
              icon={Hand}
              isDisabled={hands.length === 0}
              label={t("conferences-lower-hands", { count: hands.length })}
              onAction={() => actions.lowerHands(hands.map((one) => one.id))}
            />
            <MenuSeparator />
            <MenuItem
              danger
              icon={UserX}
              isDisabled={!hasPlain}
              label={t("conferences-kick-all")}
              onAction={onKickAll}
            />
          </Menu>
        </>
      )}
    </div>
  );
}

/** Whether Unmute all is what is left to do. */
function allMuted(people: Participant[]): boolean {
  const plain = people.filter((one) => one.state === "joined" && !moderates(one));
  return plain.length > 0 && plain.every((one) => one.muted);
}

const NEWEST = 40;

function Timeline({ conference }: { conference: Conference }) {
  const t = useText();
  const list = useTimeline(conference);
  const shown = useMemo(() => lines(list).slice(0, NEWEST), [list]);
  const latest = shown[0];
  const say = (line: (typeof shown)[number]) =>
    t(`conferences-did-${line.what}`, {
      name: line.name || t("conferences-withheld"),
      count: line.count,
    });
  return (
    <Card title={t("conferences-timeline")} className="timeline">
      <ol tabIndex={0} aria-label={t("conferences-timeline")}>
        {shown.map((line) => (
          <li key={line.key}>
            <time dateTime={line.at}>{timeOfDay(line.at)}</time>
            <span>{say(line)}</span>
          </li>
        ))}
      </ol>
      <span className="visually-hidden" role="status">
        {latest && latest.what !== "started" ? say(latest) : ""}
      </span>
    </Card>
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
