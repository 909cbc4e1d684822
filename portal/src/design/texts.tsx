import { FluentBundle, FluentResource, type FluentVariable } from "@fluent/bundle";
import { LocalizationProvider, ReactLocalization, useLocalization } from "@fluent/react";
import { type ReactNode, useCallback } from "react";

/** The message files of every feature: `src/<feature>/en.ftl`. */
const files = import.meta.glob<string>("../*/en.ftl", {
  query: "?raw",
  import: "default",
  eager: true,
});

/** One bundle of all English messages. */
export function englishBundle(): FluentBundle {
  // Isolation marks would end up in accessible names and in what people copy.
  const bundle = new FluentBundle(["en-GB", "en"], { useIsolating: false });
  for (const source of Object.values(files)) bundle.addResource(new FluentResource(source));
  return bundle;
}

const localization = new ReactLocalization([englishBundle()]);

/** Makes the messages known to everything inside it. */
export function TextsProvider({ children }: { children: ReactNode }) {
  return <LocalizationProvider l10n={localization}>{children}</LocalizationProvider>;
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
