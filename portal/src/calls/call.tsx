import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { ArrowRight } from "lucide-react";
import { ApiError } from "../api/client";
import { explain } from "../api/errors";
import type { Call, CallLeg } from "../api/resources";
import {
  BackArrow,
  Card,
  CopyButton,
  ErrorState,
  ForbiddenState,
  PageHead,
  SkeletonLines,
} from "../design/display";
import { useText } from "../design/texts";
import { useRecordings } from "../recordings/queries";
import { useMay } from "../session/session";
import { When, duration } from "../design/time";
import { Steps } from "./steps";
import { callQuery } from "./queries";
import { CallPill, Talked, partyName, useCause } from "./words";
import "./calls.css";
import "./texts";

/** One call: who, how long, over which legs, by which steps and why. */
export function CallPage() {
  const t = useText();
  const { callId } = useParams({ from: "/frame/calls/$callId" });
  const call = useQuery(callQuery(callId));
  if (call.data) return <Detail call={call.data} />;
  if (call.error instanceof ApiError && call.error.status === 403) return <ForbiddenState />;
  if (call.error)
    return <ErrorState message={explain(call.error, t)} onRetry={() => void call.refetch()} />;
  return (
    <div className="page">
      <SkeletonLines lines={6} />
    </div>
  );
}

function Detail({ call }: { call: Call }) {
  const t = useText();
  return (
    <div className="page">
      <PageHead
        back={
          <Link
            to="/calls"
            search={{ tab: call.state === "ended" ? "history" : "live" }}
            className="back"
          >
            <BackArrow /> {t("calls-title")}
          </Link>
        }
        title={
          <span className="call-title">
            {partyName(call.from)} <ArrowRight aria-label={t("calls-called")} />{" "}
            {partyName(call.to)}
          </span>
        }
        sub={
          <>
            <CallPill call={call} />
            <When at={call.started_at} />
            <span>
              {t("calls-talked")}: <Talked call={call} />
            </span>
          </>
        }
      />
      <div className="call-columns">
        <Card title={t("calls-steps")}>
          <Steps steps={call.steps} />
        </Card>
        <Card title={t("calls-facts")}>
          <Facts call={call} />
        </Card>
      </div>
      <Card title={t("calls-legs")}>
        <ul className="legs">
          {call.legs.map((leg) => (
            <Leg key={leg.id} leg={leg} />
          ))}
        </ul>
      </Card>
    </div>
  );
}

function Facts({ call }: { call: Call }) {
  const t = useText();
  const cause = useCause();
  return (
    <dl className="facts">
      <dt>{t("calls-from")}</dt>
      <dd>{call.from.number}</dd>
      <dt>{t("calls-to")}</dt>
      <dd>{call.to.number}</dd>
      <dt>{t("calls-started")}</dt>
      <dd>
        <When at={call.started_at} />
      </dd>
      {call.answered_at && (
        <>
          <dt>{t("calls-rang")}</dt>
          <dd>{duration(Date.parse(call.answered_at) - Date.parse(call.started_at))}</dd>
        </>
      )}
      {call.cause && (
        <>
          <dt>{t("calls-ended")}</dt>
          <dd>{cause(call.cause)}</dd>
        </>
      )}
      {call.conference_id && <RecordingFact conference={call.conference_id} />}
    </dl>
  );
}

/** A way to what was recorded of the conference that the call went into, if anything was. */
function RecordingFact({ conference }: { conference: string }) {
  const t = useText();
  const may = useMay();
  const list = useRecordings({ conference_id: conference }, may("conference", "read"));
  if (list.rows.length === 0) return null;
  return (
    <>
      <dt>{t("calls-recording")}</dt>
      <dd>
        <Link to="/recordings" search={{ conference }}>
          {t("calls-recordings", { count: list.rows.length })}
        </Link>
      </dd>
    </>
  );
}

function Leg({ leg }: { leg: CallLeg }) {
  const t = useText();
  const cause = useCause();
  return (
    <li>
      <div className="leg-head">
        <span className="name">{partyName(leg.party)}</span>
        <span className="dim">{t(`calls-leg-${leg.direction}`)}</span>
        <CallPill call={leg} />
      </div>
      <dl className="leg-facts">
        <div>
          <dt>{t("calls-started")}</dt>
          <dd>
            <When at={leg.started_at} />
          </dd>
        </div>
        <div>
          <dt>{t("calls-talked")}</dt>
          <dd>
            <Talked call={leg} />
          </dd>
        </div>
        {leg.codec && (
          <div>
            <dt>{t("calls-codec")}</dt>
            <dd>{leg.codec}</dd>
          </div>
        )}
        {leg.quality && (
          <div>
            <dt>{t("calls-quality")}</dt>
            <dd>
              {t("calls-quality-is", {
                loss: leg.quality.loss_percent.toFixed(1),
                jitter: Math.round(leg.quality.jitter_ms),
              })}
            </dd>
          </div>
        )}
        {leg.cause && (
          <div>
            <dt>{t("calls-ended")}</dt>
            <dd>{cause(leg.cause)}</dd>
          </div>
        )}
        <div>
          <dt>{t("calls-call-id")}</dt>
          <dd className="row">
            <code className="truncate">{leg.sip_call_id}</code>
            <CopyButton
              value={leg.sip_call_id}
              label={t("design-copy", { what: t("calls-call-id") })}
            />
          </dd>
        </div>
      </dl>
    </li>
  );
}
