import { useQueryClient, useMutation } from "@tanstack/react-query";
import { Pin, Plus, X } from "lucide-react";
import { explain } from "../api/errors";
import { keys } from "../api/keys";
import type { Room } from "../api/resources";
import { Button, IconButton, Kbd } from "../design/button";
import { Avatar, Card, Notice, Pill, ProgressBar } from "../design/display";
import { Switch } from "../design/switch";
import { keyOf } from "../design/keys";
import { useText } from "../design/texts";
import { toast } from "../design/toast";
import { roomTarget, useMayOn } from "../session/covers";
import { useMe } from "../session/session";
import { type Invitee, places, toCall } from "./invitees";
import { updateRoom } from "./queries";
import { type Draft, useStandingNames } from "./use-start";

interface CallListProps {
  room: Room;
  draft: Draft;
  onInvite: () => void;
  isTooMany: boolean;
  mayStart: boolean;
}

/** Whom the next start calls: to be changed by those who may start it. */
export function CallList(props: CallListProps) {
  const mayOn = useMayOn();
  return mayOn("conference", "start", roomTarget(props.room)) ? (
    <DraftList {...props} />
  ) : (
    <StandingList room={props.room} />
  );
}

function DraftList({ room, draft, onInvite, isTooMany, mayStart }: CallListProps) {
  const t = useText();
  const me = useMe();
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
        <Count count={list.length} limit={limit} isTooMany={isTooMany} />
        <ul className="invitees">
          {draft.host !== undefined && <Host number={draft.host} />}
          {list.map((one) => (
            <Listed key={one.target} room={room} one={one} draft={draft} toggle={standing.toggle} />
          ))}
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

/** Whom every start calls, for those who only look. */
function StandingList({ room }: { room: Room }) {
  const t = useText();
  const list = toCall(room, [], undefined, useStandingNames(room));
  return (
    <Card className="call-list" title={t("conferences-to-call")}>
      <div className="stack">
        <Notice>{t("conferences-look-only")}</Notice>
        <ul className="invitees">
          {list.map((one) => (
            <li key={one.target}>
              <Person one={one} />
            </li>
          ))}
        </ul>
        {list.length === 0 && <p className="dim">{t("conferences-standing-none")}</p>}
      </div>
    </Card>
  );
}

interface CountProps {
  count: number;
  limit: number;
  isTooMany: boolean;
}

function Count({ count, limit, isTooMany }: CountProps) {
  const t = useText();
  return (
    <>
      <div className="call-count">
        <ProgressBar label={t("conferences-places")} value={count} max={limit} warn={isTooMany} />
        <span className={isTooMany ? "bad-text" : "dim"}>
          {t("conferences-of", { count, limit })}
        </span>
      </div>
      {isTooMany && (
        <Notice tone="warn">{t("conferences-too-many", { limit, over: count - limit })}</Notice>
      )}
    </>
  );
}

/** The reader, who is called first. */
function Host({ number }: { number: string }) {
  const t = useText();
  const me = useMe();
  return (
    <li>
      <Avatar name={me.principal.name} />
      <div className="who">
        <span className="name">{t("conferences-you")}</span>
        <span className="under">{t("conferences-you-called", { number })}</span>
      </div>
      <Pill tone="outline">{t("conferences-host")}</Pill>
    </li>
  );
}

function Person({ one }: { one: Invitee }) {
  return (
    <>
      <Avatar name={one.name} />
      <div className="who">
        <span className="name">{one.name || one.target}</span>
        {one.name && <span className="under">{one.target}</span>}
      </div>
    </>
  );
}

interface ListedProps {
  room: Room;
  one: Invitee;
  draft: Draft;
  /** Puts a number onto the standing list, or takes it off. */
  toggle: (target: string) => void;
}

function Listed({ room, one, draft, toggle }: ListedProps) {
  const t = useText();
  const mayOn = useMayOn();
  const always = room.call_out.includes(one.target);
  const name = one.name || one.target;
  return (
    <li>
      <Person one={one} />
      {mayOn("conference_room", "update", roomTarget(room)) && (
        <IconButton
          small
          variant={always ? "on" : "quiet"}
          icon={Pin}
          label={t(always ? "conferences-unpin" : "conferences-pin", { name })}
          aria-pressed={always}
          onPress={() => {
            if (always) draft.add([one]);
            toggle(one.target);
          }}
        />
      )}
      <IconButton
        small
        icon={X}
        label={t("conferences-take-off", { name })}
        onPress={() => {
          draft.remove(one.target);
          if (always) toggle(one.target);
        }}
      />
    </li>
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
