// @ts-check
/**
 * Every page, in light and dark, wide and on a phone's screen: axe finds nothing, nothing scrolls
 * sideways, the console stays quiet. The page of components is looked at too. What looks on a
 * phone like another one is only made narrow, to see whether it scrolls.
 *
 * `npm run e2e -- narrow dark users`: only what is dark on a phone, of the pages that begin so.
 * `--pictures` keeps what was seen in `e2e/out`.
 */
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { launch, windowOf } from "./browser.mjs";

const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));
const OUT = here("./out/");
const DESIGN = here("./out/design");
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Each is opened once in a width, and looked at in both colours. */
const WIDTHS = /** @type {const} */ (["wide", "narrow"]);
/** As many at once: a page keeps one processor busy. */
const WORKERS = 2;
const COLOURS = /** @type {const} */ (["light", "dark"]);

const words = process.argv.slice(2);
const hasPictures = words.includes("--pictures");
/** @type {<T extends string>(all: readonly T[]) => readonly T[]} */
const chosen = (all) => {
  const some = all.filter((one) => words.includes(one));
  return some.length > 0 ? some : all;
};
const widths = chosen(WIDTHS);
const colours = chosen(COLOURS);
const flags = [...WIDTHS, ...COLOURS, "--pictures"].map(String);
const names = words.filter((word) => !flags.includes(word));

/** @typedef {import("playwright-core").Page} Page */
const click = (role, name) => (/** @type {Page} */ page) =>
  page.getByRole(role, { name, exact: true }).first().click();

/** What stands beside the page comes in a file of its own. */
const panel = (/** @type {Page} */ page) => page.getByRole("dialog").waitFor();

/** By the key: a box is drawn by what stands beside its input. */
const tick = (/** @type {import("playwright-core").Locator} */ box) => box.press("Space");

/** By the key that adds in every list. */
async function add(page) {
  await page.keyboard.press("n");
  await panel(page);
}

async function openUser(page, extension) {
  await page.getByLabel("Search name, email, number").fill(extension);
  const row = page.getByRole("row").filter({ has: page.getByText(extension, { exact: true }) });
  await row.getByRole("link").click();
  await page.getByRole("tab").first().waitFor();
}

/**
 * @typedef {{ name: string, who: string, path: string, isAlike?: boolean,
 *   act?: (page: Page) => Promise<unknown> }} Visit
 * `isAlike`: on a phone it is laid out like another one of these.
 */

/** @type {Visit[]} */
const PAGES = [
  { name: "sign-in", who: "", path: "/sign-in" },
  { name: "home", who: "admin", path: "/" },
  { name: "users", who: "admin", path: "/users" },
  {
    name: "users-selected",
    who: "admin",
    path: "/users?state=available",
    act: async (page) => {
      for (const index of [1, 2])
        await tick(page.getByRole("row").nth(index).getByRole("checkbox"));
    },
  },
  {
    name: "users-select-all",
    who: "admin",
    path: "/users",
    act: async (page) => {
      await page.getByRole("checkbox", { name: "Select the" }).press("Space");
      await page.getByRole("button", { name: "that match" }).waitFor();
    },
  },
  {
    name: "users-csv",
    isAlike: true,
    who: "admin",
    path: "/users",
    act: async (page) => {
      await page.getByRole("button", { name: "Save as CSV" }).click();
      await page.getByRole("dialog").getByText("rows that match").waitFor();
    },
  },
  {
    name: "users-together",
    isAlike: true,
    who: "admin",
    path: "/users?state=available",
    act: async (page) => {
      for (const index of [1, 2])
        await tick(page.getByRole("row").nth(index).getByRole("checkbox"));
      await page.getByRole("button", { name: "Edit together…" }).click();
      await page.getByRole("button", { name: "Role", exact: false }).last().waitFor();
    },
  },
  {
    name: "users-columns",
    isAlike: true,
    who: "admin",
    path: "/users",
    act: async (page) => {
      await page.getByRole("button", { name: "Choose columns" }).click();
      await page.getByRole("checkbox", { name: "Email" }).waitFor();
    },
  },
  {
    name: "users-site",
    isAlike: true,
    who: "admin",
    path: "/users?site=site-leeds",
    act: async (page) => {
      await page.getByRole("button", { name: "Site: Leeds" }).click();
      await page.getByRole("searchbox", { name: "Find a site" }).fill("ber");
      await page.getByRole("menuitem", { name: "Berlin" }).waitFor();
    },
  },
  { name: "user-add", who: "admin", path: "/users?add=true", act: panel },
  {
    name: "user-add-provider",
    who: "provider",
    path: "/users?customer=all&add=true",
    act: panel,
  },
  {
    name: "user-add-errors",
    isAlike: true,
    who: "admin",
    path: "/users?add=true",
    act: (page) => page.getByRole("dialog").getByRole("button", { name: "Add user" }).click(),
  },
  {
    name: "user-general",
    who: "admin",
    path: "/users",
    act: async (page) => {
      await openUser(page, "204");
      await page.getByLabel("First name").fill("Changed");
    },
  },
  {
    name: "user-features",
    isAlike: true,
    who: "admin",
    path: "/users",
    act: async (page) => {
      await openUser(page, "203");
      await page.getByRole("tab", { name: "Features" }).click();
    },
  },
  {
    name: "user-sip",
    who: "admin",
    path: "/users",
    act: async (page) => {
      await openUser(page, "202");
      await page.getByRole("tab", { name: /^SIP/ }).click();
    },
  },
  {
    name: "user-delete",
    isAlike: true,
    who: "admin",
    path: "/users",
    act: async (page) => {
      await openUser(page, "201");
      await page.getByRole("button", { name: "Delete…" }).click();
      await page.getByText("Choose who takes each over").waitFor();
    },
  },
  { name: "rooms", who: "admin", path: "/conferences" },
  { name: "rooms-manager", isAlike: true, who: "conference-201", path: "/conferences" },
  {
    name: "room-look",
    who: "operator",
    path: "/conferences",
    act: async (page) => {
      await page.getByRole("link", { name: "Weekly sales", exact: true }).click();
      await page.getByText("You cannot start conferences").waitFor();
    },
  },
  {
    name: "prepare",
    who: "conference-201",
    path: "/conferences",
    act: async (page) => {
      await page.getByRole("link", { name: "Weekly sales", exact: true }).click();
      await page.getByText("Who is called").waitFor();
    },
  },
  {
    name: "invite",
    who: "conference-201",
    path: "/conferences",
    act: async (page) => {
      await page.getByRole("link", { name: "Crisis team", exact: true }).click();
      await page.getByRole("button", { name: /^Invite/ }).click();
      const dialog = page.getByRole("dialog");
      for (const name of ["202", "204", "205"])
        await dialog.getByRole("option", { name: new RegExp(`\\b${name}\\b`) }).click();
      await dialog.getByRole("button", { name: "Phone book" }).click();
      await dialog.getByRole("option", { name: /Harper/ }).click();
    },
  },
  {
    name: "live",
    who: "conference-201",
    path: "/conferences",
    act: async (page) => {
      await page.getByRole("link", { name: "Board meeting", exact: true }).click();
      await page.getByText("Not connected").waitFor();
    },
  },
  {
    name: "live-selected",
    who: "conference-201",
    path: "/conferences",
    act: async (page) => {
      await page.getByRole("link", { name: "Board meeting", exact: true }).click();
      await tick(page.getByRole("checkbox", { name: /Select 太郎/ }));
    },
  },
  {
    name: "kick",
    isAlike: true,
    who: "conference-201",
    path: "/conferences",
    act: async (page) => {
      await page.getByRole("link", { name: "Board meeting", exact: true }).click();
      await tick(page.getByRole("checkbox", { name: /Select Meeting room/ }));
      await page.getByRole("button", { name: "Kick…" }).click();
    },
  },
  {
    name: "live-many",
    who: "admin",
    path: "/conferences",
    act: async (page) => {
      await page.getByRole("link", { name: "All hands", exact: true }).click();
      await page.getByLabel("Find in the room").waitFor();
    },
  },
  {
    name: "room-settings",
    who: "admin",
    path: "/conferences",
    act: async (page) => {
      await page.getByRole("link", { name: "Weekly sales", exact: true }).click();
      await page.getByRole("tab", { name: "Settings" }).click();
    },
  },
  {
    name: "room-history",
    isAlike: true,
    who: "admin",
    path: "/conferences",
    act: async (page) => {
      await page.getByRole("link", { name: "Weekly sales", exact: true }).click();
      await page.getByRole("tab", { name: "History" }).click();
    },
  },
  { name: "room-add", isAlike: true, who: "admin", path: "/conferences?add=true", act: panel },
  { name: "calls-live", who: "admin", path: "/calls" },
  { name: "calls-history", who: "admin", path: "/calls?tab=history" },
  {
    name: "calls-explain",
    isAlike: true,
    who: "admin",
    path: "/calls?tab=explain",
    act: async (page) => {
      await page.getByLabel("When", { exact: true }).fill("201");
      await page.getByLabel("calls", { exact: true }).fill("202");
      await page.getByRole("button", { name: "Explain", exact: true }).click();
      await page.getByText("This happens").waitFor();
    },
  },
  {
    name: "call",
    who: "admin",
    path: "/calls?tab=history",
    act: async (page) => {
      await page.getByRole("row").nth(2).click();
      await page.getByText("The way it took").waitFor();
    },
  },
  { name: "recordings", who: "admin", path: "/recordings" },
  { name: "recordings-manager", isAlike: true, who: "conference-201", path: "/recordings" },
  {
    name: "recording-played",
    who: "admin",
    path: "/recordings",
    act: async (page) => {
      await page.getByRole("row").nth(3).focus();
      await page.keyboard.press("Enter");
      await page.getByRole("slider", { name: "Position" }).waitFor();
      await page.waitForTimeout(1200);
    },
  },
  {
    name: "recording-delete",
    isAlike: true,
    who: "admin",
    path: "/recordings",
    act: async (page) => {
      await page
        .getByRole("row")
        .nth(3)
        .getByRole("button", { name: /^Actions/ })
        .click();
      await page.getByRole("menuitem", { name: "Delete…" }).click();
      await page.getByText("cannot be undone").waitFor();
    },
  },
  {
    name: "recordings-of-room",
    isAlike: true,
    who: "admin",
    path: "/conferences",
    act: async (page) => {
      await page.getByRole("link", { name: "Weekly sales", exact: true }).click();
      await page.getByRole("button", { name: "Actions for this room" }).click();
      await page.getByRole("menuitem", { name: "Recordings of this room" }).click();
      await page.getByText("No recordings of this").waitFor();
    },
  },
  { name: "contacts", who: "admin", path: "/contacts" },
  {
    name: "contact-edit",
    isAlike: true,
    who: "admin",
    path: "/contacts",
    act: (page) => page.getByRole("row").nth(1).click(),
  },
  { name: "managers", who: "admin", path: "/managers" },
  {
    name: "manager-add",
    isAlike: true,
    who: "admin",
    path: "/managers",
    act: click("button", "Add conference manager"),
  },
  { name: "audit", who: "admin", path: "/audit" },
  {
    name: "audit-entry",
    isAlike: true,
    who: "admin",
    path: "/audit",
    act: (page) => page.getByRole("row").nth(1).click(),
  },
  { name: "access-profiles", who: "admin", path: "/access-profiles" },
  {
    name: "access-profile",
    isAlike: true,
    who: "admin",
    path: "/access-profiles",
    act: (page) => page.getByRole("row").nth(2).click(),
  },
  {
    name: "access-profile-own",
    who: "admin",
    path: "/access-profiles",
    act: async (page) => {
      await page.getByRole("row").filter({ hasText: "user" }).first().waitFor();
      await page.getByRole("row").nth(2).getByRole("button").click();
      await page.getByRole("menuitem", { name: "Clone…" }).click();
      await page.getByLabel("Name", { exact: true }).fill("Front desk");
      await page.getByRole("dialog").getByRole("button", { name: "Clone", exact: true }).click();
      await page.getByRole("button", { name: "Add a permission" }).click();
    },
  },
  { name: "blocked-sources", who: "provider", path: "/blocked-sources" },
  {
    name: "blocked-source-lift",
    isAlike: true,
    who: "provider",
    path: "/blocked-sources",
    act: (page) => page.getByRole("row").nth(1).click(),
  },
  { name: "api-keys", who: "admin", path: "/api-keys" },
  { name: "api-key-add", isAlike: true, who: "admin", path: "/api-keys", act: add },
  { name: "sites", who: "admin", path: "/sites" },
  { name: "site-add", isAlike: true, who: "admin", path: "/sites", act: add },
  { name: "customers", who: "provider", path: "/customers" },
  { name: "customer-add", isAlike: true, who: "provider", path: "/customers", act: add },
  {
    name: "customer-switcher",
    who: "provider",
    path: "/users",
    act: async (page) => {
      await page.getByRole("button", { name: /^Customer:/ }).click();
      await page.getByRole("searchbox", { name: "Find a customer" }).fill("acme");
      await page.getByRole("menuitem", { name: "Acme GmbH" }).waitFor();
    },
  },
  {
    name: "palette",
    who: "admin",
    path: "/users",
    act: async (page) => {
      await page.keyboard.press("/");
      await page.getByRole("combobox").fill("ber");
      await page.getByRole("option").first().waitFor();
    },
  },
  { name: "shortcuts", who: "admin", path: "/users", act: (page) => page.keyboard.press("?") },
  {
    name: "account",
    isAlike: true,
    who: "admin",
    path: "/users",
    act: (page) => page.getByRole("button", { name: /^Account of/ }).click(),
  },
];

/** Every component in every state, in a build that has them. */
const COMPONENTS = { name: "design", who: "", path: "/design" };

/** Waits until what was asked for is there and drawn. */
async function settled(page, waiting) {
  const until = Date.now() + 10_000;
  // Twice in a row: what has come may ask for more.
  for (let calm = 0; calm < 2 && Date.now() < until;) {
    await page.waitForTimeout(40);
    const isDrawing = await page.evaluate(
      () =>
        document.querySelector(".skeleton:not(.design-page *), [data-entering]") !== null ||
        // On a touch screen a dialog with a field waits unseen for the keyboard to come up.
        [...document.querySelectorAll(".scrim")].some((one) => one.style.opacity === "0") ||
        document.getAnimations().some((one) => one.playState === "running"),
    );
    calm = waiting.size === 0 && !isDrawing ? calm + 1 : 0;
  }
}

/**
 * What axe finds. Colours alone differ between light and dark, so that the second look asks only
 * for these.
 */
async function axe(page, isSecondLook) {
  return page.evaluate(async (isSecondLook) => {
    // What a screen reader is told in passing is left out: it names buttons that are gone by then.
    const context = { include: [["html"]], exclude: [["[data-live-announcer]"]] };
    // What floats over the page belongs to no landmark; axe only knows so of what looks modal to it.
    const floats = document.querySelector(".popover, .tooltip") !== null;
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    // @ts-expect-error axe was just put there
    const result = await globalThis.axe.run(context, {
      resultTypes: ["violations"],
      ...(isSecondLook
        ? { runOnly: { type: "rule", values: ["color-contrast"] } }
        : { runOnly: tags, rules: { region: { enabled: !floats } } }),
    });
    return result.violations.map((one) => ({
      id: one.id,
      help: one.help,
      nodes: one.nodes
        .slice(0, 3)
        .map((node) => `${node.html.slice(0, 160)} ${node.any?.[0]?.message ?? ""}`),
      count: one.nodes.length,
    }));
  }, isSecondLook);
}

let failures = 0;
function complain(where, text) {
  failures += 1;
  console.log(`FAIL ${where}: ${text}`);
}

/** What the page asked for and has not got; the stream of events never ends. */
function watch(page, noise) {
  const waiting = new Set();
  page.on("request", (request) => {
    if (!request.url().endsWith("/events")) waiting.add(request);
  });
  page.on("requestfinished", (request) => waiting.delete(request));
  page.on("requestfailed", (request) => waiting.delete(request));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) noise.push(message.text());
  });
  page.on("pageerror", (error) => noise.push(String(error)));
  return waiting;
}

async function complainOfWidth(page, where) {
  const wide = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  if (wide > 1) complain(where, `the page scrolls sideways by ${wide} px`);
}

/** The names of places are read whole, also on a phone. */
async function complainOfCutNames(page, where) {
  const cut = await page.evaluate(() =>
    [...document.querySelectorAll(".bottom-bar .nav-link span")]
      .filter((one) => one.scrollWidth > one.clientWidth)
      .map((one) => one.textContent),
  );
  if (cut.length > 0) complain(where, `cut in the bar: ${cut.join(", ")}`);
}

async function look(page, where, isSecondLook) {
  await complainOfWidth(page, where);
  await complainOfCutNames(page, where);
  if (hasPictures) await page.screenshot({ path: `${OUT}${where.replace("/", "-")}.png` });
  for (const violation of await axe(page, isSecondLook)) {
    complain(
      where,
      `${violation.id} (${violation.count}): ${violation.help}\n     ${violation.nodes.join("\n     ")}`,
    );
  }
}

/** A tab that is used again and again: a new one would be a new process each time. */
async function tabOf(browser, width) {
  const context = await browser.newContext(windowOf(width));
  // By the debugger's door: the page's own policy forbids scripts like this.
  await context.addInitScript({ content: AXE });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  return { context, page };
}

async function show({ context, page }, base, one, waiting) {
  await context.clearCookies();
  if (one.who) await context.addCookies([{ name: "mock", value: one.who, url: base }]);
  await page.emulateMedia({ colorScheme: "light" });
  await page.goto(base + one.path);
  await page.locator("h1").first().waitFor();
  await settled(page, waiting);
  if (one.act) await one.act(page);
  await settled(page, waiting);
}

/** How far a page that was opened wide is too wide for a phone. */
async function lookNarrow(page, where) {
  const { viewport } = windowOf("wide");
  await page.setViewportSize(windowOf("narrow").viewport);
  await page.waitForTimeout(60);
  await complainOfWidth(page, where);
  await page.setViewportSize(viewport);
}

async function visit(tab, base, { width, one, looks }) {
  const { page } = tab;
  const noise = [];
  const waiting = watch(page, noise);
  try {
    await show(tab, base, one, waiting);
    for (const [index, colour] of looks.entries()) {
      await page.emulateMedia({ colorScheme: colour });
      await look(page, `${width}-${colour}/${one.name}`, index > 0);
    }
    if (one.isAlike) await lookNarrow(page, `narrow/${one.name}`);
  } catch (error) {
    const where = `${width}/${one.name}`;
    await page.screenshot({ path: `${OUT}${where.replace("/", "-")}-broken.png` });
    complain(where, String(error).split("\n").slice(0, 6).join("\n     "));
  }
  page.removeAllListeners();
  const loud = noise.filter((text) => !/401|422|Download the React DevTools/u.test(text));
  if (loud.length > 0)
    complain(`${width}/${one.name}`, `the console says: ${loud.slice(0, 3).join(" | ")}`);
}

/** A stand-in for the server with data of its own, on a free port. */
async function serve(dist) {
  const mock = spawn(process.execPath, [here("../dev/mock.mjs")], {
    env: { ...process.env, PORT: "0", DIST: dist },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const said = await new Promise((resolve) => mock.stdout.once("data", resolve));
  return { base: /http:\S+/u.exec(String(said))?.[0] ?? "", stop: () => mock.kill() };
}

/** Takes one visit after the other until none is left, with a server of its own. */
async function work(browser, dist, visits) {
  const { base, stop } = await serve(dist);
  const tabs = {};
  try {
    for (let next = visits.shift(); next !== undefined; next = visits.shift()) {
      tabs[next.width] ??= await tabOf(browser, next.width);
      await visit(tabs[next.width], base, next);
    }
  } finally {
    stop();
  }
}

/** What only a phone shows is on many pages: there they take turns in light and dark. */
const visitsOf = (pages) =>
  pages.flatMap((one, index) =>
    widths
      .filter((width) => width === "wide" || !one.isAlike)
      .map((width) => ({
        width,
        one,
        looks: width === "wide" ? colours : [colours[index % colours.length]],
      })),
  );

async function main() {
  mkdirSync(OUT, { recursive: true });
  const isAsked = ({ name }) => names.length === 0 || names.some((word) => name.startsWith(word));
  const browser = await launch();
  const visits = visitsOf(PAGES.filter(isAsked));
  await Promise.all(Array.from({ length: WORKERS }, () => work(browser, here("../dist"), visits)));
  // The page of components is not in the build that the server embeds.
  if (isAsked(COMPONENTS)) {
    await build({ mode: "design", logLevel: "warn", build: { outDir: DESIGN } });
    const states = visitsOf([COMPONENTS]);
    await Promise.all(Array.from({ length: WORKERS }, () => work(browser, DESIGN, states)));
  }
  await browser.close();
  const seconds = Math.round(performance.now() / 1000);
  console.log(`${failures === 0 ? "all pages are clean" : `${failures} findings`} (${seconds} s)`);
  process.exitCode = failures === 0 ? 0 : 1;
}

await main();
