import { answer, api } from "../api/client";
import { type List, set, useList } from "../api/lists";
import type { Recording } from "../api/resources";
import { formatDateTime } from "../design/time";

export interface RecordingFilters {
  customer_id?: string | undefined;
  room_id?: string | undefined;
  conference_id?: string | undefined;
  sort?: string | undefined;
}

export function useRecordings(filters: RecordingFilters, isReady: boolean): List<Recording> {
  return useList(
    "recordings",
    filters,
    (page, signal) =>
      answer(
        api.GET("/api/v1/recordings", { params: { query: { ...set(filters), ...page } }, signal }),
      ),
    { isReady },
  );
}

export function deleteRecording(id: string): Promise<unknown> {
  return answer(api.DELETE("/api/v1/recordings/{id}", { params: { path: { id } } }));
}

/** Where its sound is. */
export function audioOf(recording: Recording): string {
  return `/api/v1/recordings/${recording.id}/audio`;
}

/** What a file of it is called: the room and when, without what file systems refuse. */
export function fileName(recording: Recording): string {
  const name = `${recording.room_name ?? ""} ${formatDateTime(recording.started_at)}`;
  return `${name.replaceAll(/[\\/:*?"<>|\s]+/gu, " ").trim()}.opus`;
}

/** How long it is, in milliseconds; of one that goes on, until now. */
export function lengthOf(recording: Recording, now: number): number {
  const end = recording.ended_at === null ? now : Date.parse(recording.ended_at);
  return Math.max(0, end - Date.parse(recording.started_at));
}
