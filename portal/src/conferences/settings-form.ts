import type { Room } from "../api/resources";
import type { FormState } from "../design/form";
import type { Text } from "../design/texts";
import type { RoomChanges } from "./queries";

/** The fields of a room as its form has them. */
export function flatten(room: Room) {
  return {
    name: room.name,
    number: room.number,
    owner_id: room.owner_id ?? "",
    moderator_ids: room.moderator_ids,
    participant_pin: room.participant_pin ?? "",
    moderator_pin: room.moderator_pin ?? "",
    max_participants: room.max_participants as number | null,
    lobby: room.lobby,
    lock_on_start: room.lock_on_start,
    join_muted: room.join_muted,
    webinar: room.webinar,
    wait_for_moderator: room.wait_for_moderator,
    announce: room.announce,
    music_while_alone: room.music_while_alone,
    record: room.record,
    end_when_moderator_leaves: room.end_when_moderator_leaves,
    time_limit: room.time_limit_secs === null ? null : Math.round(room.time_limit_secs / 60),
    call_out: room.call_out,
  };
}

export type RoomValues = ReturnType<typeof flatten>;

/** The PATCH that brings the changed fields to the server; empty means none. */
export function changesOf(values: RoomValues, changed: (keyof RoomValues)[]): RoomChanges {
  const out: Record<string, unknown> = {};
  for (const name of changed) {
    const value = values[name];
    if (name === "time_limit") out["time_limit_secs"] = value === null ? null : Number(value) * 60;
    else out[name] = value === "" && name !== "name" && name !== "number" ? null : value;
  }
  return out;
}

export const SWITCHES = [
  "lobby",
  "lock_on_start",
  "join_muted",
  "webinar",
  "wait_for_moderator",
  "music_while_alone",
  "end_when_moderator_leaves",
] as const;

/** The message that names a field. */
export function word(name: string): string {
  return `conferences-${name.replaceAll("_", "-")}`;
}

export function labelsOf(t: Text): Record<string, string> {
  return {
    name: t("conferences-name"),
    number: t("conferences-number"),
    owner_id: t("conferences-owner"),
    moderator_ids: t("conferences-moderators"),
    participant_pin: t("conferences-participant-pin"),
    moderator_pin: t("conferences-moderator-pin"),
    max_participants: t("conferences-limit"),
    announce: t("conferences-announce"),
    record: t("conferences-record"),
    time_limit: t("conferences-time-limit"),
    call_out: t("conferences-call-out"),
    ...Object.fromEntries(SWITCHES.map((name) => [name, t(word(name))])),
  };
}

/** Names of the API that the form calls otherwise. */
export function formField(field: string): string {
  if (field === "time_limit_secs") return "time_limit";
  return field.replace(/\[\d+\]$/u, "");
}

/** What each part of the form is given. */
export interface PartProps {
  form: FormState<RoomValues>;
  isDisabled: boolean;
}
