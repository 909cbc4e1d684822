import { useNavigate, useSearch } from "@tanstack/react-router";
import { AudioLines, DoorOpen, Download, ListFilter, Play, Trash2 } from "lucide-react";
import { useState } from "react";
import type { List } from "../api/lists";
import type { Recording } from "../api/resources";
import { Button } from "../design/button";
import { findRooms } from "../conferences/pick";
import { EmptyState } from "../design/display";
import { FilterChip, SearchChip } from "../design/filters";
import { ListPage, type ListTableProps } from "../design/list";
import { lazyPart } from "../design/lazy";
import { MenuItem, MenuSeparator } from "../design/overlays";
import { useListSelection } from "../design/list-selection";
import { useText } from "../design/texts";
import { type Target, useMayOn } from "../session/covers";
import { useMay } from "../session/session";
import { useCustomerId, useCustomerKnown } from "../shell/customer";
import { Player } from "./player";
import { audioOf, fileName, useRecordings } from "./queries";
import { useRoomName } from "../conferences/room-name";
import { recordingColumns } from "./columns";
import { canPlay, nameOf } from "./words";
import "./recordings.css";
import "./texts";

const DeleteRecordings = lazyPart(() => import("./delete"));

export interface RecordingsSearch {
  room?: string | undefined;
  conference?: string | undefined;
  sort?: string | undefined;
}

/** Changes what is shown, in the address. */
type Go = (change: Partial<RecordingsSearch>) => void;

const idOf = (recording: Recording) => recording.id;

function targetOf(recording: Recording): Target {
  return { customer: recording.customer_id, room: recording.room_id };
}

function useShownRecordings(search: RecordingsSearch, sort: string) {
  return useRecordings(
    {
      customer_id: useCustomerId(),
      room_id: search.room,
      conference_id: search.conference,
      sort,
    },
    useCustomerKnown(),
  );
}

/** Which recordings are ticked, may be deleted, and are about to be. */
function useDeletion(list: List<Recording>) {
  const mayOn = useMayOn();
  const canModerate = useMay()("conference", "moderate");
  const ticked = useListSelection(list, idOf);
  const [asked, ask] = useState<Recording[]>([]);
  const may = (one: Recording) =>
    one.state !== "recording" && mayOn("conference", "moderate", targetOf(one));
  const chosen = ticked.chosen.filter(may);
  return {
    canModerate,
    selection: ticked.selection,
    chosen,
    may,
    asked,
    ask,
    close: () => ask([]),
  };
}

type Deletion = ReturnType<typeof useDeletion>;

/** What was recorded in conferences: to hear, to keep, to delete. */
export function RecordingsPage() {
  const t = useText();
  const search = useSearch({ from: "/frame/recordings" });
  const navigate = useNavigate({ from: "/recordings" });
  const sort = search.sort ?? "-started_at";
  const list = useShownRecordings(search, sort);
  const deletion = useDeletion(list);
  const [playing, setPlaying] = useState<Recording>();
  const go: Go = (change) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  const table: ListTableProps<Recording> = {
    name: "recordings",
    label: t("recordings-title"),
    columns: recordingColumns(t, setPlaying),
    rowKey: idOf,
    rowLabel: (one) => nameOf(one, t),
    sort,
    onSort: (next) => go({ sort: next }),
    onOpen: (one) => canPlay(one) && setPlaying(one),
    ...(deletion.canModerate ? { selection: deletion.selection } : {}),
    bulkActions: <DeleteChosen deletion={deletion} />,
    rowMenu: (one) => (
      <RecordingMenu
        recording={one}
        go={go}
        onPlay={() => setPlaying(one)}
        onDelete={deletion.may(one) ? () => deletion.ask([one]) : undefined}
      />
    ),
    empty: <Nothing search={search} go={go} />,
  };
  return (
    <ListPage
      title={t("recordings-title")}
      intro={t("recordings-intro")}
      list={list}
      filters={<Filters search={search} go={go} />}
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
      <DeleteAsked
        deletion={deletion}
        onDeleted={(gone) => {
          // What is being heard goes on only if it is still there.
          if (gone.some((one) => one.id === playing?.id)) setPlaying(undefined);
        }}
      />
    </ListPage>
  );
}

function DeleteChosen({ deletion }: { deletion: Deletion }) {
  const t = useText();
  return (
    <Button
      small
      variant="danger"
      icon={Trash2}
      isDisabled={deletion.chosen.length === 0}
      onPress={() => deletion.ask(deletion.chosen)}
    >
      {t("recordings-delete")}
    </Button>
  );
}

interface DeleteAskedProps {
  deletion: Deletion;
  onDeleted: (gone: Recording[]) => void;
}

function DeleteAsked({ deletion, onDeleted }: DeleteAskedProps) {
  const t = useText();
  const { asked, selection, close } = deletion;
  if (asked.length === 0) return null;
  return (
    <DeleteRecordings
      recordings={asked}
      nameOf={(one: Recording) => nameOf(one, t)}
      onClose={close}
      onDone={() => {
        onDeleted(asked);
        close();
        selection.clear();
      }}
    />
  );
}

interface RecordingMenuProps {
  recording: Recording;
  go: Go;
  onPlay: () => void;
  /** None: it may not be deleted. */
  onDelete: (() => void) | undefined;
}

function RecordingMenu({ recording: one, go, onPlay, onDelete }: RecordingMenuProps) {
  const t = useText();
  const navigate = useNavigate();
  return (
    <>
      {canPlay(one) && (
        <>
          <MenuItem icon={Play} label={t("recordings-play")} onAction={onPlay} />
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
      {onDelete && <MenuSeparator />}
      {onDelete && (
        <MenuItem danger icon={Trash2} label={t("recordings-delete")} onAction={onDelete} />
      )}
    </>
  );
}

interface FiltersProps {
  search: RecordingsSearch;
  go: Go;
}

function Nothing({ search, go }: FiltersProps) {
  const t = useText();
  const isFiltered = search.room !== undefined || search.conference !== undefined;
  return isFiltered ? (
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
  );
}

function Filters({ search, go }: FiltersProps) {
  const t = useText();
  return (
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
