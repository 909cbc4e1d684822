// @ts-check
/** Measures what the first page loads, compressed, against its budget. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const BUDGET_KB = 250;
const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"));

/** Every file that a chunk needs before it runs. */
function filesOf(key, seen = new Set()) {
  if (seen.has(key)) return [];
  seen.add(key);
  const chunk = manifest[key];
  return [
    chunk.file,
    ...(chunk.css ?? []),
    ...(chunk.imports ?? []).flatMap((next) => filesOf(next, seen)),
  ];
}

const size = (name) => gzipSync(readFileSync(new URL(name, dist)), { level: 9 }).length;
const pages = [
  "index.html",
  "src/session/sign-in.tsx",
  "src/users/list.tsx",
  "src/conferences/list.tsx",
  "src/conferences/room.tsx",
];
let failed = false;
for (const page of pages.filter((name) => manifest[name])) {
  const files = new Set(["index.html", ...filesOf("index.html"), ...filesOf(page)]);
  const total = [...files].reduce((sum, name) => sum + size(name), 0) / 1000;
  const over = total > BUDGET_KB;
  failed ||= over;
  console.log(
    `${over ? "OVER" : "ok  "} ${total.toFixed(1).padStart(6)} kB of ${BUDGET_KB} kB in ${files.size} files: first load with ${page}`,
  );
}
if (failed) {
  console.error(
    `The first load is over its budget (${fileURLToPath(dist)}): split what not every page needs.`,
  );
  process.exit(1);
}
