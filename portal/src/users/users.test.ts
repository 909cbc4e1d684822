import { expect, it, vi } from "vitest";
import { api } from "../api/client";
import { differences } from "../audit/differences";
import { user } from "../testing/samples";
import { changesOf, flatten, formField } from "./edit";
import { settled, keyOfUse } from "./settle";
import { findSites } from "./sites";

it("sends only what was changed, nested as the API has it", () => {
  const values = {
    ...flatten(user({})),
    last_name: "",
    email: "new@example.com",
    "features.ring_time": 30,
    "features.busy": { type: "extension" as const, target: "202" },
  };
  expect(changesOf(values, ["last_name", "email", "features.ring_time", "features.busy"])).toEqual({
    last_name: null,
    email: "new@example.com",
    features: { ring_time: 30, busy: { type: "extension", target: "202" } },
  });
});

it("leads errors inside a destination to its field", () => {
  expect(formField("features.busy.target")).toBe("features.busy");
  expect(formField("email")).toBe("email");
});

it("shows the fields that an act changed", () => {
  expect(differences({ a: 1, b: { c: "x", d: 2 } }, { a: 1, b: { c: "y" }, e: [1] })).toEqual([
    { field: "b.c", before: "x", after: "y" },
    { field: "b.d", before: "2", after: undefined },
    { field: "e", before: undefined, after: "[1]" },
  ]);
});

it("settles the uses of a person only when each has been decided", () => {
  const room = { kind: "conference_room", id: "r", name: "Board" };
  const ben = { kind: "user", id: "b", name: "Ben" };
  const items = [room, ben];
  expect(settled("a", [], {})).toEqual([]);
  const board = { [keyOfUse("a", room)]: { id: "c", name: "Cleo" } };
  expect(settled("a", items, board)).toBeUndefined();
  const nobody = { id: null, name: "Nobody" };
  expect(settled("a", items, { ...board, [keyOfUse("x", ben)]: nobody })).toBeUndefined();
  expect(settled("a", items, { ...board, [keyOfUse("a", ben)]: nobody })).toEqual([
    { kind: "conference_room", id: "r", replacement_id: "c" },
    { kind: "user", id: "b", replacement_id: null },
  ]);
});

it("tells sites of one name apart, and says no more of the others", async () => {
  const sites = [
    { id: "s1", name: "Springfield", country: "US", time_zone: "America/New_York" },
    { id: "s2", name: "Springfield", country: "US", time_zone: "America/Chicago" },
    { id: "s3", name: "Leeds", country: "GB", time_zone: "Europe/London" },
  ];
  const response = new Response(null, { status: 200 });
  const get = vi.spyOn(api, "GET").mockResolvedValue({ data: { items: sites }, response } as never);
  const found = await findSites("", undefined, new AbortController().signal);
  get.mockRestore();
  expect(found.map(({ detail }) => detail)).toEqual([
    "US, America/New York",
    "US, America/Chicago",
    undefined,
  ]);
});
