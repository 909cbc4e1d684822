import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "../api/client";
import { keys } from "../api/keys";
import { type List, set, useList } from "../api/lists";
import type { Call } from "../api/resources";

export interface CallFilters {
  customer_id?: string | undefined;
  state: "live" | "ended";
  q?: string | undefined;
  since?: string | undefined;
}

export function useCalls(filters: CallFilters, isReady: boolean): List<Call> {
  const query = { ...filters, sort: "-started_at" };
  return useList(
    "calls",
    query,
    (page, signal) =>
      answer(api.GET("/api/v1/calls", { params: { query: { ...set(query), ...page } }, signal })),
    { isReady },
  );
}

export const callQuery = (id: string) =>
  queryOptions({
    queryKey: keys.call(id),
    queryFn: ({ signal }) =>
      answer(api.GET("/api/v1/calls/{id}", { params: { path: { id } }, signal })),
  });

/** The start of the day so many days ago: a filter that stays the same while the page is open. */
export function daysAgo(days: number, now: Date): string {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() - days).toISOString();
}
