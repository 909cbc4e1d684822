import { expect, it } from "vitest";
import type { Me } from "../api/resources";
import { placesOf } from "../shell/navigation";
import { flag, oneOf, word } from "../shell/search";
import { may, mayBeyondOwn } from "./session";
import { safeNext } from "./sign-in";

function me(grants: [string, string, string][], kind: Me["principal"]["kind"] = "user"): Me {
  return {
    principal: { kind, id: "u1", name: "Anna Berg" },
    profile: "user",
    grants: grants.map(([model, operation, scope]) => ({
      model,
      operation,
      scope,
    })) as Me["grants"],
    customer: { id: "k1", name: "Northwind", account_name: "main" },
    site_id: null,
    email: null,
    extension: "201",
    room_ids: null,
    csrf_token: null,
  };
}

it("goes on only within the portal after signing in", () => {
  const cases: [string | undefined, string][] = [
    ["/users?q=a", "/users?q=a"],
    ["//evil.example", "/"],
    ["/\\evil.example", "/"],
    ["https://evil.example", "/"],
    ["/sign-in?next=/", "/"],
    [undefined, "/"],
  ];
  for (const [next, expected] of cases) expect(safeNext(next)).toBe(expected);
});

it("knows what grants allow", () => {
  const administrator = me([["*", "*", "customer"]]);
  expect(may(administrator, "user", "delete")).toBe(true);
  const person = me([["user", "read", "own"]]);
  expect(may(person, "user", "read")).toBe(true);
  expect(mayBeyondOwn(person, "user", "read")).toBe(false);
  expect(may(person, "user", "delete")).toBe(false);
});

it("shows a conference manager the rooms and nothing else", () => {
  const manager = me(
    [
      ["conference_room", "read", "assigned"],
      ["conference", "moderate", "assigned"],
      ["contact", "read", "customer"],
    ],
    "conference_manager",
  );
  expect(placesOf(manager).map(({ to }) => to)).toEqual(["/conferences"]);
});

it("lets those begin at Home who look after others", () => {
  expect(placesOf(me([["*", "*", "customer"]]))[0]?.to).toBe("/");
  const person = me([
    ["user", "read", "own"],
    ["call", "read", "own"],
  ]);
  expect(placesOf(person).map(({ to }) => to)).toEqual(["/calls"]);
});

it("reads addresses without trusting them", () => {
  expect([word("a"), word(""), word(201), word({}), word("x".repeat(501))]).toEqual([
    "a",
    undefined,
    "201",
    undefined,
    undefined,
  ]);
  expect(oneOf("b", ["a", "b"])).toBe("b");
  expect(oneOf("c", ["a", "b"])).toBeUndefined();
  expect([flag(true), flag("true")]).toEqual([true, undefined]);
});
