import {
  type Query,
  type QueryClient,
  type QueryKey,
  notifyManager,
  replaceEqualDeep,
} from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { serverNow } from "../design/hooks";
import type { Conference, Endpoint, Page, PhoneBookEntry, Room, User } from "./resources";
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

function isPage(data: unknown): data is Page<unknown> {
  return typeof data === "object" && data !== null && "items" in data;
}

function isLive(data: unknown): data is Live {
  return typeof data === "object" && data !== null && "id" in data && "version" in data;
}

/** Rows that an event has brought further than this answer knows stay as they are. */
function rowsNewer(before: Page<unknown>[], after: Page<unknown>[]): Page<unknown>[] {
  const known = new Map<string, Live>();
  for (const page of before)
    for (const item of page.items) if (isLive(item)) known.set(item.id, item);
  const keep = (item: unknown) => (isLive(item) ? newer(known.get(item.id), item) : item);
  return after.map((page) => ({ ...page, items: page.items.map(keep) }));
}

/**
 * How answers join what is shown: an older answer that comes late never goes back in time, and what
 * is equal stays the same object.
 */
export function joined(before: unknown, after: unknown): unknown {
  let next = after;
  if (isLive(before) && isLive(after) && before.id === after.id) next = newer(before, after);
  else if (isPages(before) && isPages(after))
    next = { ...after, pages: rowsNewer(before.pages, after.pages) };
  else if (isPage(before) && isPage(after)) next = rowsNewer([before], [after])[0];
  return replaceEqualDeep(before, next);
}

/**
 * Changes the lists of a root. A list in which nothing changed is left alone, and one in which
 * something did is no fresher for it: rows that are missing from it are missing still.
 */
function changeLists<T>(
  client: QueryClient,
  root: string,
  change: (page: Page<T>) => Page<T>,
): void {
  for (const query of client.getQueryCache().findAll({ queryKey: [root, "list"] })) {
    const { data, dataUpdatedAt, isInvalidated } = query.state;
    let next: unknown = data;
    if (isPages(data)) {
      const pages = data.pages.map((page) => change(page as Page<T>));
      if (pages.some((page, index) => page !== data.pages[index])) next = { ...data, pages };
    } else if (isPage(data)) {
      next = change(data as Page<T>);
    }
    if (next === data) continue;
    client.setQueryData(query.queryKey, next, { updatedAt: dataUpdatedAt });
    if (isInvalidated) query.invalidate();
  }
}

/** Replaces a resource wherever it is shown. */
export function show(client: QueryClient, root: string, came: Live): void {
  client.setQueryData<Live>([root, "one", came.id], (shown) =>
    shown === undefined ? shown : newer(shown, came),
  );
  changeLists<Live>(client, root, (page) => patched(page, came));
}

/** The least between two rounds of asking again. */
const ROUND_MS = 1000;
/** A round that took long is followed by this many times its length of rest. */
const REST = 4;

/**
 * Asks again for lists, at most once a second however many events come, and never while the last
 * round is still under way: long lists are many requests.
 */
export class Refresher {
  private readonly client: QueryClient;
  private waiting = new Map<string, QueryKey>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private rest = ROUND_MS;
  private isAsking = false;

  constructor(client: QueryClient) {
    this.client = client;
  }

  soon(key: QueryKey): void {
    this.waiting.set(JSON.stringify(key), key);
    this.wait();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.waiting.clear();
  }

  private wait(): void {
    if (this.isAsking || this.waiting.size === 0) return;
    this.timer ??= setTimeout(() => void this.ask(), this.rest);
  }

  private async ask(): Promise<void> {
    this.timer = undefined;
    this.isAsking = true;
    const keys = [...this.waiting.values()];
    this.waiting = new Map();
    const started = performance.now();
    await Promise.allSettled(
      keys.map((queryKey) => this.client.invalidateQueries({ queryKey }, { cancelRefetch: false })),
    );
    this.rest = Math.max(ROUND_MS, (performance.now() - started) * REST);
    this.isAsking = false;
    this.wait();
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
  access_profile: "access-profiles",
};

/** What was deleted while a page showed it. */
const deleted = {
  ids: new Set<string>(),
  readers: new Set<() => void>(),
  add: (id: string) => {
    deleted.ids = new Set(deleted.ids).add(id);
    for (const changed of deleted.readers) changed();
  },
  subscribe: (changed: () => void) => {
    deleted.readers.add(changed);
    return () => deleted.readers.delete(changed);
  },
};

/** Whether somebody has deleted this while it was shown here. */
export function useDeleted(id: string): boolean {
  return useSyncExternalStore(deleted.subscribe, () => deleted.ids.has(id));
}

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

function sameRunning(a: Room["running"], b: Room["running"]): boolean {
  if (a === null || b === null) return a === b;
  return a.id === b.id && a.joined === b.joined && a.locked === b.locked;
}

function showConference(client: QueryClient, conference: Conference): void {
  const key = keys.conference(conference.id);
  client.setQueryData<Conference>(key, (shown) => newer(shown, conference));
  const running = runningOf(conference);
  const patch = (room: Room): Room =>
    room.id === conference.room_id &&
    (running !== null || room.running?.id === conference.id) &&
    !sameRunning(room.running, running)
      ? { ...room, running, state: running ? "running" : "idle" }
      : room;
  client.setQueryData<Room>(keys.room(conference.room_id), (room) => (room ? patch(room) : room));
  changeLists<Room>(client, "rooms", (page) => {
    const items = page.items.map(patch);
    return items.some((item, index) => item !== page.items[index]) ? { ...page, items } : page;
  });
}

/** A person's state where it is shown beside their number. */
function showPresence(client: QueryClient, user: User, refresh: (key: QueryKey) => void): void {
  changeLists<PhoneBookEntry>(client, "phone-book", (page) => {
    const at = page.items.findIndex((entry) => entry.kind === "user" && entry.id === user.id);
    const entry = page.items[at];
    if (entry === undefined || entry.state === user.state) return page;
    const items = [...page.items];
    items[at] = { ...entry, state: user.state };
    return { ...page, items };
  });
  // Lists by state gain and lose rows with it.
  const byState = (query: Query) => {
    const filters = query.queryKey[2] as { state?: unknown; sort?: unknown } | undefined;
    return (
      query.isActive() && (filters?.state !== undefined || /^-?state$/u.test(String(filters?.sort)))
    );
  };
  for (const query of client.getQueryCache().findAll({ queryKey: ["users", "list"] }))
    if (byState(query)) refresh(query.queryKey);
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
    // A recording began, ended or failed, perhaps.
    if (happened !== "participant_changed") refresh(["recordings", "list"]);
    // Acts are written down; that people come, go and talk is not.
    if (happened !== "participant_changed") refresh(["audit"]);
    return;
  }
  if (noun === "registration") {
    const { endpoints, ...user } = resource as User & { endpoints?: Endpoint[] };
    show(client, "users", user);
    showPresence(client, user, refresh);
    if (endpoints)
      client.setQueryData<{ items: Endpoint[] }>(keys.endpoints(user.id), (shown) =>
        shown === undefined ? shown : { items: endpoints },
      );
    else refresh(keys.endpoints(user.id));
    return;
  }
  const root = ROOTS[noun];
  if (root === undefined) return;
  const { id } = resource as Live;
  const isGone = happened === "deleted";
  if (noun === "user" && !isGone) showPresence(client, resource as User, refresh);
  if (noun !== "device" && !isGone) show(client, root, resource as Live);
  if (isGone && noun !== "device") {
    // A page that shows it says so and keeps what was typed; elsewhere it is forgotten.
    if (
      client
        .getQueryCache()
        .find({ queryKey: [root, "one", id] })
        ?.isActive()
    )
      deleted.add(id);
    else client.removeQueries({ queryKey: [root, "one", id] });
  }
  if (noun === "device" || ["created", "started", "ended", "deleted"].includes(happened)) {
    refresh([root, "list"]);
  }
  if (noun !== "call" && happened !== "presence_changed") refresh(["audit"]);
}

/** Whether the stream is there, for the quiet bar. */
class Connection {
  private state: StreamState = "connecting";
  private lostAt: number | undefined;
  private readonly listeners = new Set<() => void>();

  readonly set = (state: StreamState): void => {
    if (state === "lost") this.lostAt ??= serverNow();
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

/** Whether a query looks at what events change; who is signed in is asked by those who need it. */
function isLook({ queryKey, state }: Query): boolean {
  return queryKey[0] !== "me" && (state.data !== undefined || state.fetchStatus === "fetching");
}

/** Follows the server's events for as long as the returned function is not called. */
export function follow(client: QueryClient, onRefused: () => void): () => void {
  const refresher = new Refresher(client);
  let wasLost = false;
  const refresh = (key: QueryKey) => refresher.soon(key);
  stream = new EventStream("/api/v1/events", {
    // What came together is drawn together.
    onEvents: (events) =>
      notifyManager.batch(() => {
        for (const event of events) apply(client, event, refresh);
      }),
    onState: (state, hasGap) => {
      connection.set(state);
      if (state === "lost") wasLost = true;
      if (state !== "open") return;
      // What happened between the answers on this page and the stream's begin does not come.
      if (hasGap) void client.invalidateQueries({ predicate: isLook });
      // What failed meanwhile is asked for again; what changed comes with the stream.
      else if (wasLost)
        void client.refetchQueries({ predicate: (query) => query.state.status === "error" });
      wasLost = false;
    },
    onRefused,
  });
  const release = releaseWhileHidden(() => stream);
  return () => {
    release();
    refresher.stop();
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
