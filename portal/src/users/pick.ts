import { queryOptions, useQueries } from "@tanstack/react-query";
import { answer, api } from "../api/client";
import { keys } from "../api/keys";
import { set } from "../api/lists";
import type { User } from "../api/resources";
import { userQuery } from "./queries";

/** So many are offered; words narrow them down. */
const OFFERED = 20;

/** Finds people by name, number or email, for a picker. */
export async function findUsers(
  q: string,
  customer_id: string | undefined,
  signal: AbortSignal,
): Promise<User[]> {
  const query = { limit: OFFERED, sort: "name", has_extension: true, ...set({ q, customer_id }) };
  const page = await answer(api.GET("/api/v1/users", { params: { query }, signal }));
  return page.items;
}

/** Who has this extension; null: nobody. */
export const holderQuery = (extension: string, customer_id: string) =>
  queryOptions({
    // Among the lists of users: what changes those changes this.
    queryKey: keys.list("users", { extension, customer_id }),
    queryFn: async ({ signal }) => {
      const query = { limit: OFFERED, sort: "extension", q: extension, customer_id };
      const page = await answer(api.GET("/api/v1/users", { params: { query }, signal }));
      return page.items.find((one) => one.extension === extension) ?? null;
    },
    staleTime: 60_000,
  });

/** The names of these people; an id stands for whom the reader may not see. */
export function useUserNames(ids: string[]): (id: string) => string {
  const found = useQueries({ queries: ids.map((id) => userQuery(id)) });
  const names = new Map(ids.map((id, index) => [id, found[index]?.data?.name]));
  return (id) => names.get(id) ?? id;
}
