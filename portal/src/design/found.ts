import { useQuery } from "@tanstack/react-query";
import type { Choice } from "./fields";
import { useSettled } from "./hooks";

/** Where words are looked up: the server finds, so that however many there are each is found. */
export interface Finder {
  /** Names what is searched in the query cache. */
  source: readonly unknown[];
  /** The first of those whom the words find. */
  find: (words: string, signal: AbortSignal) => Promise<Choice<string>[]>;
}

/**
 * The rows for what is typed. While an answer is on its way the rows before it stay to be seen,
 * so that nothing jumps; they are stale then, and must not be taken: they answer other words.
 */
export function useFound({ source, find }: Finder, typed: string, enabled = true) {
  const now = typed.trim();
  const words = useSettled(now, 90);
  const { data, error, isFetching, isPlaceholderData } = useQuery({
    queryKey: [...source, "found", words],
    queryFn: ({ signal }) => find(words, signal),
    placeholderData: (before) => before,
    staleTime: 30_000,
    enabled,
  });
  return { choices: data, error, isFetching, isStale: words !== now || isPlaceholderData };
}
