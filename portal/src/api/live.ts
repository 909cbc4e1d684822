import type { QueryClient, QueryKey } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import type { Conference, Page, Room } from "./resources";
import { keys } from "./keys";
import { EventStream, type ServerEvent, type StreamState } from "./stream";

/** What every resource on the stream has. */
export interface Live {
  id: string;
  version: number;
}

/** The newer of what is shown and what has come. */
export function newer<T extends Live>(shown: T | undefined, came: T): T {
  return shown === undefined || came.version >= shown.version ? came : shown;
}

/** A page of a list with this resource's row replaced, if it is on it. */
export function patched<T extends Live>(page: Page<T>, came: T): Page<T> {
  const at = page.items.findIndex((item) => item.id === came.id);
  const shown = page.items[at];
  if (shown === undefined || came.version < shown.version) return page;
  const items = [...page.items];
  items[at] = { ...shown, ...came };
  return { ...page, items };
}

interface Pages<T> {
  pages: Page<T>[];
  pageParams: unknown[];
}

function isPages(data: unknown): data is Pages<unknown> {
  return typeof data === "object" && data !== null && "pages" in data;
}

/** Replaces a resource wherever it is shown. */
export function show(client: QueryClient, root: string, came: Live): void {
  client.setQueryData<Live>([root, "one", came.id], (shown) =>
    shown === undefined ? shown : newer(shown, came),
  );
  client.setQueriesData<unknown>({ queryKey: [root, "list"] }, (data: unknown) => {
    if (isPages(data)) {
      return { ...data, pages: data.pages.map((page) => patched(page as Page<Live>, came)) };
    }
    if (typeof data === "object" && data !== null && "items" in data)
      return patched(data as Page<Live>, came);
    return data;
  });
}

/** Asks again for lists, at most once a second however many events come. */
class Refresher {
  private readonly client: QueryClient;
  private waiting = new Map<string, QueryKey>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(client: QueryClient) {
    this.client = client;
  }

  soon(key: QueryKey): void {
    this.waiting.set(JSON.stringify(key), key);
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      const keys = [...this.waiting.values()];
      this.waiting = new Map();
      for (const queryKey of keys) void this.client.invalidateQueries({ queryKey });
    }, 1000);
  }
}

/** Where the resources of a noun are kept; a noun that is not here changes nothing shown. */
const ROOTS: Record<string, string> = {
  user: "users",
  device: "users",
  conference_room: "rooms",
  conference_manager: "managers",
  contact: "contacts",
  customer: "customers",
  site: "sites",
  api_key: "api-keys",
  call: "calls",
};

/** What a list says of the conference that runs in a room. */
export function runningOf(conference: Conference): Room["running"] {
  if (conference.state === "ended") return null;
  return {
    id: conference.id,
    started_at: conference.started_at,
    joined: conference.participants.filter((one) => one.state === "joined").length,
    locked: conference.locked,
  };
}

function showConference(client: QueryClient, conference: Conference): void {
  const key = keys.conference(conference.id);
  client.setQueryData<Conference>(key, (shown) => newer(shown, conference));
  const running = runningOf(conference);
  const patch = (room: Room): Room =>
    room.id === conference.room_id && (running !== null || room.running?.id === conference.id)
      ? { ...room, running, state: running ? "running" : "idle" }
      : room;
  client.setQueryData<Room>(keys.room(conference.room_id), (room) => (room ? patch(room) : room));
  client.setQueriesData<unknown>({ queryKey: ["rooms", "list"] }, (data: unknown) => {
    if (!isPages(data)) return data;
    const pages = data.pages as Page<Room>[];
    return { ...data, pages: pages.map((page) => ({ ...page, items: page.items.map(patch) })) };
  });
}

/** Brings one event into what is shown. */
export function apply(
  client: QueryClient,
  event: ServerEvent,
  refresh: (key: QueryKey) => void,
): void {
  if (event.name === "reset") {
    void client.invalidateQueries();
    return;
  }
  const [noun = "", happened = ""] = event.name.split(".");
  let resource: unknown;
  try {
    resource = JSON.parse(event.data);
  } catch {
    return;
  }
  if (typeof resource !== "object" || resource === null || !("id" in resource)) return;
  if (noun === "conference") {
    showConference(client, resource as Conference);
    if (happened === "started" || happened === "ended") refresh(["conferences", "list"]);
    return;
  }
  if (noun === "registration") {
    show(client, "users", resource as Live);
    refresh(keys.endpoints((resource as Live).id));
    return;
  }
  const root = ROOTS[noun];
  if (root === undefined) return;
  if (noun !== "device" && happened !== "deleted") show(client, root, resource as Live);
  if (happened === "deleted")
    client.removeQueries({ queryKey: [root, "one", (resource as Live).id] });
  if (noun === "device" || ["created", "started", "ended", "deleted"].includes(happened)) {
    refresh([root, "list"]);
  }
  if (noun !== "call") refresh(["audit"]);
}

/** Whether the stream is there, for the quiet bar. */
class Connection {
  private state: StreamState = "connecting";
  private lostAt: number | undefined;
  private readonly listeners = new Set<() => void>();

  readonly set = (state: StreamState): void => {
    if (state === "lost") this.lostAt ??= Date.now();
    else if (state === "open") this.lostAt = undefined;
    this.state = state;
    for (const changed of this.listeners) changed();
  };

  readonly subscribe = (changed: () => void): (() => void) => {
    this.listeners.add(changed);
    return () => this.listeners.delete(changed);
  };

  readonly get = (): StreamState => this.state;
  readonly since = (): number | undefined => this.lostAt;
}

const connection = new Connection();

/** When the server was lost; undefined while it is there. */
export function useLostSince(): number | undefined {
  return useSyncExternalStore(connection.subscribe, connection.since);
}

let stream: EventStream | undefined;

/** Follows the server's events for as long as the returned function is not called. */
export function follow(client: QueryClient, onRefused: () => void): () => void {
  const refresher = new Refresher(client);
  let wasLost = false;
  stream = new EventStream("/api/v1/events", {
    onEvent: (event) => apply(client, event, (key) => refresher.soon(key)),
    onState: (state) => {
      connection.set(state);
      if (state === "lost") wasLost = true;
      // What failed meanwhile is asked for again; what changed comes with the stream.
      if (state === "open" && wasLost) {
        wasLost = false;
        void client.refetchQueries({ predicate: (query) => query.state.status === "error" });
      }
    },
    onRefused,
  });
  const release = releaseWhileHidden(() => stream);
  return () => {
    release();
    stream?.close();
    stream = undefined;
  };
}

/** A page that nobody looks at gives its connection back after this: a browser has six of them. */
const HIDDEN_MS = 20_000;

function releaseWhileHidden(of: () => EventStream | undefined): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const onChange = () => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(() => of()?.pause(), HIDDEN_MS);
    else of()?.resume();
  };
  document.addEventListener("visibilitychange", onChange);
  return () => {
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", onChange);
  };
}

/** Tries to reach the server now. */
export function reconnect(): void {
  stream?.now();
}
