import { Link } from "@tanstack/react-router";
import { Play } from "lucide-react";
import type { Recording } from "../api/resources";
import { IconButton } from "../design/button";
import { Pill, type Tone } from "../design/display";
import type { Column } from "../design/table";
import { type Text, useText } from "../design/texts";
import { Clock, When, duration } from "../design/time";
import { lengthOf } from "./queries";
import { canPlay, nameOf, roomOf } from "./words";

const TONES: Record<Recording["state"], Tone> = {
  recording: "bad",
  finished: "ok",
  failed: "warn",
};

/** The columns of the recordings list. */
export function recordingColumns(
  t: Text,
  play: (recording: Recording) => void,
): Column<Recording>[] {
  return [
    {
      id: "room",
      label: t("recordings-room"),
      width: "minmax(220px, 2fr)",
      lead: true,
      csv: (one) => roomOf(one, t),
      cell: (one) => <Room recording={one} onPlay={() => play(one)} />,
    },
    {
      id: "started",
      label: t("recordings-started"),
      width: "minmax(160px, 1fr)",
      sort: "started_at",
      csv: (one) => one.started_at,
      cell: (one) => <When at={one.started_at} />,
    },
    {
      id: "length",
      label: t("recordings-length"),
      width: "minmax(90px, 0.6fr)",
      align: "end",
      csv: (one) => (one.ended_at === null ? "" : duration(lengthOf(one, 0))),
      cell: (one) =>
        one.ended_at === null ? <Clock since={one.started_at} /> : duration(lengthOf(one, 0)),
    },
    {
      id: "state",
      label: t("recordings-state"),
      width: "minmax(260px, 2fr)",
      csv: (one) =>
        one.failure === null
          ? t(`recordings-state-${one.state}`)
          : `${t("recordings-state-failed")}: ${t(`recordings-failure-${one.failure}`)}`,
      cell: (one) => <State recording={one} />,
    },
    {
      id: "size",
      label: t("recordings-size"),
      width: "minmax(100px, 0.6fr)",
      align: "end",
      optional: true,
      csv: (one) => String(one.bytes),
      cell: (one) => size(one.bytes),
    },
  ];
}

function Room({ recording: one, onPlay }: { recording: Recording; onPlay: () => void }) {
  const t = useText();
  return (
    <div className="recording-room">
      {canPlay(one) ? (
        <IconButton
          small
          icon={Play}
          label={t("recordings-play-name", { name: nameOf(one, t) })}
          excludeFromTabOrder
          onPress={onPlay}
        />
      ) : (
        <span className="no-play" aria-hidden />
      )}
      {one.room_name === null ? (
        <span className="dim">{roomOf(one, t)}</span>
      ) : (
        <Link
          to="/conferences/$roomId"
          params={{ roomId: one.room_id }}
          className="name truncate"
          tabIndex={-1}
        >
          {one.room_name}
        </Link>
      )}
    </div>
  );
}

const megabytes = new Intl.NumberFormat(undefined, {
  style: "unit",
  unit: "megabyte",
  maximumFractionDigits: 1,
});

function size(bytes: number): string {
  return megabytes.format(bytes / 1_000_000);
}

function State({ recording }: { recording: Recording }) {
  const t = useText();
  const { state, failure } = recording;
  return (
    <span className="recording-state">
      <Pill tone={TONES[state]} point>
        {t(`recordings-state-${state}`)}
      </Pill>
      {failure !== null && (
        <span className="dim">
          {t(`recordings-failure-${failure}`)}{" "}
          {t(canPlay(recording) ? "recordings-until-then" : "recordings-nothing")}
        </span>
      )}
    </span>
  );
}
