import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { explain } from "../api/errors";
import type { List } from "../api/lists";
import type { AuditEntry, Call, Conference } from "../api/resources";
import { actOf } from "../audit/act";
import { CallPill, Talked, partyName } from "../calls/words";
import { useRoomName } from "../conferences/room-name";
import { Card, ErrorState, Notice, PageHead, SkeletonLines } from "../design/display";
import { useText, useTextOr } from "../design/texts";
import { Ago, Clock } from "../design/time";
import { useMay } from "../session/session";
import {
  useLatestChanges,
  useLiveCalls,
  useRoomCount,
  useRunningConferences,
  useUserCount,
} from "./queries";
import "../audit/texts";
import "../calls/texts";
import "./home.css";
import "./texts";

/** What goes on now and what was changed last, each with the way to all of it. */
export function HomePage() {
  const t = useText();
  const may = useMay();
  const users = useUserCount();
  const available = useUserCount("available");
  const rooms = useRoomCount();
  const calls = useLiveCalls();
  const conferences = useRunningConferences();
  // A conference is shown on the page of its room.
  const mayMeet = may("conference_room", "read") && may("conference", "read");
  return (
    <div className="page">
      <PageHead title={t("home-title")} sub={t("home-intro")} />
      {users !== undefined && users <= 1 && may("user", "create") && <FirstSteps />}
      <div className="figures">
        <Link to="/users" className="figure">
          <Figure name={t("home-users")} count={users}>
            {available === undefined ? null : t("home-reachable", { count: available })}
          </Figure>
        </Link>
        <Link to="/calls" className="figure">
          <Figure name={t("home-calls")} count={calls.total} />
        </Link>
        {mayMeet && (
          <Link to="/conferences" className="figure">
            <Figure name={t("home-conferences")} count={conferences.total} />
          </Link>
        )}
        {may("conference_room", "read") && (
          <Link to="/conferences" className="figure">
            <Figure name={t("home-rooms")} count={rooms} />
          </Link>
        )}
      </div>
      <div className="overview">
        {mayMeet && <Running list={conferences} />}
        <LiveCalls list={calls} />
        {may("audit_log", "read") && <Changes />}
      </div>
    </div>
  );
}

/** What a new house needs, until somebody is in it. */
function FirstSteps() {
  const t = useText();
  const may = useMay();
  return (
    <Notice>
      <h2>{t("home-first")}</h2>
      <p>{t("home-first-text")}</p>
      <div className="row first-steps">
        <Link to="/users" search={{ add: true }} className="button primary">
          {t("home-add-user")}
        </Link>
        {may("conference_room", "create") && (
          <Link to="/conferences" search={{ add: true }} className="button">
            {t("home-add-room")}
          </Link>
        )}
      </div>
    </Notice>
  );
}

function Figure(props: { name: string; count: number | undefined; children?: ReactNode }) {
  return (
    <>
      <span className="name">{props.name}</span>
      <span className="count">{props.count ?? "–"}</span>
      <span className="under">{props.children}</span>
    </>
  );
}

/** The first rows of a list; what it is when there are none. */
function Rows<T extends { id: string }>(props: {
  list: List<T>;
  none: string;
  row: (item: T) => ReactNode;
}) {
  const t = useText();
  const { list } = props;
  if (list.isLoading) return <SkeletonLines lines={3} />;
  if (list.error !== null && list.error !== undefined)
    return <ErrorState message={explain(list.error, t)} onRetry={list.retry} />;
  if (list.rows.length === 0) return <p className="dim">{props.none}</p>;
  return (
    <ul className="card-rows">
      {list.rows.map((item) => (
        <li key={item.id}>{props.row(item)}</li>
      ))}
    </ul>
  );
}

function Running({ list }: { list: List<Conference> }) {
  const t = useText();
  const running = list.rows.filter((one) => one.state === "running");
  return (
    <Card
      title={t("home-conferences")}
      actions={<Link to="/conferences">{t("home-all-rooms")}</Link>}
    >
      <Rows
        list={{ ...list, rows: running }}
        none={t("home-conferences-none")}
        row={(one) => <RunningRow conference={one} />}
      />
    </Card>
  );
}

function RunningRow({ conference }: { conference: Conference }) {
  const t = useText();
  const name = useRoomName(conference.room_id);
  const joined = conference.participants.filter((one) => one.state === "joined").length;
  return (
    <>
      <Link to="/conferences/$roomId" params={{ roomId: conference.room_id }} className="what">
        {name ?? "…"}
      </Link>
      <span className="dim small nowrap">
        {t("home-joined", { count: joined })} · <Clock since={conference.started_at} />
      </span>
    </>
  );
}

function LiveCalls({ list }: { list: List<Call> }) {
  const t = useText();
  const live = list.rows.filter((call) => call.state !== "ended");
  return (
    <Card title={t("home-calls")} actions={<Link to="/calls">{t("home-all-calls")}</Link>}>
      <Rows
        list={{ ...list, rows: live }}
        none={t("home-calls-none")}
        row={(call) => (
          <>
            <Link to="/calls/$callId" params={{ callId: call.id }} className="what">
              {partyName(call.from)} → {partyName(call.to)}
            </Link>
            <span className="row nowrap">
              <CallPill call={call} />
              <span className="dim small">
                <Talked call={call} />
              </span>
            </span>
          </>
        )}
      />
    </Card>
  );
}

function Changes() {
  const t = useText();
  const textOr = useTextOr();
  const list = useLatestChanges();
  const row = (entry: AuditEntry) => (
    <>
      <div className="what">
        <Link to="/audit" search={{ entry: entry.id }}>
          {actOf(entry, textOr)}
        </Link>
        <div className="dim small">
          {t("home-changes-by", { what: entry.subject.name, name: entry.actor.name })}
        </div>
      </div>
      <span className="dim small nowrap">
        <Ago at={entry.at} />
      </span>
    </>
  );
  return (
    <Card title={t("home-changes")} actions={<Link to="/audit">{t("home-all-changes")}</Link>}>
      <Rows list={list} none={t("home-changes-none")} row={row} />
    </Card>
  );
}
