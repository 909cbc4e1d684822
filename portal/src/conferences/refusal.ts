import { ApiError } from "../api/client";
import { explain } from "../api/errors";
import type { Text } from "../design/texts";
import type { Invitee } from "./invitees";

/** More than these are counted. */
const NAMED = 5;

/** A refused list as people say it: whose entry is wrong, and why. */
export function refusal(error: unknown, t: Text, people: Invitee[]): string {
  if (!(error instanceof ApiError) || error.fields.length === 0) return explain(error, t);
  const lines = error.fields.map(({ field, message }) => {
    const index = /\[(\d+)\]/u.exec(field)?.[1];
    const one = index === undefined ? undefined : people[Number(index)];
    return one === undefined ? message : `${one.name || one.target}: ${message}`;
  });
  const shown = lines.slice(0, NAMED).join("; ");
  return lines.length > NAMED
    ? `${shown}; ${t("conferences-history-more", { count: lines.length - NAMED })}`
    : shown;
}
