// @ts-check
/** The conference manager's way through the portal. */
import { axe, button, facts, noise, obey, page, signIn } from "./page.mjs";

const room = () => page.getByRole("region", { name: "In the room" });
const question = () =>
  page.getByRole("dialog").or(page.getByRole("alertdialog"));
const press = (key) => page.keyboard.press(key);
const row = (name) => room().getByRole("row", { name, exact: true });
const isFocused = (locator) =>
  locator.evaluate((one) => one === document.activeElement);
const chosen = () => room().locator("[role=row][aria-selected=true]");
const isChosen = (name) =>
  room()
    .locator(`[role=row][aria-selected=true][aria-label="${name}"]`)
    .waitFor();

/** Goes on with Tab into the list, and with j to someone in it. */
async function goTo(name) {
  const rows = room().getByRole("row");
  const inRows = () =>
    rows.evaluateAll((all) =>
      all.some((one) => one === document.activeElement),
    );
  for (let stop = 0; stop < 60 && !(await inRows()); stop += 1)
    await press("Tab");
  await press("Home");
  for (let step = 0; step < 3 && !(await isFocused(row(name))); step += 1) {
    await press("j");
    await page.waitForTimeout(50);
  }
  if (!(await isFocused(row(name))))
    throw new Error(`j does not lead to ${name}`);
}

/** A name followed by a key's name is that button as well. */
const beginning = (name) =>
  page.getByRole("button", { name: new RegExp(`^${name}`, "u") });

await obey({
  "sign in": async () => {
    await signIn();
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
        .getByRole("option", { name: new RegExp(`\\b${extension}\\b`, "u") })
        .click();
    }
    await axe();
    await dialog
      .getByRole("button", { name: /^Put .* on the list$/u })
      .last()
      .click();
    await dialog.waitFor({ state: "hidden" });
    for (const person of facts.people)
      await page.getByText(person).first().waitFor();
  },
  start: async () => {
    await button("Start conference").first().click();
    await room().waitFor();
  },
  "see everybody joined": async () => {
    for (const person of facts.people)
      await room().getByText(person).first().waitFor();
    await page.getByText("3 in the room").waitFor();
    await axe();
  },
  "mute 202": async () => {
    await button(`Mute ${facts.people[0]}`).click();
    await button(`Unmute ${facts.people[0]}`).waitFor();
  },
  "unmute 202": async () => {
    await goTo(facts.people[0]);
    await press("u");
    await button(`Mute ${facts.people[0]}`).waitFor();
  },
  "mute both by keys": async () => {
    await goTo(facts.people[0]);
    await press("Space");
    await press(
      (await row(facts.people[1]).getAttribute("data-index")) === "0"
        ? "Shift+K"
        : "Shift+J",
    );
    for (const person of facts.people) await isChosen(person);
    await press("m");
    for (const person of facts.people)
      await button(`Unmute ${person}`).waitFor();
  },
  "unmute both by keys": async () => {
    await press("u");
    for (const person of facts.people) await button(`Mute ${person}`).waitFor();
    await press("Escape");
    await chosen().first().waitFor({ state: "detached" });
  },
  "lock and invite by keys": async () => {
    await press("l");
    await button("Unlock").waitFor();
    await press("l");
    await button("Lock").waitFor();
    await press("+");
    await page.getByRole("dialog").waitFor();
    await press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
  },
  "kick 203": async () => {
    await page
      .getByRole("checkbox", {
        name: new RegExp(`Select ${facts.people[1]}`, "u"),
      })
      .click({ force: true });
    await button("Kick…").click();
    const dialog = question();
    await dialog.waitFor();
    await axe();
    await dialog.getByRole("button", { name: "Kick", exact: true }).click();
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
    if (noise.length > 0)
      throw new Error(`the console says: ${noise.slice(0, 5).join(" | ")}`);
  },
});
