import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { AudioLines, EllipsisVertical, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { ApiError } from "../api/client";
import { explain } from "../api/errors";
import type { Room } from "../api/resources";
import { IconButton } from "../design/button";
import { Confirm } from "../design/confirm";
import { BackArrow, ErrorState, ForbiddenState, SkeletonLines } from "../design/display";
import { TabPanel, Tabs } from "../design/tabs";
import { lazyPart, useAhead } from "../design/lazy";
import { Menu, MenuItem } from "../design/overlays";
import { useText } from "../design/texts";
import { toast } from "../design/toast";
import { roomTarget, useMayOn } from "../session/covers";
import { usesIn } from "../users/uses";
import { PrepareConference } from "./prepare";
import { conferenceQuery, deleteRoom, roomQuery } from "./queries";
import "./conferences.css";
import "./texts";

const LiveConference = lazyPart(() => import("./live"), <SkeletonLines lines={7} />);
const SettingsTab = lazyPart(() => import("./settings"), <SkeletonLines lines={6} />);
const HistoryTab = lazyPart(() => import("./history"), <SkeletonLines lines={3} />);

export const roomTabs = ["conference", "settings", "history"] as const;
export type RoomTab = (typeof roomTabs)[number];

/** One room: its conference, to be started or running; its settings; what was. */
export function RoomPage() {
  const t = useText();
  const { roomId } = useParams({ from: "/frame/conferences/$roomId" });
  const room = useQuery(roomQuery(roomId));
  if (room.data) return <Content room={room.data} key={roomId} />;
  if (room.error instanceof ApiError && room.error.status === 403) return <ForbiddenState />;
  if (room.error)
    return <ErrorState message={explain(room.error, t)} onRetry={() => void room.refetch()} />;
  return (
    <div className="page">
      <SkeletonLines lines={7} />
    </div>
  );
}

function Content({ room }: { room: Room }) {
  const t = useText();
  const mayOn = useMayOn();
  const target = roomTarget(room);
  const navigate = useNavigate({ from: "/conferences/$roomId" });
  const { tab = "conference" } = useSearch({ from: "/frame/conferences/$roomId" });
  const [deleting, setDeleting] = useState(false);
  // Started elsewhere while the server is hard to reach, it must still be drawn.
  useAhead(LiveConference);
  const setTab = (next: RoomTab) =>
    void navigate({ search: (before) => ({ ...before, tab: next }), replace: true });
  const { conference, isLive, running } = useRunning(room);

  const back = (
    <Link to="/conferences" className="back">
      <BackArrow /> {t("conferences-title")}
    </Link>
  );
  return (
    <div className="page conference-page">
      {tab === "conference" && isLive ? (
        conference ? (
          <LiveConference
            room={room}
            conference={conference}
            back={back}
            onSettings={
              mayOn("conference_room", "update", target) ? () => setTab("settings") : undefined
            }
          />
        ) : running.error ? (
          <ErrorState message={explain(running.error, t)} onRetry={() => void running.refetch()} />
        ) : (
          <SkeletonLines lines={7} />
        )
      ) : (
        <PrepareConference
          room={room}
          ended={conference?.state === "ended" ? conference : undefined}
          back={back}
          more={<RoomMenu room={room} onDelete={() => setDeleting(true)} />}
          isLive={isLive}
          isShown={tab === "conference"}
          onOpenLive={() => setTab("conference")}
        >
          {(prepare) => <RoomTabs room={room} tab={tab} onTab={setTab} prepare={prepare} />}
        </PrepareConference>
      )}
      {deleting && <DeleteRoom room={room} onClose={() => setDeleting(false)} />}
    </div>
  );
}

/** The conference that runs in a room, or has ended while the page was open. */
function useRunning(room: Room) {
  const runningId = room.running?.id;
  // The one that ended while this page was open is still shown as such.
  const [lastId, setLastId] = useState(runningId);
  if (runningId !== undefined && runningId !== lastId) setLastId(runningId);
  const running = useQuery({
    ...conferenceQuery(lastId ?? ""),
    enabled: lastId !== undefined,
  });
  const conference = running.data;
  const isLive = runningId !== undefined && conference?.state !== "ended";
  return { running, conference, isLive };
}

function RoomMenu({ room, onDelete }: { room: Room; onDelete: () => void }) {
  const t = useText();
  const mayOn = useMayOn();
  const navigate = useNavigate();
  const target = roomTarget(room);
  return (
    <Menu
      label={t("conferences-room-actions")}
      trigger={
        <IconButton variant="quiet" icon={EllipsisVertical} label={t("conferences-room-actions")} />
      }
    >
      {mayOn("conference", "read", target) && (
        <MenuItem
          icon={AudioLines}
          label={t("conferences-recordings-of-room")}
          onAction={() => void navigate({ to: "/recordings", search: { room: room.id } })}
        />
      )}
      {mayOn("conference_room", "delete", target) && (
        <MenuItem danger icon={Trash2} label={t("conferences-delete-room")} onAction={onDelete} />
      )}
    </Menu>
  );
}

interface RoomTabsProps {
  room: Room;
  tab: RoomTab;
  onTab: (tab: RoomTab) => void;
  prepare: ReactNode;
}

function RoomTabs({ room, tab, onTab, prepare }: RoomTabsProps) {
  const t = useText();
  return (
    <Tabs
      label={room.name}
      value={tab}
      onChange={onTab}
      items={[
        { id: "conference", label: t("conferences-tab-conference") },
        { id: "settings", label: t("conferences-tab-settings") },
        { id: "history", label: t("conferences-tab-history") },
      ]}
    >
      <TabPanel id="conference">{prepare}</TabPanel>
      <TabPanel id="settings">
        <SettingsTab room={room} />
      </TabPanel>
      <TabPanel id="history">
        <HistoryTab room={room} />
      </TabPanel>
    </Tabs>
  );
}

function DeleteRoom({ room, onClose }: { room: Room; onClose: () => void }) {
  const t = useText();
  const client = useQueryClient();
  const navigate = useNavigate();
  const leave = async () => {
    toast({ kind: "ok", text: t("conferences-deleted", { name: room.name }) });
    await navigate({ to: "/conferences" });
    client.removeQueries({ queryKey: ["rooms", "one", room.id] });
    void client.invalidateQueries({ queryKey: ["rooms", "list"] });
  };
  return (
    <Confirm
      danger
      icon={Trash2}
      title={t("conferences-delete-title", { name: room.name })}
      text={t("conferences-delete-text", { number: room.number })}
      action={t("conferences-delete-room")}
      act={() => deleteRoom(room.id)}
      onDone={() => void leave()}
      onClose={onClose}
      detail={usesIn}
    />
  );
}
