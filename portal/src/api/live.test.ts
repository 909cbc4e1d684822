import { QueryClient } from "@tanstack/react-query";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { conference, participant, room, user } from "../testing/samples";
import { keys } from "./keys";
import { Refresher, apply, joined } from "./live";
import type { Conference, Room, User } from "./resources";

let client: QueryClient;
const refresh = vi.fn();
const event = (name: string, resource: unknown) => ({
  id: "1",
  name,
  data: JSON.stringify(resource),
});
const list = <T>(...items: T[]) => ({
  pages: [{ items, next: null, total: items.length }],
  pageParams: [undefined],
});

beforeEach(() => {
  client = new QueryClient();
  refresh.mockReset();
});

describe("an event of the stream", () => {
  it("updates the resource where it is shown, alone and in lists", () => {
    client.setQueryData(keys.user("u1"), user({}));
    client.setQueryData(keys.list("users", {}), list(user({})));
    apply(client, event("registration.changed", user({ state: "offline" })), refresh);
    expect(client.getQueryData<User>(keys.user("u1"))?.state).toBe("offline");
    expect(
      client.getQueryData<ReturnType<typeof list<User>>>(keys.list("users", {}))?.pages[0]?.items[0]
        ?.state,
    ).toBe("offline");
    expect(refresh).toHaveBeenCalledWith(keys.endpoints("u1"));
  });

  it("never goes back to an older version", () => {
    client.setQueryData(keys.user("u1"), user({ version: 5, first_name: "New" }));
    apply(client, event("user.changed", user({ version: 4, first_name: "Old" })), refresh);
    expect(client.getQueryData<User>(keys.user("u1"))?.first_name).toBe("New");
  });

  it("makes a list no fresher that it does not change, nor one that misses rows", () => {
    const key = keys.list("users", {});
    client.setQueryData(key, list(user({})), { updatedAt: 1000 });
    void client.invalidateQueries({ queryKey: key });
    const state = () => client.getQueryState(key);
    apply(client, event("registration.changed", user({ id: "elsewhere" })), refresh);
    expect([state()?.dataUpdatedAt, state()?.isInvalidated]).toEqual([1000, true]);
    apply(client, event("registration.changed", user({ state: "offline" })), refresh);
    expect([state()?.dataUpdatedAt, state()?.isInvalidated]).toEqual([1000, true]);
  });

  it("brings a person's state into the phone book", () => {
    const entry = { kind: "user", id: "u1", name: "Anna", target: "201", state: "available" };
    client.setQueryData(keys.list("phone-book", {}), list(entry));
    apply(client, event("user.presence_changed", user({ state: "on_call" })), refresh);
    const book = client.getQueryData<ReturnType<typeof list<{ state: string }>>>(
      keys.list("phone-book", {}),
    );
    expect(book?.pages[0]?.items[0]?.state).toBe("on_call");
    expect(refresh).not.toHaveBeenCalledWith(["audit"]);
  });

  it("draws a conference and the state of its room", () => {
    client.setQueryData(keys.room("r1"), room({}));
    client.setQueryData(keys.list("rooms", {}), list(room({}), room({ id: "r2" })));
    const running = conference({
      participants: [participant({}), participant({ id: "p2", state: "ringing" })],
    });
    apply(client, event("conference.started", running), refresh);
    expect(client.getQueryData<Conference>(keys.conference("c1"))?.participants).toHaveLength(2);
    expect(client.getQueryData<Room>(keys.room("r1"))?.running).toMatchObject({
      id: "c1",
      joined: 1,
    });
    const rooms = client.getQueryData<ReturnType<typeof list<Room>>>(keys.list("rooms", {}))
      ?.pages[0]?.items;
    expect(rooms?.map((one) => one.state)).toEqual(["running", "idle"]);

    apply(client, event("conference.ended", { ...running, state: "ended", version: 2 }), refresh);
    expect(client.getQueryData<Room>(keys.room("r1"))?.running).toBeNull();
  });

  it("takes a late end of an older conference for what it is", () => {
    const now = { id: "c2", started_at: "2026-03-01T11:00:00Z", joined: 2, locked: false };
    client.setQueryData(keys.room("r1"), room({ running: now, state: "running" }));
    apply(client, event("conference.ended", conference({ state: "ended" })), refresh);
    expect(client.getQueryData<Room>(keys.room("r1"))?.running?.id).toBe("c2");
  });

  it("forgets what was deleted and asks for the lists again", () => {
    client.setQueryData(keys.user("u1"), user({}));
    apply(client, event("user.deleted", { id: "u1" }), refresh);
    expect(client.getQueryData(keys.user("u1"))).toBeUndefined();
    expect(refresh).toHaveBeenCalledWith(["users", "list"]);
  });

  it("keeps what is newer than a late answer, in a resource and in the rows of a list", () => {
    const now = conference({ version: 7, locked: true });
    expect(joined(now, conference({ version: 6 }))).toBe(now);
    expect(joined(now, conference({ version: 8 }))).toMatchObject({ version: 8, locked: false });
    const shown = list(room({ id: "a", version: 3, name: "New" }));
    const late = list(room({ id: "a", version: 2, name: "Old" }), room({ id: "b" }));
    const items = (joined(shown, late) as typeof late).pages[0]?.items;
    expect(items?.map((one) => [one.id, one.name])).toEqual([
      ["a", "New"],
      ["b", "Board"],
    ]);
  });

  it("asks again once for many events, and not while it is still asking", async () => {
    vi.useFakeTimers();
    let finish: () => void = () => undefined;
    const asked = vi.spyOn(client, "invalidateQueries").mockImplementation(
      () =>
        new Promise((resolve) => {
          finish = resolve;
        }),
    );
    const refresher = new Refresher(client);
    for (let count = 0; count < 50; count += 1) refresher.soon(["calls", "list"]);
    await vi.advanceTimersByTimeAsync(1000);
    refresher.soon(["calls", "list"]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked).toHaveBeenCalledTimes(1);
    finish();
    await vi.advanceTimersByTimeAsync(100_000);
    expect(asked).toHaveBeenCalledTimes(2);
    vi.useRealTimers();
  });

  it("reads everything anew after a reset, and survives what it does not know", () => {
    const invalidated = vi.spyOn(client, "invalidateQueries");
    apply(client, event("reset", {}), refresh);
    expect(invalidated).toHaveBeenCalledWith();
    apply(client, event("weather.changed", { id: "x" }), refresh);
    apply(client, { id: "2", name: "user.changed", data: "{not json" }, refresh);
  });
});
