import { expect, it } from "vitest";
import { mayOn } from "../session/covers";
import { me, user } from "../testing/samples";
import { rightsOn } from "./rights";

type Grants = ReturnType<typeof me>["grants"];

const rights = (grants: Grants, id: string, isGone = false) => {
  const reader = me({ grants });
  const person = user({ id, customer_id: reader.customer?.id ?? null });
  return rightsOn((model, operation, to) => mayOn(reader, model, operation, to), person, isGone);
};

const own: Grants = [{ model: "user", operation: "update", scope: "own" }];

it("lets people change how their own calls are handled, not who they are", () => {
  expect(rights(own, "u1")).toEqual({ delete: false, update: true, updateAll: false });
  expect(rights(own, "u2")).toEqual({ delete: false, update: false, updateAll: false });
});

it("lets administrators change everything, of those who are there", () => {
  const all: Grants = [{ model: "*", operation: "*", scope: "customer" }];
  expect(rights(all, "u2")).toEqual({ delete: true, update: true, updateAll: true });
  expect(rights(all, "u2", true)).toEqual({ delete: false, update: false, updateAll: false });
});
