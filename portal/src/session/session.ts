import { type QueryClient, queryOptions, useQuery } from "@tanstack/react-query";
import { answer, api, rememberCsrf } from "../api/client";
import { keys } from "../api/keys";
import type { Me } from "../api/resources";

/** Who is signed in and what they may do. */
export const meQuery = queryOptions({
  queryKey: keys.me,
  queryFn: async ({ signal }): Promise<Me> => {
    const me = await answer(api.GET("/api/v1/me", { signal }));
    rememberCsrf(me.csrf_token);
    return me;
  },
  staleTime: 5 * 60_000,
  retry: false,
});

/** The signed-in; pages inside the frame always have one. */
export function useMe(): Me {
  const { data } = useQuery(meQuery);
  if (data === undefined) throw new Error("a page inside the frame was drawn without a session");
  return data;
}

/** Whether any of the grants covers this, however far it reaches. */
export function may(me: Me, model: string, operation: string): boolean {
  return me.grants.some(
    (grant) =>
      (grant.model === "*" || grant.model === model) &&
      (grant.operation === "*" || grant.operation === operation),
  );
}

/** Whether this may be done to more than one's own. */
export function mayBeyondOwn(me: Me, model: string, operation: string): boolean {
  return me.grants.some(
    (grant) =>
      (grant.model === "*" || grant.model === model) &&
      (grant.operation === "*" || grant.operation === operation) &&
      grant.scope !== "own",
  );
}

/** Asks about the signed-in, from the page. */
export function useMay(): (model: string, operation: string) => boolean {
  const me = useMe();
  return (model, operation) => may(me, model, operation);
}

/** Whether the reader sits above customers and so must say which one. */
export function isProvider(me: Me): boolean {
  return me.customer === null;
}

export async function signOut(client: QueryClient): Promise<void> {
  await answer(api.DELETE("/api/v1/session"));
  rememberCsrf(undefined);
  client.clear();
}
