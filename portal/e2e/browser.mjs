// @ts-check
/** A Chromium with fresh profiles that talk to nobody but the page. */
import { chromium } from "playwright-core";

const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ARGS,
  });
}

/** How the window of a desk looks, and that of a phone. */
export function windowOf(/** @type {"wide" | "narrow"} */ width) {
  const isNarrow = width === "narrow";
  return {
    reducedMotion: /** @type {const} */ ("reduce"),
    viewport: isNarrow ? { width: 380, height: 844 } : { width: 1360, height: 860 },
    hasTouch: isNarrow,
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
  };
}

/** One page in a browser of its own. */
export async function open() {
  const browser = await launch();
  const context = await browser.newContext(windowOf("wide"));
  return { page: await context.newPage(), context, close: () => browser.close() };
}
