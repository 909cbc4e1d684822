import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { AudioLines, DoorOpen, Download, ListFilter, Play, Trash2 } from "lucide-react";
import { useState } from "react";
import type { Recording } from "../api/resources";
import { Button, IconButton } from "../design/button";
import { findRooms } from "../conferences/pick";
import { EmptyState, Pill, type Tone } from "../design/display";
import { FilterChip, SearchChip } from "../design/filters";
import { ListPage, type ListTableProps } from "../design/list";
import { lazyPart } from "../design/lazy";
import { MenuItem, MenuSeparator } from "../design/overlays";
import { usePruned, useSelection } from "../design/selection";
import { type Text, useText } from "../design/texts";
import { Clock, When, duration, formatDateTime } from "../design/time";
import { type Target, useMayOn } from "../session/covers";
import { useMay } from "../session/session";
import { useCustomerId, useCustomerKnown } from "../shell/customer";
import { Player } from "./player";
import { audioOf, fileName, lengthOf, useRecordings } from "./queries";
import { useRoomName } from "../conferences/room-name";
import "./recordings.css";
import "./texts";

const DeleteRecordings = lazyPart(() => import("./delete"));

export interface RecordingsSearch {
  room?: string | undefined;
  conference?: string | undefined;
  sort?: string | undefined;
}

const idOf = (recording: Recording) => recording.id;
const TONES: Record<Recording["state"], Tone> = {
  recording: "bad",
  finished: "ok",
  failed: "warn",
};

function targetOf(recording: Recording): Target {
  return { customer: recording.customer_id, room: recording.room_id };
}

function roomOf(recording: Recording, t: Text): string {
  return recording.room_name ?? t("recordings-room-gone");
}

function nameOf(recording: Recording, t: Text): string {
  return t("recordings-name", {
    room: roomOf(recording, t),
    started: formatDateTime(recording.started_at),
  });
}

/** There is something to hear. */
const canPlay = (recording: Recording) => recording.bytes > 0;

/** What was recorded in conferences: to hear, to keep, to delete. */
export function RecordingsPage() {
  const t = useText();
  const search = useSearch({ from: "/frame/recordings" });
  const navigate = useNavigate({ from: "/recordings" });
  const mayOn = useMayOn();
  const canModerate = useMay()("conference", "moderate");
  const sort = search.sort ?? "-started_at";
  const list = useRecordings(
    {
      customer_id: useCustomerId(),
      room_id: search.room,
      conference_id: search.conference,
      sort,
    },
    useCustomerKnown(),
  );
  const selection = useSelection();
  usePruned(selection, list.rows, idOf);
  const [playing, setPlaying] = useState<Recording>();
  const [deleting, setDeleting] = useState<Recording[]>([]);
  const go = (change: Partial<RecordingsSearch>) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  const mayDelete = (one: Recording) =>
    one.state !== "recording" && mayOn("conference", "moderate", targetOf(one));
  const chosen = list.rows.filter((one) => selection.keys.has(one.id) && mayDelete(one));
  const isFiltered = search.room !== undefined || search.conference !== undefined;
  const table: ListTableProps<Recording> = {
    name: "recordings",
    label: t("recordings-title"),
    columns: columns(t, setPlaying),
    rowKey: idOf,
    rowLabel: (one) => nameOf(one, t),
    sort,
    onSort: (next) => go({ sort: next }),
    onOpen: (one) => canPlay(one) && setPlaying(one),
    ...(canModerate ? { selection } : {}),
    bulkActions: (
      <Button
        small
        variant="danger"
        icon={Trash2}
        isDisabled={chosen.length === 0}
        onPress={() => setDeleting(chosen)}
      >
        {t("recordings-delete")}
      </Button>
    ),
    rowMenu: (one) => (
      <>
        {canPlay(one) && (
          <>
            <MenuItem icon={Play} label={t("recordings-play")} onAction={() => setPlaying(one)} />
            <MenuItem
              icon={Download}
              label={t("recordings-download")}
              href={audioOf(one)}
              download={fileName(one)}
            />
          </>
        )}
        {one.room_name !== null && (
          <MenuItem
            icon={DoorOpen}
            label={t("recordings-open-room")}
            onAction={() =>
              void navigate({ to: "/conferences/$roomId", params: { roomId: one.room_id } })
            }
          />
        )}
        <MenuItem
          icon={ListFilter}
          label={t("recordings-of-room")}
          onAction={() => go({ room: one.room_id, conference: undefined })}
        />
        <MenuItem
          icon={ListFilter}
          label={t("recordings-of-conference")}
          onAction={() => go({ conference: one.conference_id })}
        />
        {mayDelete(one) && <MenuSeparator />}
        {mayDelete(one) && (
          <MenuItem
            danger
            icon={Trash2}
            label={t("recordings-delete")}
            onAction={() => setDeleting([one])}
          />
        )}
      </>
    ),
    empty: isFiltered ? (
      <EmptyState
        icon={AudioLines}
        title={t("recordings-none-found")}
        text={t("recordings-none-found-text")}
        actions={
          <Button onPress={() => go({ room: undefined, conference: undefined })}>
            {t("recordings-clear-filters")}
          </Button>
        }
      />
    ) : (
      <EmptyState icon={AudioLines} title={t("recordings-none")} text={t("recordings-none-text")} />
    ),
  };
  return (
    <ListPage
      title={t("recordings-title")}
      intro={t("recordings-intro")}
      list={list}
      filters={
        <>
          <RoomFilter room={search.room} onChange={(room) => go({ room, conference: undefined })} />
          {search.conference !== undefined && (
            <FilterChip
              label={t("recordings-conference")}
              value="this"
              choices={[{ id: "this", label: t("recordings-this-conference") }]}
              onChange={(value) => value === undefined && go({ conference: undefined })}
            />
          )}
        </>
      }
      count={(count) => t("recordings-count", { count })}
      table={table}
    >
      {playing && (
        <Player
          key={playing.id}
          recording={playing}
          name={nameOf(playing, t)}
          onClose={() => setPlaying(undefined)}
        />
      )}
      {deleting.length > 0 && (
        <DeleteRecordings
          recordings={deleting}
          nameOf={(one: Recording) => nameOf(one, t)}
          onClose={() => setDeleting([])}
          onDone={() => {
            // What is being heard goes on only if it is still there.
            if (deleting.some((one) => one.id === playing?.id)) setPlaying(undefined);
            setDeleting([]);
            selection.clear();
          }}
        />
      )}
    </ListPage>
  );
}

function RoomFilter({
  room,
  onChange,
}: {
  room: string | undefined;
  onChange: (room: string | undefined) => void;
}) {
  const t = useText();
  const customer_id = useCustomerId();
  const name = useRoomName(room);
  return (
    <SearchChip
      label={t("recordings-room")}
      searchLabel={t("recordings-find-room")}
      value={room === undefined ? undefined : { id: room, label: name ?? "…" }}
      source={["rooms", customer_id ?? null]}
      find={(words, signal) => findRooms(words, customer_id, signal)}
      onChange={onChange}
    />
  );
}

function columns(
  t: Text,
  play: (recording: Recording) => void,
): ListTableProps<Recording>["columns"] {
  return [
    {
      id: "room",
      label: t("recordings-room"),
      width: "minmax(220px, 2fr)",
      lead: true,
      csv: (one) => roomOf(one, t),
      cell: (one) => (
        <div className="recording-room">
          {canPlay(one) ? (
            <IconButton
              small
              icon={Play}
              label={t("recordings-play-name", { name: nameOf(one, t) })}
              excludeFromTabOrder
              onPress={() => play(one)}
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
      ),
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
