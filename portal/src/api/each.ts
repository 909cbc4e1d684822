/** One of several for which it did not work. */
export interface Failed<T> {
  item: T;
  error: unknown;
}

/**
 * Does the same to each of several, one after the other: the server is not flooded, and what was
 * done is known when it is stopped. What fails does not keep the rest from being done.
 */
export async function each<T>(
  items: readonly T[],
  act: (item: T) => Promise<unknown>,
  onProgress: (count: number) => void,
  signal: AbortSignal,
): Promise<{ done: T[]; failed: Failed<T>[] }> {
  const done: T[] = [];
  const failed: Failed<T>[] = [];
  for (const item of items) {
    if (signal.aborted) break;
    try {
      await act(item);
      done.push(item);
    } catch (error) {
      failed.push({ item, error });
    }
    onProgress(done.length + failed.length);
  }
  return { done, failed };
}
