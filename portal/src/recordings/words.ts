import type { Recording } from "../api/resources";
import type { Text } from "../design/texts";
import { formatDateTime } from "../design/time";

export function roomOf(recording: Recording, t: Text): string {
  return recording.room_name ?? t("recordings-room-gone");
}

export function nameOf(recording: Recording, t: Text): string {
  return t("recordings-name", {
    room: roomOf(recording, t),
    started: formatDateTime(recording.started_at),
  });
}

/** There is something to hear. */
export const canPlay = (recording: Recording) => recording.bytes > 0;
