import { expect, it } from "vitest";
import { englishBundle } from "../design/texts";
import source from "./en.ftl?raw";
import { MODELS, OPERATIONS, SCOPES, operationsOf, sameGrants, wordsOf } from "./grants";

it("offers what means something for a model", () => {
  expect(operationsOf("conference")).toContain("join");
  expect(operationsOf("user")).not.toContain("start");
  expect(operationsOf("contact")).toContain("update");
});

it("has words for every part of a grant", () => {
  const bundle = englishBundle([source]);
  const missing: string[] = [];
  const t = (id: string) => {
    if (!bundle.hasMessage(id)) missing.push(id);
    return id;
  };
  for (const model of MODELS) wordsOf({ model, operation: "*", scope: "own" }, t);
  for (const operation of OPERATIONS) wordsOf({ model: "*", operation, scope: "own" }, t);
  for (const scope of SCOPES) wordsOf({ model: "*", operation: "*", scope }, t);
  expect(missing).toEqual([]);
});

it("knows the same grants in another order", () => {
  const read = { model: "user", operation: "read", scope: "own" };
  const all = { model: "*", operation: "*", scope: "customer" };
  expect(sameGrants([read, all], [all, read])).toBe(true);
  expect(sameGrants([read], [all])).toBe(false);
});
