import { useNow } from "./hooks";
import { useText } from "./texts";

const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "short" });

/** `12:41`, `1:02:03`: how long something has gone on. */
export function duration(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000));
  const two = (n: number) => String(n).padStart(2, "0");
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor(total / 60) % 60;
  return hours > 0
    ? `${String(hours)}:${two(minutes)}:${two(total % 60)}`
    : `${String(minutes)}:${two(total % 60)}`;
}

/** `3 min ago`, `yesterday`. */
export function ago(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return relative.format(-seconds, "second");
  if (seconds < 3600) return relative.format(-Math.round(seconds / 60), "minute");
  if (seconds < 86_400) return relative.format(-Math.round(seconds / 3600), "hour");
  return relative.format(-Math.round(seconds / 86_400), "day");
}

/** The time of day. */
export function timeOfDay(at: string): string {
  return clock.format(new Date(at));
}

export function formatDateTime(at: string): string {
  return dateTime.format(new Date(at));
}

/** A point in time in the reader's format, the exact one on hover. */
export function When({ at }: { at: string }) {
  const date = new Date(at);
  return (
    <time dateTime={at} title={exact.format(date)} className="nowrap">
      {dateTime.format(date)}
    </time>
  );
}

/** How long ago, counting by itself, the exact time on hover. */
export function Ago({ at }: { at: string }) {
  const now = useNow();
  const date = new Date(at);
  return (
    <time dateTime={at} title={exact.format(date)} className="nowrap">
      {ago(now - date.getTime())}
    </time>
  );
}

/** How long since, counting: `12:41`. */
export function Clock({ since }: { since: string }) {
  const now = useNow();
  return <span className="nowrap">{duration(now - Date.parse(since))}</span>;
}

/** Whole seconds since, in words: `8 s`. */
export function Seconds({ since }: { since: string }) {
  const now = useNow();
  const t = useText();
  const seconds = Math.max(0, Math.floor((now - Date.parse(since)) / 1000));
  // Longer than a minute nobody reads seconds.
  return <>{seconds < 60 ? t("design-seconds", { seconds }) : duration(seconds * 1000)}</>;
}
