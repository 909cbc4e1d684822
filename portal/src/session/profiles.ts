import { queryOptions, useQuery } from "@tanstack/react-query";
import { answer, api } from "../api/client";
import { set } from "../api/lists";
import { type Text, useText } from "../design/texts";

/** The access profiles that can be given as a role inside a customer. */
export const profilesQuery = (customer_id: string | undefined) =>
  queryOptions({
    queryKey: ["access-profiles", "assignable", customer_id ?? null],
    // Nobody hands out more than they have themselves, nor what reaches beyond the customer.
    queryFn: ({ signal }) => {
      const query = { assignable: true, limit: 500, ...set({ customer_id }) };
      return answer(api.GET("/api/v1/access-profiles", { params: { query }, signal }));
    },
    staleTime: 5 * 60_000,
  });

/** The one role of the provider's own people. */
export const PROVIDER_ROLE = "provider_administrator";

const STANDARD = new Set([
  PROVIDER_ROLE,
  "customer_administrator",
  "site_administrator",
  "operator",
  "receptionist",
  "user",
  "conference_manager",
  "read_only",
  "api",
]);

/** A role as people call it; one's own profiles keep the name that they were given. */
export function roleName(role: string, t: Text): string {
  return STANDARD.has(role) ? t(`session-role-${role.replaceAll("_", "-")}`) : role;
}

/** What only accounts of their own kind have. */
export const isForUsers = (profile: string) =>
  profile !== "conference_manager" && profile !== "api";

/** The roles that a user can be given here; undefined while they are on their way. */
export function useRoles(customer_id: string | undefined) {
  const t = useText();
  return useQuery(profilesQuery(customer_id))
    .data?.items.filter(({ name }) => isForUsers(name))
    .map(({ name }) => ({ id: name, label: roleName(name, t) }));
}
