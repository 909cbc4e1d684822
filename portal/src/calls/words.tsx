import type { Call, CallParty } from "../api/resources";
import { Pill, type Tone } from "../design/display";
import { useText, useTextOr } from "../design/texts";
import { Clock, duration } from "../design/time";

/** Of a call that was talked these say no more than that it was. */
const NORMAL = [
  "caller_hung_up",
  "callee_hung_up",
  "transferred",
  "answered_elsewhere",
  "conference_ended",
];

/** Somebody wanted it so: nothing failed. */
const WANTED = [...NORMAL, "kicked"];

/** What became of a call, or where it is, in a word or two. */
export function CallPill({ call }: { call: Pick<Call, "state" | "cause" | "answered_at"> }) {
  const t = useText();
  const cause = useCause();
  if (call.state !== "ended") {
    const tone: Tone = call.state === "answered" ? "ok" : "warn";
    return (
      <Pill tone={tone} point>
        {t(`calls-state-${call.state}`)}
      </Pill>
    );
  }
  if (call.answered_at !== null && (call.cause === null || NORMAL.includes(call.cause))) {
    return <Pill>{t("calls-answered")}</Pill>;
  }
  const why = call.cause ?? "failed";
  return <Pill tone={WANTED.includes(why) ? "idle" : "bad"}>{cause(why)}</Pill>;
}

/** Why a call or leg ended, as people say it. */
export function useCause(): (cause: string) => string {
  const textOr = useTextOr();
  return (cause) => textOr(`calls-cause-${cause.replaceAll("_", "-")}`, cause);
}

export function partyName(party: CallParty): string {
  return party.name || party.number;
}

/** How long it was talked, counting while it is. */
export function Talked({ call }: { call: Pick<Call, "answered_at" | "ended_at"> }) {
  if (call.answered_at === null) return <span className="dim">–</span>;
  if (call.ended_at === null) return <Clock since={call.answered_at} />;
  return <>{duration(Date.parse(call.ended_at) - Date.parse(call.answered_at))}</>;
}
