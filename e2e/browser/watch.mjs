// @ts-check
/** A second page on the same conference, by somebody else: it only looks. */
import { button, facts, noise, obey, page } from "./page.mjs";

await obey({
  "sign in": async () => {
    await page.goto(facts.base);
    await page.getByLabel("Account name").fill("");
    await page.getByLabel("Username").fill(facts.username);
    await page.getByLabel("Password", { exact: true }).fill(facts.password);
    await button("Sign in").click();
    await page.getByRole("link", { name: "Users", exact: true }).first().waitFor();
  },
  "open the room": async () => {
    await page.goto(`${facts.base}/conferences/${facts.room}`);
    await page.getByText("Who is called").waitFor();
  },
  "see everybody joined": () => page.getByText("3 in the room").waitFor(),
  "see 202 muted": () => button(`Unmute ${facts.people[0]}`).waitFor(),
  "see 203 gone": () => page.getByText("2 in the room").waitFor(),
  "see the lock": () => button("Unlock").waitFor(),
  "see the end": () => page.getByText("Who is called").waitFor(),
  "be quiet": async () => {
    if (noise.length > 0) throw new Error(`the console says: ${noise.slice(0, 5).join(" | ")}`);
  },
});
