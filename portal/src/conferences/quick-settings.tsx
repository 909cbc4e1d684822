import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Fragment, useState } from "react";
import { explain } from "../api/errors";
import { keys } from "../api/keys";
import { show } from "../api/live";
import type { Room } from "../api/resources";
import { LinkButton } from "../design/button";
import { Card } from "../design/display";
import { Switch } from "../design/switch";
import { useText } from "../design/texts";
import { toast } from "../design/toast";
import { roomTarget, useMayOn } from "../session/covers";
import { type RoomChanges, updateRoom } from "./queries";

type Toggle = "lobby" | "join_muted" | "webinar" | "lock_on_start" | "wait_for_moderator";
const TOGGLES: Toggle[] = ["lobby", "join_muted", "webinar", "lock_on_start", "wait_for_moderator"];

/** A change of a room that shows at once and is taken back if the server refuses. */
export function useRoomChange(room: Room): (changes: Partial<Pick<Room, Toggle>>) => void {
  const t = useText();
  const client = useQueryClient();
  const change = useMutation({
    // One after the other: the first answer must not take back what the second draws.
    scope: { id: `room ${room.id}` },
    mutationFn: (changes: RoomChanges) => updateRoom(room.id, changes),
    onSuccess: (saved) => {
      // Switches that are still on their way keep how they were drawn.
      if (client.isMutating({ mutationKey: ["room", room.id] }) <= 1) show(client, "rooms", saved);
    },
    mutationKey: ["room", room.id],
    onError: (error) => {
      toast({ kind: "bad", text: explain(error, t) });
      void client.invalidateQueries({ queryKey: keys.room(room.id) });
    },
    meta: { quiet: true },
  });
  return (changes) => {
    client.setQueryData<Room>(keys.room(room.id), (shown) =>
      shown ? { ...shown, ...changes } : shown,
    );
    change.mutate(changes);
  };
}

/** The settings that matter just before a start. */
export function QuickSettings({ room, isLive }: { room: Room; isLive?: boolean }) {
  const t = useText();
  const mayOn = useMayOn();
  const change = useRoomChange(room);
  const canChange = mayOn("conference_room", "update", roomTarget(room));
  const toggles = TOGGLES.filter((name) => !isLive || name !== "lock_on_start");
  return (
    <Card
      title={t(isLive || !canChange ? "conferences-the-room" : "conferences-before-start")}
      className="quick-settings"
    >
      <div className="stack">
        {isLive && canChange && <p className="dim small">{t("conferences-the-room-for-good")}</p>}
        <dl className="facts">
          {room.participant_pin !== null && (
            <PinRow label={t("conferences-participant-pin")} pin={room.participant_pin} />
          )}
          {room.moderator_pin !== null && (
            <PinRow label={t("conferences-moderator-pin")} pin={room.moderator_pin} />
          )}
          <dt>{t("conferences-record")}</dt>
          <dd>{t(`conferences-record-${room.record.replaceAll("_", "-")}`)}</dd>
          {room.record !== "off" && (
            <dd className="dim small wide">{t("conferences-record-where")}</dd>
          )}
          <dt>{t("conferences-time-limit")}</dt>
          <dd>
            {room.time_limit_secs === null
              ? t("conferences-no-time-limit")
              : t("conferences-minutes", { count: Math.round(room.time_limit_secs / 60) })}
          </dd>
          {!canChange &&
            toggles.map((name) => (
              <Fragment key={name}>
                <dt>{t(`conferences-${name.replaceAll("_", "-")}`)}</dt>
                <dd>{t(room[name] ? "conferences-is-on" : "conferences-is-off")}</dd>
              </Fragment>
            ))}
        </dl>
        {canChange &&
          toggles.map((name) => (
            <Switch
              key={name}
              label={t(`conferences-${name.replaceAll("_", "-")}`)}
              {...(isLive ? {} : { help: t(`conferences-${name.replaceAll("_", "-")}-short`) })}
              isSelected={room[name]}
              onChange={(on) => change({ [name]: on })}
            />
          ))}
      </div>
    </Card>
  );
}

function PinRow({ label, pin }: { label: string; pin: string }) {
  const t = useText();
  const [shown, setShown] = useState(false);
  return (
    <>
      <dt>{label}</dt>
      <dd>
        <span className="mono">{shown ? pin : "••••"}</span>{" "}
        <LinkButton onPress={() => setShown(!shown)}>
          {t(shown ? "conferences-hide" : "conferences-show")}
          <span className="visually-hidden"> {label}</span>
        </LinkButton>
      </dd>
    </>
  );
}
