import { expect, it } from "vitest";
import { user } from "../testing/samples";
import { changesFor, formerOf } from "./edit-together";

const as_is = { site_id: "", role: "", sign_in: "" } as const;

it("changes only what was chosen and is not so already", () => {
  const anna = user({ site_id: "s1", role: "user" });
  expect(changesFor(anna, as_is)).toBeUndefined();
  expect(changesFor(anna, { ...as_is, site_id: "s1", role: "user" })).toBeUndefined();
  expect(changesFor(anna, { ...as_is, sign_in: "enabled" })).toBeUndefined();
  expect(changesFor(anna, { site_id: "s2", role: "", sign_in: "disabled" })).toEqual({
    site_id: "s2",
    advanced: { disabled: true },
  });
});

it("takes back what it changed, and nothing else", () => {
  const anna = user({ site_id: "s1", role: "user" });
  const changes = changesFor(anna, { site_id: "s2", role: "operator", sign_in: "" });
  expect(formerOf(anna, changes ?? {})).toEqual({ site_id: "s1", role: "user" });
});
