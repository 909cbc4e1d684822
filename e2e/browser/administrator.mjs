// @ts-check
/** The administrator's way through the portal, by the keyboard alone: nothing here clicks. */
import { axe, button, facts, noise, obey, page } from "./page.mjs";

const { added, heir, leaving, manager } = facts;

let loads = 0;
page.on("load", () => (loads += 1));

/** More stops than any of these pages has. */
const STOPS = 80;

const press = (key) => page.keyboard.press(key);

const isFocused = (locator) =>
  locator.evaluateAll((all) => all.some((one) => one === document.activeElement));

/** Goes on with Tab until it is there. */
async function tabTo(locator) {
  await locator.first().waitFor();
  for (let stop = 0; stop < STOPS; stop += 1) {
    if (await isFocused(locator)) return;
    await press("Tab");
  }
  throw new Error(`Tab does not reach ${String(locator)}`);
}

/** Types over what is in the field. */
async function type(field, text) {
  await tabTo(field);
  await press("Control+a");
  await page.keyboard.type(text);
}

async function choose(locator) {
  await tabTo(locator);
  await press("Enter");
}

const field = (name) => page.getByRole("textbox", { name });
const panel = () => page.getByRole("dialog");
const row = (words) => page.getByRole("row").filter({ hasText: words });
const heading = (name) => page.getByRole("heading", { name, level: 1, exact: true }).waitFor();

/** Pages are found by their names as well. */
async function goTo(name) {
  await press("Control+k");
  await page.getByRole("combobox").waitFor();
  await page.keyboard.type(name);
  await page.getByRole("option", { name }).first().waitFor();
  await press("Enter");
  await heading(name);
}

/** What is shown once, by its label. */
async function secret() {
  await page.getByText("This is shown only now.").waitFor();
  const items = await panel()
    .locator(".secret > div")
    .evaluateAll((all) =>
      all.map((one) => ["dt", "dd span"].map((part) => one.querySelector(part)?.textContent)),
    );
  return Object.fromEntries(items);
}

/** What was shown once is nowhere on the page any more. */
async function isGone(word) {
  await panel().waitFor({ state: "hidden" });
  if ((await page.content()).includes(word)) throw new Error("the secret is still on the page");
}

async function find(words) {
  await type(page.getByRole("searchbox", { name: "Search name, email, number" }), words);
  await page.getByText("One user", { exact: true }).waitFor();
}

/** From the search into the rows, and into the first of them. */
async function openFirst(name) {
  await tabTo(page.locator("[role=row][data-index='0']"));
  await press("Enter");
  await heading(name);
}

/** One of many, by what is typed; the arrows go to it. */
async function pick(name, words) {
  await type(page.getByRole("combobox", { name }), words);
  const wanted = page.getByRole("option", {
    name: new RegExp(`\\b${words}\\b`, "u"),
  });
  await wanted.waitFor();
  for (let stop = 0; stop < STOPS; stop += 1) {
    if (await wanted.and(page.locator("[data-focused]")).isVisible()) break;
    await press("ArrowDown");
  }
  await press("Enter");
  await page.getByRole("listbox").waitFor({ state: "hidden" });
}

let password = "";

await obey({
  "sign in": async () => {
    await page.goto(facts.base);
    await field("Username").waitFor();
    await axe();
    await type(field("Username"), facts.username);
    await type(page.getByLabel("Password", { exact: true }), facts.password);
    await press("Enter");
    await heading("Home");
    await page.getByText("No conference is running.").waitFor();
    await axe();
    await press("g");
    await press("u");
    await heading("Users");
    await row(leaving.name).waitFor();
    await axe();
  },
  "add a user": async () => {
    await press("n");
    await panel().waitFor();
    await axe();
    await type(field("First name"), added.first_name);
    await type(field("Last name"), added.last_name);
    await type(field("Email"), added.email);
    await type(field("Extension"), added.extension);
    await press("Enter");
    const shown = await secret();
    await axe();
    // What must be copied first does not go with one key.
    await press("Escape");
    await secret();
    password = shown["SIP password"];
    return shown;
  },
  "put the credentials away": async () => {
    await choose(button("Done"));
    await isGone(password);
    await row(added.name).getByText("Offline").waitFor();
  },
  "see the phone": () => row(added.name).getByText("Available").waitFor(),
  search: async () => {
    await find(added.email);
    await axe();
    await openFirst(added.name);
  },
  rename: async () => {
    await type(field("First name"), added.new_name);
    await page.getByRole("region", { name: "Unsaved changes" }).waitFor();
    await axe();
    await press("Control+s");
    await heading(`${added.new_name} ${added.last_name}`);
  },
  "see the registration": async () => {
    await tabTo(page.getByRole("tab", { name: "General" }));
    await press("ArrowRight");
    await press("ArrowRight");
    await page.getByText("UDP · 127.0.0.1").waitFor();
    await axe();
  },
  "name a second phone wrongly": async () => {
    await choose(button("Add phone"));
    await type(field("Model"), added.model);
    await type(field("MAC address"), "00:15:65");
    await press("Enter");
    const mac = field("MAC address");
    await page.locator("[role=dialog] .field-error").waitFor();
    await axe();
    const said = await mac.evaluate((input) => ({
      isInvalid: input.getAttribute("aria-invalid"),
      words: (input.getAttribute("aria-describedby") ?? "")
        .split(" ")
        .map((id) => document.getElementById(id)?.textContent ?? "")
        .join(" "),
    }));
    const kept = [await field("Model").inputValue(), await mac.inputValue()];
    return { ...said, kept };
  },
  "name it rightly": async () => {
    await type(field("MAC address"), added.mac);
    await press("Enter");
    const shown = await secret();
    await axe();
    await choose(button("Done"));
    await isGone(shown["SIP password"]);
    await page.getByText(added.model).waitFor();
    return shown;
  },
  "make a manager": async () => {
    await goTo("Conference managers");
    await axe();
    await press("n");
    await panel().waitFor();
    await pick("Extension", manager);
    await axe();
    await choose(panel().getByRole("button", { name: "Add conference manager" }));
    const shown = await secret();
    await axe();
    await choose(button("Done"));
    await isGone(shown.Password);
    await row(shown.Username).waitFor();
    return shown;
  },
  "try to delete": async () => {
    await press("g");
    await press("u");
    await heading("Users");
    await find(leaving.email);
    await openFirst(leaving.name);
    await choose(button("Delete…"));
    await page.getByText("Choose who takes each over").waitFor();
    await page.getByRole("alertdialog").getByRole("link", { name: leaving.used_by }).waitFor();
    if (await button("Delete").isEnabled()) throw new Error("nobody has taken the use over");
    await axe();
  },
  "delete with an heir": async () => {
    await pick(`Where do the forwarded calls of ${leaving.used_by} go`, heir);
    await axe();
    await choose(button("Delete"));
    await page.getByText(`${leaving.name} is deleted.`).waitFor();
    await heading("Users");
  },
  "read the audit": async () => {
    await press("g");
    await press("a");
    await heading("Audit");
    for (const [act, subject] of facts.audit)
      await row(act).filter({ hasText: subject }).first().waitFor();
    await axe();
    await tabTo(page.locator("[role=row][data-index='0']"));
    await press("Enter");
    await panel().getByText("What changed").waitFor();
    await axe();
    await press("Escape");
    await panel().waitFor({ state: "hidden" });
  },
  "be quiet": async () => {
    // Chromium says of every answer that refuses, and one was asked for.
    const loud = noise.filter((text) => !/\b422\b/u.test(text));
    if (loud.length > 0) throw new Error(`the console says: ${loud.slice(0, 5).join(" | ")}`);
    if (loads !== 1) throw new Error(`the page was loaded ${loads} times`);
  },
});
