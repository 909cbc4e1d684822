// @ts-check
/** A page whose server goes away and comes back. */
import { button, facts, obey, page, signIn } from "./page.mjs";

const lost = () => page.getByText(facts.lost);

await obey({
  "sign in": signIn,
  "miss the server": async () => {
    await lost().waitFor();
    await button("Try now").waitFor();
    // What was there is still shown.
    await page.getByRole("link", { name: facts.room, exact: true }).waitFor();
  },
  "find the server": async () => {
    await lost().waitFor({ state: "hidden", timeout: 45_000 });
  },
  "see the new room": async () => {
    await page.getByRole("link", { name: facts.newRoom, exact: true }).waitFor();
  },
});
