// @ts-check
/** The conference manager's way through the portal. */
import { axe, button, facts, noise, obey, page, signIn } from "./page.mjs";

const room = () => page.getByRole("region", { name: "In the room" });
const question = () => page.getByRole("dialog").or(page.getByRole("alertdialog"));
/** A name followed by a key's name is that button as well. */
const beginning = (name) => page.getByRole("button", { name: new RegExp(`^${name}`, "u") });

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
});
