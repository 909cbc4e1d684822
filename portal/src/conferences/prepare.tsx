import { useQueryClient, useMutation } from "@tanstack/react-query";
import { Pin, Play, Plus, X } from "lucide-react";
import { type ReactNode, useState } from "react";
import { explain } from "../api/errors";
import { keys } from "../api/keys";
import type { Conference, Room } from "../api/resources";
import { Button, IconButton, Kbd } from "../design/button";
import { Avatar, Card, Notice, PageHead, Pill, ProgressBar } from "../design/display";
import { Switch } from "../design/switch";
import { useShortcuts } from "../design/hooks";
import { keyOf } from "../design/keys";
import { lazyPart, useAhead } from "../design/lazy";
import { useText } from "../design/texts";
import { duration, timeOfDay } from "../design/time";
import { toast } from "../design/toast";
import { roomTarget, useMayOn } from "../session/covers";
import { useMe } from "../session/session";
import { places, toCall } from "./invitees";
import { QuickSettings } from "./quick-settings";
import { updateRoom } from "./queries";
import { type Draft, useDraft, useStandingNames, useStart } from "./use-start";

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
  const tooMany = start.isTooMany;
  const invite = () => setInviting(true);
  useShortcuts({ invite }, canStart && isShown);
  const begin = (
    <Button
      variant="primary"
      className="start-button"
      icon={Play}
      isPending={start.isPending}
      isDisabled={tooMany}
      onPress={start.start}
    >
      {start.isPending
        ? t("conferences-calling", { count: list.length })
        : t("conferences-start-conference")}
    </Button>
  );
  return (
    <>
      <PageHead
        back={back}
        title={room.name}
        sub={
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
                isDisabled={tooMany || start.isPending}
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
        }
        actions={
          <>
            {canStart && begin}
            {isLive && (
              <Button variant="primary" onPress={onOpenLive}>
                {t("conferences-open")}
              </Button>
            )}
            {more}
          </>
        }
      />
      {ended && !isLive && (
        <Notice>
          {t("conferences-ended-notice", {
            time: timeOfDay(ended.ended_at ?? ended.started_at),
            length: duration(
              Date.parse(ended.ended_at ?? ended.started_at) - Date.parse(ended.started_at),
            ),
          })}
        </Notice>
      )}
      {children(
        <div className="prepare">
          <CallList
            room={room}
            draft={draft}
            onInvite={invite}
            isTooMany={tooMany}
            mayStart={canStart}
          />
          <QuickSettings room={room} />
        </div>,
      )}
      {inviting && (
        <InviteDialog
          title={t("conferences-invite-title")}
          limit={places(room, draft.host)}
          taken={list}
          host={draft.host}
          customerId={room.customer_id}
          roomId={room.id}
          action={(count) => t("conferences-invite-put", { count })}
          onClose={() => setInviting(false)}
          onDone={(chosen) => {
            draft.add(chosen);
            setInviting(false);
          }}
        />
      )}
    </>
  );
}

interface CallListProps {
  room: Room;
  draft: Draft;
  onInvite: () => void;
  isTooMany: boolean;
  mayStart: boolean;
}

function CallList({ room, draft, onInvite, isTooMany, mayStart }: CallListProps) {
  const t = useText();
  const me = useMe();
  const mayOn = useMayOn();
  const list = toCall(room, draft.chosen, draft.host, useStandingNames(room));
  const limit = places(room, draft.host);
  const standing = useStanding(room);
  const isManager = me.principal.kind === "conference_manager";
  return (
    <Card
      className="call-list"
      title={t("conferences-to-call")}
      actions={
        mayStart && (
          <Button icon={Plus} onPress={onInvite}>
            {t("conferences-invite")} <Kbd>{keyOf("invite")}</Kbd>
          </Button>
        )
      }
    >
      <div className="stack">
        <div className="call-count">
          <ProgressBar
            label={t("conferences-places")}
            value={list.length}
            max={limit}
            warn={isTooMany}
          />
          <span className={isTooMany ? "bad-text" : "dim"}>
            {t("conferences-of", { count: list.length, limit })}
          </span>
        </div>
        {isTooMany && (
          <Notice tone="warn">
            {t("conferences-too-many", { limit, over: list.length - limit })}
          </Notice>
        )}
        <ul className="invitees">
          {draft.host !== undefined && (
            <li>
              <Avatar name={me.principal.name} />
              <div className="who">
                <span className="name">{t("conferences-you")}</span>
                <span className="under">{t("conferences-you-called", { number: draft.host })}</span>
              </div>
              <Pill tone="outline">{t("conferences-host")}</Pill>
            </li>
          )}
          {list.map((one) => {
            const always = room.call_out.includes(one.target);
            const name = one.name || one.target;
            return (
              <li key={one.target}>
                <Avatar name={one.name} />
                <div className="who">
                  <span className="name">{name}</span>
                  {one.name && <span className="under">{one.target}</span>}
                </div>
                {mayOn("conference_room", "update", roomTarget(room)) && (
                  <IconButton
                    small
                    variant={always ? "on" : "quiet"}
                    icon={Pin}
                    label={t(always ? "conferences-unpin" : "conferences-pin", { name })}
                    aria-pressed={always}
                    onPress={() => {
                      if (always) draft.add([one]);
                      standing.toggle(one.target);
                    }}
                  />
                )}
                <IconButton
                  small
                  icon={X}
                  label={t("conferences-take-off", { name })}
                  onPress={() => {
                    draft.remove(one.target);
                    if (always) standing.toggle(one.target);
                  }}
                />
              </li>
            );
          })}
        </ul>
        {list.length === 0 && (
          <p className="dim">{t("conferences-to-call-none", { number: room.number })}</p>
        )}
        {mayStart && draft.last.length > 0 && (
          <div>
            <Button small onPress={() => draft.add(draft.last)}>
              {t("conferences-same-people", { count: draft.last.length })}
            </Button>
          </div>
        )}
        {me.extension !== null && !isManager && (
          <Switch
            label={t("conferences-call-me", { number: me.extension })}
            isSelected={draft.host !== undefined}
            onChange={draft.setHost}
          />
        )}
      </div>
    </Card>
  );
}

/** The room's standing list: called at every start, by whoever starts it. */
function useStanding(room: Room) {
  const t = useText();
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: (call_out: string[]) => updateRoom(room.id, { call_out }),
    onSuccess: (saved) => client.setQueryData(keys.room(room.id), saved),
    onError: (error) => toast({ kind: "bad", text: explain(error, t) }),
    meta: { quiet: true },
  });
  return {
    toggle: (target: string) => {
      const { call_out } = room;
      change.mutate(
        call_out.includes(target)
          ? call_out.filter((one) => one !== target)
          : [...call_out, target],
      );
    },
  };
}
