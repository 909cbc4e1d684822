import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Lock, Play, Users, Video } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { Room } from "../api/resources";
import { Button } from "../design/button";
import { EmptyState, ForbiddenState, PageHead, Pill, Skeleton } from "../design/display";
import { ListFrame, useAddButton } from "../design/list";
import { TroubleLine } from "../design/table";
import { lazyPart } from "../design/lazy";
import { useText } from "../design/texts";
import { Clock } from "../design/time";
import { roomTarget, useMayOn } from "../session/covers";
import { useMay } from "../session/session";
import { useCustomerId, useCustomerKnown, useNoCustomer } from "../shell/customer";
import { useListAddress } from "../shell/list-address";
import { useRooms } from "./queries";
import { useStart } from "./use-start";
import "./conferences.css";
import "./texts";

const CreateRoom = lazyPart(() => import("./create"));

/** The rooms that the reader may run or see, each with its state. */
export function RoomsPage() {
  const t = useText();
  const may = useMay();
  const search = useSearch({ from: "/frame/conferences" });
  const navigate = useNavigate({ from: "/conferences" });
  const { q, words } = useListAddress("name");
  const list = useRooms({ customer_id: useCustomerId(), q, sort: "name" }, useCustomerKnown());
  // Once there is something to search, the field stays: it must not go from under the hand.
  const [hasSearch, setSearch] = useState(q !== "");
  if (!hasSearch && list.rows.length > 6) setSearch(true);
  const setAdding = (add: true | undefined) =>
    void navigate({ search: (before) => ({ ...before, add }), replace: true });
  const obstacle = useNoCustomer();
  const add = useAddButton(
    t("conferences-add-room"),
    may("conference_room", "create"),
    () => setAdding(true),
    obstacle,
  );
  if (list.isForbidden) return <ForbiddenState />;
  const running = list.rows.filter((room) => room.running !== null);
  const idle = list.rows.filter((room) => room.running === null);
  return (
    <div className="page">
      <PageHead title={t("conferences-title")} sub={t("conferences-intro")} actions={add} />
      <ListFrame
        list={list}
        search={hasSearch ? { label: t("conferences-search"), ...words } : undefined}
        count={hasSearch ? (count) => t("conferences-count", { count }) : undefined}
      >
        {list.isLoading ? (
          <Waiting />
        ) : list.rows.length === 0 ? (
          <EmptyState
            icon={Video}
            title={t(q ? "conferences-none-found" : "conferences-none")}
            text={t(q ? "conferences-none-found-text" : "conferences-none-text")}
            actions={!q && add}
          />
        ) : (
          <>
            {running.length > 0 && <Rooms title={t("conferences-running")} rooms={running} />}
            {idle.length > 0 && (
              <Rooms title={t("conferences-idle")} rooms={idle} hideTitle={running.length === 0} />
            )}
            <TroubleLine trouble={list.trouble} />
            <More onSeen={list.more} />
          </>
        )}
      </ListFrame>
      {search.add && !obstacle && <CreateRoom onClose={() => setAdding(undefined)} />}
    </div>
  );
}

/** Asks for more when it comes into view. */
function More({ onSeen }: { onSeen: () => void }) {
  const mark = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = mark.current;
    if (!element) return;
    const watch = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) onSeen();
    });
    watch.observe(element);
    return () => watch.disconnect();
  }, [onSeen]);
  return <div ref={mark} aria-hidden />;
}

function Waiting() {
  return (
    <ul className="rooms" aria-busy="true">
      {[0, 1, 2, 3].map((index) => (
        <li key={index} className="room-card">
          <Skeleton width="60%" height="20px" />
          <Skeleton width="40%" height="16px" />
          <Skeleton width="100%" height="36px" />
        </li>
      ))}
    </ul>
  );
}

function Rooms({ title, rooms, hideTitle }: { title: string; rooms: Room[]; hideTitle?: boolean }) {
  return (
    <section className="stack">
      <h2 className={hideTitle ? "visually-hidden" : "group-title"}>{title}</h2>
      <ul className="rooms">
        {rooms.map((room) => (
          <RoomCard key={room.id} room={room} />
        ))}
      </ul>
    </section>
  );
}

function RoomCard({ room }: { room: Room }) {
  const t = useText();
  const mayOn = useMayOn();
  const start = useStart(room);
  const { running } = room;
  const canStart = mayOn("conference", "start", roomTarget(room));
  // Nobody is called unseen: who was chosen by hand is looked at first.
  const isListed = canStart && (start.hasChosen || start.isTooMany);
  const wayIn = isListed
    ? "conferences-prepare-listed"
    : canStart
      ? "conferences-prepare"
      : "conferences-look";
  const link = { to: "/conferences/$roomId", params: { roomId: room.id } } as const;
  return (
    <li className={running ? "room-card live" : "room-card"}>
      <div className="room-head">
        <Link {...link} className="room-name">
          {room.name}
        </Link>
        {running ? (
          <Pill tone="ok" point>
            {t("conferences-live")} <Clock since={running.started_at} />
          </Pill>
        ) : (
          <Pill>{t("conferences-state-idle")}</Pill>
        )}
      </div>
      <RoomFacts room={room} />
      <div className="room-acts">
        {running ? (
          <Link {...link} className="button primary">
            {t("conferences-open")}
            <span className="visually-hidden"> {room.name}</span>
          </Link>
        ) : (
          <>
            <Link {...link} className={isListed ? "button primary" : "button"}>
              {t(wayIn, { count: start.calls })}
              <span className="visually-hidden"> {room.name}</span>
            </Link>
            {canStart && !isListed && (
              <Button icon={Play} isPending={start.isPending} onPress={() => start.start()}>
                {t("conferences-start-calls", { count: start.calls })}
                <span className="visually-hidden"> {room.name}</span>
              </Button>
            )}
          </>
        )}
      </div>
    </li>
  );
}

function RoomFacts({ room }: { room: Room }) {
  const t = useText();
  const { running } = room;
  return (
    <div className="room-facts">
      <span className="room-number">{room.number}</span>
      <span className="room-count">
        <Users aria-hidden />
        {running
          ? t("conferences-of", { count: running.joined, limit: room.max_participants })
          : t("conferences-up-to", { limit: room.max_participants })}
      </span>
      {running?.locked && (
        <Pill tone="warn" icon={Lock}>
          {t("conferences-locked")}
        </Pill>
      )}
    </div>
  );
}
