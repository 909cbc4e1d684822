// @ts-check
/** The conference manager's way through the portal, one thing for each line that comes in. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { open } from "../../portal/e2e/browser.mjs";

const facts = JSON.parse(process.argv[2] ?? "{}");
const portal = createRequire(new URL("../../portal/package.json", import.meta.url));
const AXE = readFileSync(portal.resolve("axe-core/axe.min.js"), "utf8");

const { page, close } = await open({});
page.setDefaultTimeout(20_000);

/** What the console said, without what a sign-in page cannot help: it asks who is signed in. */
const noise = [];
page.on("console", (message) => {
  const text = message.text();
  const expected = /\b401\b|React DevTools/u.test(text);
  if (["error", "warning"].includes(message.type()) && !expected) noise.push(text);
});
page.on("pageerror", (error) => noise.push(String(error)));

/** Faults of the page as it is now. */
async function axe() {
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

const room = () => page.getByRole("region", { name: "In the room" });
const question = () => page.getByRole("dialog").or(page.getByRole("alertdialog"));
const button = (name) => page.getByRole("button", { name, exact: true });
/** A name followed by a key's name is that button as well. */
const beginning = (name) => page.getByRole("button", { name: new RegExp(`^${name}`, "u") });

const things = {
  "sign in": async () => {
    await page.goto(facts.base);
    await page.getByLabel("Account name").fill("");
    await page.getByLabel("Username").fill(facts.username);
    await page.getByLabel("Password", { exact: true }).fill(facts.password);
    await axe();
    await button("Sign in").click();
    await page.getByRole("link", { name: facts.room, exact: true }).waitFor();
    await axe();
  },
  "open the room": async () => {
    await page.getByRole("link", { name: facts.room, exact: true }).click();
    await page.getByText("Who is called").waitFor();
    await axe();
  },
  invite: async () => {
    await beginning("Invite").click();
    const dialog = page.getByRole("dialog");
    for (const extension of facts.extensions) {
      await dialog
        .getByRole("checkbox", { name: new RegExp(`, ${extension}$`, "u") })
        .click({ force: true });
    }
    await axe();
    await dialog.getByRole("button", { name: /^Put .* on the list$/u }).last().click();
    await dialog.waitFor({ state: "hidden" });
    for (const person of facts.people) await page.getByText(person).first().waitFor();
  },
  start: async () => {
    await button("Start conference").first().click();
    await room().waitFor();
  },
  "see everybody joined": async () => {
    for (const person of facts.people) await room().getByText(person).first().waitFor();
    await page.getByText("3 in the room").waitFor();
    await axe();
  },
  "mute 202": async () => {
    await button(`Mute ${facts.people[0]}`).click();
    await button(`Unmute ${facts.people[0]}`).waitFor();
  },
  "kick 203": async () => {
    await page
      .getByRole("checkbox", { name: new RegExp(`Select ${facts.people[1]}`, "u") })
      .click({ force: true });
    await button("Kick…").click();
    const dialog = question();
    await dialog.waitFor();
    await axe();
    await dialog.getByRole("button", { name: "Put out", exact: true }).click();
    await page.getByText("2 in the room").waitFor();
  },
  lock: async () => {
    await button("Lock").click();
    await button("Unlock").waitFor();
    await axe();
  },
  end: async () => {
    await button("End for all").first().click();
    await question().getByRole("button", { name: /^End/u }).click();
    await page.getByText("Who is called").waitFor();
    await axe();
  },
  "be quiet": async () => {
    if (noise.length > 0) throw new Error(`the console says: ${noise.slice(0, 5).join(" | ")}`);
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  if (line === "close") break;
  try {
    await things[line]();
    console.log(`done: ${line}`);
  } catch (error) {
    const shown = await page.locator("body").innerText().catch(() => "");
    console.log(`failed: ${line} on ${page.url()}: ${String(error).slice(0, 1500)} — page: ${shown.slice(0, 1500)}`.replaceAll("\n", " "));
  }
}
await close();
