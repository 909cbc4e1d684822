import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "../api/client";
import type { Text } from "../design/texts";

/** The access profiles that can be given as a role. */
export const profilesQuery = queryOptions({
  queryKey: ["access-profiles"],
  queryFn: ({ signal }) => answer(api.GET("/api/v1/access-profiles", { signal })),
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
