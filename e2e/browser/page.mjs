// @ts-check
/** A page in Chromium that does one thing for each line that comes in, and says what it did. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { open } from "../../portal/e2e/browser.mjs";

export const facts = JSON.parse(process.argv[2] ?? "{}");
const portal = createRequire(new URL("../../portal/package.json", import.meta.url));
const AXE = readFileSync(portal.resolve("axe-core/axe.min.js"), "utf8");

const opened = await open();

export const page = opened.page;
page.setDefaultTimeout(40_000);

/** What the console said, without what a sign-in page cannot help: it asks who is signed in. */
export const noise = [];
page.on("console", (message) => {
  const text = message.text();
  const expected = /\b401\b|React DevTools/u.test(text);
  if (["error", "warning"].includes(message.type()) && !expected) noise.push(text);
});
page.on("pageerror", (error) => noise.push(String(error)));

/** Faults of the page as it is now. */
export async function axe() {
  // By the debugger's door: the page's own policy forbids scripts like this.
  await page.evaluate(AXE);
  const found = await page.evaluate(async () => {
    // What a screen reader is told in passing is left out: it names buttons that are gone by then.
    const context = { include: [["html"]], exclude: [["[data-live-announcer]"]] };
    // @ts-expect-error axe was just put there
    const result = await globalThis.axe.run(context, {
      resultTypes: ["violations"],
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    });
    return result.violations.map((one) => `${one.id}: ${one.help}: ${one.nodes[0]?.html}`);
  });
  if (found.length > 0) throw new Error(`axe finds on ${page.url()}: ${found.join(" | ")}`);
}

/** A button by its whole name. */
export const button = (name) => page.getByRole("button", { name, exact: true });

/** Signs in with what the test gave, and goes on to the list of rooms. */
export async function signIn() {
  await page.goto(facts.base);
  await page.getByLabel("Account name").fill("");
  await page.getByLabel("Username").fill(facts.username);
  await page.getByLabel("Password", { exact: true }).fill(facts.password);
  await axe();
  await button("Sign in").click();
  await page.getByRole("link", { name: "Conferences", exact: true }).first().click();
  await page.getByRole("link", { name: facts.room, exact: true }).waitFor();
}

/** Does what is asked, tells what came of it if anything, until the test has nothing more to ask. */
export async function obey(things) {
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === "close") break;
    try {
      const told = await things[line]();
      if (told !== undefined) console.log(`told: ${JSON.stringify(told)}`);
      console.log(`done: ${line}`);
    } catch (error) {
      const shown = await page
        .locator("body")
        .innerText()
        .catch(() => "");
      console.log(
        `failed: ${line} on ${page.url()}: ${String(error).slice(0, 1500)} — page: ${shown.slice(0, 1500)}`.replaceAll(
          "\n",
          " ",
        ),
      );
    }
  }
  await opened.close();
}
