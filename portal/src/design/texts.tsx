import { FluentBundle, FluentResource, type FluentVariable } from "@fluent/bundle";
import { LocalizationProvider, ReactLocalization, useLocalization } from "@fluent/react";
import { type ReactNode, useCallback } from "react";

/**
 * The message files that every page needs. The others, `src/<feature>/en.ftl`, are brought by their
 * own pages, so that nobody waits for words that the page does not say.
 */
const files = import.meta.glob<string>(
  ["../api/en.ftl", "../design/en.ftl", "../session/en.ftl", "../shell/en.ftl"],
  { query: "?raw", import: "default", eager: true },
);

/** One bundle of English messages. */
export function englishBundle(sources: string[]): FluentBundle {
  // Isolation marks would end up in accessible names and in what people copy.
  const bundle = new FluentBundle(["en-GB", "en"], { useIsolating: false });
  for (const source of sources) bundle.addResource(new FluentResource(source));
  return bundle;
}

const english = englishBundle(Object.values(files));
const localization = new ReactLocalization([english]);

/** Adds the messages of a feature whose pages are being loaded. */
export function addTexts(source: string): void {
  english.addResource(new FluentResource(source));
}

/** Makes the messages known to everything inside it. */
export function TextsProvider({ children }: { children: ReactNode }) {
  return <LocalizationProvider l10n={localization}>{children}</LocalizationProvider>;
}

/** The language of the words. */
const LANGUAGE = "en";
const lists = new Intl.ListFormat(LANGUAGE);

/** Several names as one phrase. */
export function listOf(words: string[]): string {
  return lists.format(words);
}

export type Arguments = Record<string, FluentVariable>;
export type Text = (id: string, args?: Arguments) => string;

/** The message with this id, with its variables filled in. */
export function useText(): Text {
  const { l10n } = useLocalization();
  return useCallback((id, args) => l10n.getString(id, args ?? null), [l10n]);
}

/** A message that may be missing, such as one named after a value from the server. */
export function useTextOr(): (id: string, fallback: string) => string {
  const { l10n } = useLocalization();
  return useCallback(
    (id, fallback) => (l10n.getBundle(id) === null ? fallback : l10n.getString(id)),
    [l10n],
  );
}
