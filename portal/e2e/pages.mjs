// @ts-check
/** Every page, in light and dark, wide and on a phone's screen: axe finds nothing, the console stays quiet. */
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { open } from "./browser.mjs";

const PORT = Number(process.env.PORT ?? 8180);
const BASE = process.env.PORTAL ?? `http://127.0.0.1:${PORT}`;
const OUT = fileURLToPath(new URL("./out/", import.meta.url));
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const only = process.argv.slice(2);

const LOOKS = [
  { name: "light", dark: false, narrow: false },
  { name: "dark", dark: true, narrow: false },
  { name: "narrow", dark: false, narrow: true },
  { name: "narrow-dark", dark: true, narrow: true },
];

/** @typedef {import("playwright-core").Page} Page */
const click = (role, name) => (/** @type {Page} */ page) =>
  page.getByRole(role, { name, exact: true }).first().click();

/** What stands beside the page comes in a file of its own. */
const panel = (/** @type {Page} */ page) => page.getByRole("dialog").waitFor();

async function openUser(page, extension) {
  await page.getByLabel("Search name, email, number").fill(extension);
  const row = page.getByRole("row").filter({ hasText: extension }).nth(0);
  await page.waitForTimeout(300);
  await row.getByRole("link").click();
  await page.getByRole("tab").first().waitFor();
}

/** @type {{ name: string, who: string, path: string, act?: (page: Page) => Promise<unknown>, wide?: boolean }[]} */
const PAGES = [
  { name: "sign-in", who: "", path: "/sign-in" },
  { name: "users", who: "admin", path: "/users" },
  {
    name: "users-selected",
    who: "admin",
    path: "/users?state=available",
    act: async (page) => {
      for (const index of [1, 2])
        await page.getByRole("row").nth(index).getByRole("checkbox").click({ force: true });
    },
  },
  {
    name: "users-together",
    who: "admin",
    path: "/users?state=available",
    act: async (page) => {
      for (const index of [1, 2])
        await page.getByRole("row").nth(index).getByRole("checkbox").click({ force: true });
      await page.getByRole("button", { name: "Edit together…" }).click();
      await page.getByRole("button", { name: "Role", exact: false }).last().waitFor();
    },
  },
  {
    name: "users-columns",
    who: "admin",
    path: "/users",
    act: async (page) => {
      await page.getByRole("button", { name: "Choose columns" }).click();
      await page.getByRole("checkbox", { name: "Email" }).waitFor();
    },
  },
  {
    name: "users-site",
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
    name: "user-add-errors",
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
    who: "admin",
    path: "/users",
    act: async (page) => {
      await openUser(page, "201");
      await page.getByRole("button", { name: "Delete…" }).click();
      await page.getByText("cannot be deleted while used in").waitFor();
    },
  },
  { name: "rooms", who: "admin", path: "/conferences" },
  { name: "rooms-manager", who: "conference-201", path: "/conferences" },
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
      await page
        .getByRole("checkbox", { name: /Select 太郎|Select Oslo|Select Meeting/ })
        .first()
        .click({ force: true });
    },
  },
  {
    name: "kick",
    who: "conference-201",
    path: "/conferences",
    act: async (page) => {
      await page.getByRole("link", { name: "Board meeting", exact: true }).click();
      await page.getByRole("checkbox", { name: /Select Meeting room/ }).click({ force: true });
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
    who: "admin",
    path: "/conferences",
    act: async (page) => {
      await page.getByRole("link", { name: "Weekly sales", exact: true }).click();
      await page.getByRole("tab", { name: "History" }).click();
    },
  },
  { name: "room-add", who: "admin", path: "/conferences?add=true", act: panel },
  { name: "calls-live", who: "admin", path: "/calls" },
  { name: "calls-history", who: "admin", path: "/calls?tab=history" },
  {
    name: "calls-explain",
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
  { name: "recordings-manager", who: "conference-201", path: "/recordings" },
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
    who: "admin",
    path: "/contacts",
    act: (page) => page.getByRole("row").nth(1).click(),
  },
  { name: "managers", who: "admin", path: "/managers" },
  {
    name: "manager-add",
    who: "admin",
    path: "/managers",
    act: click("button", "Add conference manager"),
  },
  { name: "audit", who: "admin", path: "/audit" },
  {
    name: "audit-entry",
    who: "admin",
    path: "/audit",
    act: (page) => page.getByRole("row").nth(1).click(),
  },
  { name: "access-profiles", who: "admin", path: "/access-profiles" },
  {
    name: "access-profile",
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
    who: "provider",
    path: "/blocked-sources",
    act: (page) => page.getByRole("row").nth(1).click(),
  },
  { name: "api-keys", who: "admin", path: "/api-keys" },
  { name: "api-key-add", who: "admin", path: "/api-keys", act: click("button", "Add API key") },
  { name: "sites", who: "admin", path: "/sites" },
  { name: "customers", who: "provider", path: "/customers" },
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
    who: "admin",
    path: "/users",
    act: (page) => page.getByRole("button", { name: /^Account of/ }).click(),
  },
];

async function signIn(page, who) {
  await page.context().clearCookies();
  if (who) await page.context().addCookies([{ name: "mock", value: who, url: BASE }]);
}

async function axe(page) {
  // By the debugger's door: the page's own policy forbids scripts like this.
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    // What a screen reader is told in passing is left out: it names buttons that are gone by then.
    const context = { include: [["html"]], exclude: [["[data-live-announcer]"]] };
    // What floats over the page belongs to no landmark; axe only knows so of what looks modal to it.
    const floats = document.querySelector(".popover, .tooltip") !== null;
    // @ts-expect-error axe was just put there
    const result = await globalThis.axe.run(context, {
      resultTypes: ["violations"],
      rules: { region: { enabled: !floats } },
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    });
    return result.violations.map((one) => ({
      id: one.id,
      help: one.help,
      nodes: one.nodes
        .slice(0, 3)
        .map((node) => `${node.html.slice(0, 160)} ${node.any?.[0]?.message ?? ""}`),
      count: one.nodes.length,
    }));
  });
}

let failures = 0;
function complain(where, text) {
  failures += 1;
  console.log(`FAIL ${where}: ${text}`);
}

async function visit(page, look, one) {
  const where = `${look.name}/${one.name}`;
  const noise = [];
  const onConsole = (message) => {
    if (["error", "warning"].includes(message.type())) noise.push(message.text());
  };
  const onError = (error) => noise.push(String(error));
  page.on("console", onConsole);
  page.on("pageerror", onError);
  try {
    await signIn(page, one.who);
    await page.goto(BASE + one.path);
    await page.locator("h1").first().waitFor({ timeout: 15_000 });
    await page.waitForTimeout(350);
    if (one.act) await one.act(page);
    await page.waitForTimeout(450);
    const wide = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    if (wide > 1) complain(where, `the page scrolls sideways by ${wide} px`);
    await page.screenshot({ path: `${OUT}${look.name}-${one.name}.png` });
    for (const violation of await axe(page)) {
      complain(
        where,
        `${violation.id} (${violation.count}): ${violation.help}\n     ${violation.nodes.join("\n     ")}`,
      );
    }
  } catch (error) {
    await page.screenshot({ path: `${OUT}${look.name}-${one.name}-broken.png` });
    complain(where, String(error).split("\n").slice(0, 6).join("\n     "));
  }
  const loud = noise.filter((text) => !/401|422|Download the React DevTools/u.test(text));
  if (loud.length > 0) complain(where, `the console says: ${loud.slice(0, 3).join(" | ")}`);
  page.off("console", onConsole);
  page.off("pageerror", onError);
}

async function main() {
  mkdirSync(OUT, { recursive: true });
  const mock = process.env.PORTAL
    ? undefined
    : spawn(process.execPath, [fileURLToPath(new URL("../dev/mock.mjs", import.meta.url))], {
        env: { ...process.env, PORT: String(PORT) },
        stdio: ["ignore", "pipe", "inherit"],
      });
  if (mock) await new Promise((resolve) => mock.stdout?.once("data", resolve));
  try {
    for (const look of LOOKS) {
      const looks = only.filter((word) => LOOKS.some((each) => each.name === word));
      if (looks.length > 0 && !looks.includes(look.name)) continue;
      const names = only.filter((word) => !looks.includes(word));
      const { page, close } = await open(look);
      for (const one of PAGES) {
        if (names.length === 0 || names.some((word) => one.name.startsWith(word)))
          await visit(page, look, one);
      }
      await close();
    }
  } finally {
    mock?.kill();
  }
  console.log(failures === 0 ? "all pages are clean" : `${failures} findings`);
  process.exitCode = failures === 0 ? 0 : 1;
}

await main();
