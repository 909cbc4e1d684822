import { expect, it } from "vitest";
import { englishBundle } from "./texts";

const sources = import.meta.glob<string>(
  ["../**/*.{ts,tsx}", "!../**/*.test.*", "!../api/schema.d.ts", "!./page.tsx", "!./page-*.tsx"],
  { query: "?raw", import: "default", eager: true },
);
const files = import.meta.glob<string>("../*/en.ftl", {
  query: "?raw",
  import: "default",
  eager: true,
});

const code = Object.values(sources).join("\n");
const ids = Object.values(files).flatMap((text) =>
  [...text.matchAll(/^([a-z][\w-]*) =/gmu)].map((match) => match[1] ?? ""),
);
const features = Object.keys(files).map((path) =>
  path === "./en.ftl" ? "design" : path.split("/").at(-2),
);
features.push("managers", "sites");

/** Strings of the code that only look like messages: keys of the query cache. */
const NOT_MESSAGES = new Set(["api-keys"]);

it("has a message for every id that the pages name", () => {
  const bundle = englishBundle(Object.values(files));
  const names = new RegExp(`"((?:${features.join("|")})-[a-z0-9_-]+)"`, "gu");
  const named = new Set([...code.matchAll(names)].map((match) => match[1] ?? ""));
  expect([...named].filter((id) => !bundle.hasMessage(id) && !NOT_MESSAGES.has(id))).toEqual([]);
});

it("has no message that nothing names, and none twice", () => {
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  // Messages named after a value of the API: `users-state-${state}`.
  const families = [...code.matchAll(/`((?:[a-z]+-){2,})\$\{/gu)].map((match) => match[1] ?? "");
  // Those named after a setting of a room, with their help.
  const settings =
    /^conferences-(lobby|lock-on-start|join-muted|webinar|wait-for-moderator|music-while-alone|end-when-moderator-leaves|record)(-|$)/u;
  const unused = ids.filter(
    (id) =>
      !code.includes(`"${id}"`) &&
      !settings.test(id) &&
      !families.some((family) => id.startsWith(family)),
  );
  expect(unused).toEqual([]);
});
