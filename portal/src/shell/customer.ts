import { useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { answer, api } from "../api/client";
import { keys } from "../api/keys";
import type { Customer } from "../api/resources";
import { isProvider, useMe } from "../session/session";

/** In the address: no customer but the provider with everything below it. */
export const ALL = "all";

/** The customers that a provider's administrator switches between. */
export function useCustomers(): Customer[] {
  const me = useMe();
  const { data } = useQuery({
    queryKey: keys.list("customers", { sort: "name" }),
    queryFn: ({ signal }) =>
      answer(
        api.GET("/api/v1/customers", { params: { query: { limit: 500, sort: "name" } }, signal }),
      ),
    enabled: isProvider(me),
  });
  return data?.items ?? [];
}

/**
 * Whose things the page shows. Undefined for those who belong to a customer: the server knows.
 * The provider's choice is in the address, the first customer until one is chosen.
 */
export function useCustomerId(): string | undefined {
  const me = useMe();
  const search = useSearch({ strict: false });
  const customers = useCustomers();
  if (!isProvider(me) || search.customer === ALL) return undefined;
  return search.customer ?? customers[0]?.id;
}

/** Whether {@link useCustomerId} already knows; lists wait for it. */
export function useCustomerKnown(): boolean {
  const me = useMe();
  const search = useSearch({ strict: false });
  const id = useCustomerId();
  return !isProvider(me) || search.customer === ALL || id !== undefined;
}
