import { queryOptions, useQuery } from "@tanstack/react-query";
import { plain } from "../api/client";
import type { AccessProfile } from "../api/resources";
import { type Text, useText } from "../design/texts";

/** The access profiles that can be given as a role. */
export const profilesQuery = queryOptions({
  queryKey: ["access-profiles", "assignable"],
  // Nobody hands out more than they have themselves.
  queryFn: () =>
    plain<{ items: AccessProfile[] }>("GET", "/api/v1/access-profiles?assignable=true&limit=500"),
  staleTime: 5 * 60_000,
});

const STANDARD = new Set([
  "provider_administrator",
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
export function useRoles() {
  const t = useText();
  return useQuery(profilesQuery)
    .data?.items.filter(({ name }) => isForUsers(name))
    .map(({ name }) => ({ id: name, label: roleName(name, t) }));
}
