// @ts-check
/** A Chromium with a fresh profile that talks to nobody but the page. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** @param {{ dark?: boolean, narrow?: boolean }} look */
export async function open(look) {
  const profile = mkdtempSync(join(tmpdir(), "portal-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ARGS,
    colorScheme: look.dark ? "dark" : "light",
    reducedMotion: "reduce",
    viewport: look.narrow ? { width: 390, height: 844 } : { width: 1360, height: 860 },
    hasTouch: look.narrow ?? false,
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
  });
  const page = context.pages()[0] ?? (await context.newPage());
  const close = async () => {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  };
  return { page, context, close };
}
