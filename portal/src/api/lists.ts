import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { ApiError } from "./client";
import { keys } from "./keys";
import { type FetchPage, allPages } from "./pages";
import type { Page } from "./resources";

/** Rows asked for at a time: more than two screens, quick to draw. */
export const PAGE_ROWS = 100;

/** Something that failed beside rows that are there, and how to try it again. */
export interface Trouble {
  error: unknown;
  retry: () => void;
}

export interface List<T> {
  rows: T[];
  total: number | undefined;
  isLoading: boolean;
  error: unknown;
  isForbidden: boolean;
  /** The next page, or a new look at these, failed. Nothing is asked for by itself then. */
  trouble: Trouble | undefined;
  more: () => void;
  retry: () => void;
  /** Which list this is: with another filter or order it is another. */
  source: string;
  /** All of it, also what is not loaded. */
  pages: (signal: AbortSignal) => AsyncIterable<Page<T>>;
}

interface ListOptions {
  /** False while it is not known yet what to ask for. */
  isReady?: boolean;
  /** For what no event says: looked at again so often while it is on the page. */
  everyMs?: number | undefined;
}

/** A list that is fetched page by page as its reader gets near the end. */
export function useList<T>(
  root: string,
  filters: object,
  fetchPage: FetchPage<T>,
  { isReady = true, everyMs }: ListOptions = {},
): List<T> {
  const query = useInfiniteQuery({
    queryKey: keys.list(root, filters),
    queryFn: ({ pageParam, signal }) =>
      fetchPage(
        { limit: PAGE_ROWS, ...(pageParam === undefined ? {} : { cursor: pageParam }) },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: keepPreviousData,
    enabled: isReady,
    refetchInterval: (at) =>
      // Many pages are many requests.
      everyMs === undefined ? false : everyMs * (at.state.data?.pages.length ?? 1),
  });
  const { data, hasNextPage, fetchNextPage, refetch, error } = query;
  const { isFetching, isFetchNextPageError, isRefetchError, isPlaceholderData } = query;
  const rows = useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data]);
  const more = useCallback(() => {
    // After a failure the reader says when; asking by itself would never end. A fetch that is
    // under way would be thrown away by this one.
    if (hasNextPage && !isFetching && !isFetchNextPageError && !isPlaceholderData)
      void fetchNextPage();
  }, [hasNextPage, isFetching, isFetchNextPageError, isPlaceholderData, fetchNextPage]);
  const retry = useCallback(() => void refetch(), [refetch]);
  const next = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  // That the server is away is said once, by the bar at the top.
  const isSaidElsewhere = error instanceof ApiError && error.status === 0;
  const trouble = isFetchNextPageError
    ? { error, retry: next }
    : isRefetchError && !isSaidElsewhere
      ? { error, retry }
      : undefined;
  return {
    rows,
    total: data?.pages[0]?.total,
    isLoading: query.isPending,
    error: data === undefined ? error : null,
    isForbidden: error instanceof ApiError && error.status === 403,
    trouble,
    more,
    retry,
    source: JSON.stringify([root, filters]),
    pages: (signal) => allPages(fetchPage, signal),
  };
}

/** What a table needs of a list. */
export function tableOf<T>(list: List<T>) {
  return {
    rows: list.rows,
    ...(list.total === undefined ? {} : { total: list.total }),
    isLoading: list.isLoading,
    onEndReached: list.more,
    pages: list.pages,
    trouble: list.trouble,
  };
}

/** The parameters of a query without those that are not set. */
export function set<T extends object>(parameters: T): { [K in keyof T]: NonNullable<T[K]> } {
  return Object.fromEntries(
    Object.entries(parameters).filter(
      ([, value]) => value !== undefined && value !== "" && value !== null,
    ),
  ) as { [K in keyof T]: NonNullable<T[K]> };
}
