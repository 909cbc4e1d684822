import { expect, it } from "vitest";
import type { Me } from "../api/resources";
import { conference, me, participant, room, user } from "../testing/samples";
import { conferenceTarget, mayOn, roomTarget, userTarget } from "./covers";

const grants = (...lines: [string, string, string][]) =>
  lines.map(([model, operation, scope]) => ({ model, operation, scope })) as Me["grants"];

it("lets a receptionist see everybody and change only themselves", () => {
  const reader = me({
    grants: grants(["user", "read", "customer"], ["user", "update", "own"]),
  });
  expect(mayOn(reader, "user", "update", userTarget(user({ id: "u1" })))).toBe(true);
  expect(mayOn(reader, "user", "update", userTarget(user({ id: "u2" })))).toBe(false);
  expect(mayOn(reader, "user", "read", userTarget(user({ id: "u2" })))).toBe(true);
  const elsewhere = userTarget(user({ id: "u2", customer_id: "k2" }));
  expect(mayOn(reader, "user", "read", elsewhere)).toBe(false);
});

it("lets an operator moderate what they own, run, or have joined as one", () => {
  const operator = me({
    grants: grants(["conference", "moderate", "own"], ["conference", "moderate", "assigned"]),
  });
  const may = (given: Parameters<typeof room>[0], people: ReturnType<typeof participant>[] = []) =>
    mayOn(
      operator,
      "conference",
      "moderate",
      conferenceTarget(room(given), conference({ participants: people })),
    );
  expect(may({})).toBe(false);
  expect(may({ owner_id: "u1" })).toBe(true);
  expect(may({ moderator_ids: ["u1"] })).toBe(true);
  expect(may({}, [participant({ user_id: "u1", role: "operator" })])).toBe(true);
  expect(may({}, [participant({ user_id: "u1", role: "operator", state: "left" })])).toBe(false);
  expect(may({}, [participant({ user_id: "u1" })])).toBe(false);
});

it("keeps a conference manager to their rooms, and away from what is the customer's to say", () => {
  const manager = me({
    principal: { kind: "conference_manager", id: "m1", name: "conference-201" },
    grants: grants(["conference_room", "update", "assigned"]),
    room_ids: ["r1"],
  });
  const may = (target: Parameters<typeof mayOn>[3]) =>
    mayOn(manager, "conference_room", "update", target);
  expect(may(roomTarget(room({ id: "r1" })))).toBe(true);
  expect(may(roomTarget(room({ id: "r2" })))).toBe(false);
  expect(may({ customer: "k1" })).toBe(false);
});

it("keeps a site's administrator to the site", () => {
  const administrator = me({ grants: grants(["user", "*", "site"]) });
  expect(mayOn(administrator, "user", "delete", userTarget(user({ site_id: "s1" })))).toBe(true);
  expect(mayOn(administrator, "user", "delete", userTarget(user({ site_id: "s2" })))).toBe(false);
});
