import { queryOptions, useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { answer, api } from "../api/client";
import { keys } from "../api/keys";
import { set } from "../api/lists";
import type { Customer } from "../api/resources";
import { isProvider, useMe } from "../session/session";

/** In the address: no customer but the provider with everything below it. */
export const ALL = "all";

const customerQuery = (id: string) =>
  queryOptions({
    queryKey: keys.customer(id),
    queryFn: ({ signal }) =>
      answer(api.GET("/api/v1/customers/{id}", { params: { path: { id } }, signal })),
  });

/** So many are offered; words narrow them down. */
const OFFERED = 20;

/** The first few customers whose names have these words. */
export async function findCustomers(q: string, signal: AbortSignal): Promise<Customer[]> {
  const query = { limit: OFFERED, sort: "name", ...set({ q }) };
  const page = await answer(api.GET("/api/v1/customers", { params: { query }, signal }));
  return page.items;
}

/** Whom the provider's people see before they choose. */
function useFirstCustomer(isWanted: boolean): Customer | undefined {
  const { data } = useQuery({
    queryKey: keys.list("customers", { first: true }),
    queryFn: ({ signal }) =>
      answer(
        api.GET("/api/v1/customers", { params: { query: { limit: 1, sort: "name" } }, signal }),
      ),
    enabled: isWanted,
  });
  return data?.items[0];
}

/** The name of the customer that the provider's people look at. */
export function useCustomerName(): string | undefined {
  const id = useCustomerId();
  return useQuery({ ...customerQuery(id ?? ""), enabled: id !== undefined }).data?.name;
}

/**
 * Whose things the page shows. Undefined for those who belong to a customer: the server knows.
 * The provider's choice is in the address, the first customer until one is chosen.
 */
export function useCustomerId(): string | undefined {
  const me = useMe();
  const search = useSearch({ strict: false });
  const isOpen = isProvider(me) && search.customer === undefined;
  const first = useFirstCustomer(isOpen);
  if (!isProvider(me) || search.customer === ALL) return undefined;
  return search.customer ?? first?.id;
}

/** Whether {@link useCustomerId} already knows; lists wait for it. */
export function useCustomerKnown(): boolean {
  const me = useMe();
  const search = useSearch({ strict: false });
  const id = useCustomerId();
  return !isProvider(me) || search.customer === ALL || id !== undefined;
}
