import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { ApiError } from "./client";
import { keys } from "./keys";
import type { Page } from "./resources";

/** Rows asked for at a time: more than two screens, quick to draw. */
export const PAGE_ROWS = 100;

export interface List<T> {
  rows: T[];
  total: number | undefined;
  isLoading: boolean;
  error: unknown;
  isForbidden: boolean;
  more: () => void;
  retry: () => void;
}

/** A list that is fetched page by page as its reader gets near the end. */
export function useList<T>(
  root: string,
  filters: object,
  fetchPage: (cursor: { cursor?: string; limit: number }, signal: AbortSignal) => Promise<Page<T>>,
  isReady = true,
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
  });
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage, refetch, error } = query;
  const rows = useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data]);
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const retry = useCallback(() => void refetch(), [refetch]);
  return {
    rows,
    total: data?.pages[0]?.total,
    isLoading: query.isPending,
    error: data === undefined ? error : null,
    isForbidden: error instanceof ApiError && error.status === 403,
    more,
    retry,
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
