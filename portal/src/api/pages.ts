import type { Page } from "./resources";

/** Asks for one page of a list. */
export type FetchPage<T> = (
  page: { cursor?: string; limit: number },
  signal: AbortSignal,
) => Promise<Page<T>>;

/** As many rows as the server gives at once. */
const MOST_ROWS = 500;

/**
 * Every page of a list, one after the other, fetched anew. Those before are not kept: what their
 * reader lets go of is gone.
 */
export async function* allPages<T>(
  fetchPage: FetchPage<T>,
  signal: AbortSignal,
): AsyncGenerator<Page<T>, void> {
  let cursor: string | null = null;
  do {
    signal.throwIfAborted();
    const page: Page<T> = await fetchPage(
      { limit: MOST_ROWS, ...(cursor === null ? {} : { cursor }) },
      signal,
    );
    yield page;
    cursor = page.next ?? null;
  } while (cursor !== null);
}
