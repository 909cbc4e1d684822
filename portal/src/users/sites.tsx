import { queryOptions, useQuery } from "@tanstack/react-query";
import { answer, api } from "../api/client";
import { keys } from "../api/keys";
import { set } from "../api/lists";
import type { Site } from "../api/resources";
import type { Choice } from "../design/fields";
import { useMay } from "../session/session";

/** So many are offered; words narrow them down. */
const OFFERED = 20;

export const siteQuery = (id: string) =>
  queryOptions({
    queryKey: keys.site(id),
    queryFn: ({ signal }) =>
      answer(api.GET("/api/v1/sites/{id}", { params: { path: { id } }, signal })),
    // They hardly ever change, and an event says so.
    staleTime: 5 * 60_000,
  });

/** The first few sites whose names have these words. */
export async function findSites(
  q: string,
  customer_id: string | undefined,
  signal: AbortSignal,
): Promise<Choice<string>[]> {
  const query = { limit: OFFERED, sort: "name", ...set({ q, customer_id }) };
  const page = await answer(api.GET("/api/v1/sites", { params: { query }, signal }));
  const names = page.items.map(({ name }) => name);
  const isShared = (name: string) => names.indexOf(name) !== names.lastIndexOf(name);
  return page.items.map(({ id, name, country, time_zone }) => ({
    id,
    label: name,
    // Two of one name are told apart by where they are.
    ...(isShared(name) ? { detail: `${country}, ${time_zone.replaceAll("_", " ")}` } : {}),
  }));
}

/** Whether there is more than one to choose from: with one, nobody needs to read its name. */
export function useHasSites(customer_id: string | null | undefined): boolean {
  const may = useMay();
  const query = { limit: 2, sort: "name", ...set({ customer_id }) };
  const sites = useQuery({
    queryKey: keys.list("sites", query),
    queryFn: ({ signal }) => answer(api.GET("/api/v1/sites", { params: { query }, signal })),
    enabled: may("site", "read") && customer_id !== null,
  });
  return (sites.data?.total ?? 0) > 1;
}

/** The name of a site that is known by its id. */
export function useSite(id: string | null | undefined): Site | undefined {
  const may = useMay();
  const isAsked = id != null && id !== "" && may("site", "read");
  return useQuery({ ...siteQuery(id ?? ""), enabled: isAsked }).data;
}

export function SiteName({ id }: { id: string | null }) {
  return <>{useSite(id)?.name}</>;
}
