import { type QueryClient, queryOptions, useQuery } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { ApiError, answer, api, rememberCsrf } from "../api/client";
import { keys } from "../api/keys";
import type { Me } from "../api/resources";
import { forgetStored } from "../design/hooks";

/** The last who was signed in: pages are still drawn for a moment while a session goes. */
let known: Me | undefined;

/** Who is signed in and what they may do. */
export const meQuery = queryOptions({
  queryKey: keys.me,
  queryFn: async ({ signal }): Promise<Me> => {
    const me = await answer(api.GET("/api/v1/me", { signal }));
    rememberCsrf(me.csrf_token);
    known = me;
    return me;
  },
  staleTime: 5 * 60_000,
  retry: false,
});

/** The signed-in; pages inside the frame always have one. */
export function useMe(): Me {
  const { data = known } = useQuery(meQuery);
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

/** The id of the reader's own page; undefined for those who have none or may not read it. */
export function ownPage(me: Me): string | undefined {
  const { kind, id } = me.principal;
  return kind === "user" && may(me, "user", "read") ? (id ?? undefined) : undefined;
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

/** Ends the session, which may have ended by itself. */
export async function signOut(client: QueryClient): Promise<void> {
  try {
    await answer(api.DELETE("/api/v1/session"));
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 401)) throw error;
  }
  forgetSession(client);
}

/** Leaves nothing of the session in this page or in this browser. */
export function forgetSession(client: QueryClient): void {
  rememberCsrf(undefined);
  forgetPersonal();
  client.clear();
}

/** What somebody signs in with. */
export interface Credentials {
  account_name: string;
  username: string;
  password: string;
}

/** Signs in, and reads anew who that is. */
export async function signIn(client: QueryClient, body: Credentials): Promise<Me> {
  await answer(api.POST("/api/v1/session", { body }));
  const me = await client.query({ ...meQuery, staleTime: 0 });
  channel?.postMessage(me.principal.id);
  return me;
}

/** Tells the browser's other tabs, which share the session, that it is another's now. */
const channel =
  typeof BroadcastChannel === "undefined" ? undefined : new BroadcastChannel("convoke.session");

/** Calls back when another tab has signed in as somebody else than is shown here. */
export function onOtherAccount(act: () => void): () => void {
  const heard = ({ data }: MessageEvent<unknown>) => {
    if (known !== undefined && data !== known.principal.id) act();
  };
  channel?.addEventListener("message", heard);
  return () => channel?.removeEventListener("message", heard);
}

/** A session that ended while its reader was at work: waits until they have signed in again. */
class Renewal {
  private answerAll: ((renewed: boolean) => void) | undefined;
  private waiting: Promise<boolean> | undefined;
  private rounds = 0;
  private readonly readers = new Set<() => void>();

  /** One question, however many requests wait for it. */
  readonly ask = (): Promise<boolean> => {
    this.waiting ??= new Promise((resolve) => {
      this.answerAll = resolve;
    });
    this.changed();
    return this.waiting;
  };

  readonly settle = (renewed: boolean): void => {
    const answerAll = this.answerAll;
    this.answerAll = undefined;
    this.waiting = undefined;
    if (renewed) this.rounds += 1;
    answerAll?.(renewed);
    this.changed();
  };

  readonly subscribe = (reader: () => void): (() => void) => {
    this.readers.add(reader);
    return () => this.readers.delete(reader);
  };

  readonly isAsking = (): boolean => this.waiting !== undefined;
  readonly round = (): number => this.rounds;

  private changed(): void {
    for (const reader of this.readers) reader();
  }
}

export const renewal = new Renewal();

/** Whether the page waits for its reader to sign in again. */
export function useIsAsking(): boolean {
  return useSyncExternalStore(renewal.subscribe, renewal.isAsking);
}

/** Counts the times that a session was renewed under the page. */
export function useSessionRound(): number {
  return useSyncExternalStore(renewal.subscribe, renewal.round);
}

/** What concerns people is kept for its reader alone: lists of whom to call, dial prefixes. */
export function personal(me: Me, name: string): string {
  return `own.${me.principal.id ?? me.principal.kind}.${name}`;
}

/** Leaves nothing of theirs to whoever signs in next at this computer. */
function forgetPersonal(): void {
  // The second and third are names of former versions.
  forgetStored(["own.", "invite.", "dial-prefix"]);
}
