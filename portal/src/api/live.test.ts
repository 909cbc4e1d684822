import { QueryClient } from "@tanstack/react-query";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { conference, participant, room, user } from "../testing/samples";
import { keys } from "./keys";
import { apply } from "./live";
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

  it("reads everything anew after a reset, and survives what it does not know", () => {
    const invalidated = vi.spyOn(client, "invalidateQueries");
    apply(client, event("reset", {}), refresh);
    expect(invalidated).toHaveBeenCalledWith();
    apply(client, event("weather.changed", { id: "x" }), refresh);
    apply(client, { id: "2", name: "user.changed", data: "{not json" }, refresh);
  });
});
