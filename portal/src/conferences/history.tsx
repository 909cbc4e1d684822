import { Link } from "@tanstack/react-router";
import { History } from "lucide-react";
import { explain } from "../api/errors";
import type { Conference, Room } from "../api/resources";
import { Card, EmptyState, ErrorState, SkeletonLines } from "../design/display";
import { listOf, useText } from "../design/texts";
import { When, duration, formatDateTime } from "../design/time";
import { LinkButton } from "../design/button";
import { useRecordings } from "../recordings/queries";
import { usePastConferences } from "./queries";

/** The conferences that were held in a room. */
export default function HistoryTab({ room }: { room: Room }) {
  const t = useText();
  const list = usePastConferences(room.id);
  const recorded = useRecordings({ room_id: room.id }, true);
  const isRecorded = new Set(recorded.rows.map((one) => one.conference_id));
  if (list.error) return <ErrorState message={explain(list.error, t)} onRetry={list.retry} />;
  if (list.isLoading) return <SkeletonLines />;
  if (list.rows.length === 0) {
    return (
      <Card>
        <EmptyState
          icon={History}
          title={t("conferences-history-none")}
          text={t("conferences-history-none-text")}
        />
      </Card>
    );
  }
  return (
    <Card>
      <ul className="past">
        {list.rows.map((conference) => (
          <Past
            key={conference.id}
            conference={conference}
            isRecorded={isRecorded.has(conference.id)}
          />
        ))}
      </ul>
      {list.total !== undefined && list.total > list.rows.length && (
        <LinkButton onPress={list.more}>{t("conferences-history-load")}</LinkButton>
      )}
    </Card>
  );
}

function Past({ conference, isRecorded }: { conference: Conference; isRecorded: boolean }) {
  const t = useText();
  const came = conference.participants.filter((one) => one.joined_at !== null);
  const people = [...new Set(came.map((one) => one.name || one.target))];
  const length =
    Date.parse(conference.ended_at ?? conference.started_at) - Date.parse(conference.started_at);
  return (
    <li>
      <div>
        <When at={conference.started_at} />
        <span className="dim"> · {duration(length)}</span>
        {isRecorded && (
          <>
            {" · "}
            <Link to="/recordings" search={{ conference: conference.id }}>
              {t("conferences-recording-of", {
                started: formatDateTime(conference.started_at),
              })}
            </Link>
          </>
        )}
      </div>
      <div className="dim">
        {people.length === 0
          ? t("conferences-history-nobody")
          : listOf(
              people.length > 8
                ? [
                    ...people.slice(0, 8),
                    t("conferences-history-more", { count: people.length - 8 }),
                  ]
                : people,
            )}
      </div>
    </li>
  );
}
