import { queryOptions, useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { ApiError, answer, api } from "../api/client";
import { keys } from "../api/keys";
import { set } from "../api/lists";
import type { Customer, Me } from "../api/resources";
import { useStored } from "../design/hooks";
import { useText } from "../design/texts";
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

/** The customer that somebody chose last in this browser; "" until they have. */
function useRemembered(me: Me) {
  return useStored(`customer.${me.principal.id ?? me.principal.kind}`, "");
}

/** Remembers whom the reader chose, for addresses that name nobody. */
export function useRememberCustomer(): (id: string) => void {
  const [, remember] = useRemembered(useMe());
  return remember;
}

async function exists(id: string, signal: AbortSignal): Promise<boolean> {
  try {
    await answer(api.GET("/api/v1/customers/{id}", { params: { path: { id } }, signal }));
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return false;
    throw error;
  }
}

/** The server's own customer: the one that was there before all others. */
async function oldestCustomer(signal: AbortSignal): Promise<string | null> {
  const query = { limit: 1, sort: "created_at" };
  const page = await answer(api.GET("/api/v1/customers", { params: { query }, signal }));
  return page.items[0]?.id ?? null;
}

/** Whom the provider's people see where the address names nobody. */
function useFirstCustomer(me: Me, isWanted: boolean): string | undefined {
  const [remembered] = useRemembered(me);
  const { data } = useQuery({
    queryKey: keys.list("customers", { first: true }),
    queryFn: async ({ client, queryKey, signal }) => {
      // What is on the page stays as long as it exists, whatever is chosen in other tabs.
      const id = client.getQueryData<string | null>(queryKey) ?? remembered;
      return id !== "" && (await exists(id, signal)) ? id : oldestCustomer(signal);
    },
    enabled: isWanted,
  });
  return data ?? undefined;
}

/** The name of the customer that the provider's people look at. */
export function useCustomerName(): string | undefined {
  const id = useCustomerId();
  return useQuery({ ...customerQuery(id ?? ""), enabled: id !== undefined }).data?.name;
}

/** What the people of a customer sign in with beside their username. */
export function useAccountName(customerId: string) {
  const own = useMe().customer;
  const isOwn = own?.id === customerId;
  const { data, isLoading } = useQuery({ ...customerQuery(customerId), enabled: !isOwn });
  return { accountName: isOwn ? own.account_name : data?.account_name, isLoading };
}

/**
 * Whose things the page shows. Undefined for those who belong to a customer: the server knows.
 * The provider's choice is in the address; where it is not, the last one holds.
 */
export function useCustomerId(): string | undefined {
  const me = useMe();
  const search = useSearch({ strict: false });
  const isOpen = isProvider(me) && search.customer === undefined;
  const first = useFirstCustomer(me, isOpen);
  if (!isProvider(me) || search.customer === ALL) return undefined;
  return search.customer ?? first;
}

/** Whether the provider's people look at no customer but at everything. */
export function useIsAll(): boolean {
  const isAll = useSearch({ strict: false }).customer === ALL;
  return isProvider(useMe()) && isAll;
}

/** Why nothing can be added that belongs to a customer: none is chosen. */
export function useNoCustomer(): string | undefined {
  const t = useText();
  return useIsAll() ? t("shell-choose-customer") : undefined;
}

/** Whether {@link useCustomerId} already knows; lists wait for it. */
export function useCustomerKnown(): boolean {
  const me = useMe();
  const search = useSearch({ strict: false });
  const id = useCustomerId();
  return !isProvider(me) || search.customer === ALL || id !== undefined;
}
