import { answer, api } from "../api/client";
import { type List, set, useList } from "../api/lists";
import type { AuditEntry, Call, Conference, Room, User } from "../api/resources";
import { useMay } from "../session/session";
import { useCustomerId, useCustomerKnown } from "../shell/customer";

/** Rows of a card: the rest is a link away. */
const ROWS = 6;

/** Whose things are shown, once that is known; never what the reader may not read. */
function useOf(model: string) {
  const may = useMay();
  const isKnown = useCustomerKnown();
  return { customer_id: useCustomerId(), isReady: isKnown && may(model, "read") };
}

/** How many users there are; with a state, how many are in it. Nobody's row is kept. */
export function useUserCount(state?: User["state"]): number | undefined {
  const { customer_id, isReady } = useOf("user");
  const filters = { customer_id, state, limit: 1 };
  const list = useList<User>(
    "users",
    filters,
    (page, signal) =>
      answer(api.GET("/api/v1/users", { params: { query: { ...page, ...set(filters) } }, signal })),
    { isReady },
  );
  return list.total;
}

/** How many rooms there are. */
export function useRoomCount(): number | undefined {
  const { customer_id, isReady } = useOf("conference_room");
  const filters = { customer_id, limit: 1 };
  const list = useList<Room>(
    "rooms",
    filters,
    (page, signal) =>
      answer(
        api.GET("/api/v1/conference-rooms", {
          params: { query: { ...page, ...set(filters) } },
          signal,
        }),
      ),
    { isReady },
  );
  return list.total;
}

/** The calls that began last and go on. */
export function useLiveCalls(): List<Call> {
  const { customer_id, isReady } = useOf("call");
  const filters = { customer_id, state: "live" as const, sort: "-started_at", limit: ROWS };
  return useList(
    "calls",
    filters,
    (page, signal) =>
      answer(api.GET("/api/v1/calls", { params: { query: { ...page, ...set(filters) } }, signal })),
    { isReady },
  );
}

/** The conferences that began last and go on. */
export function useRunningConferences(): List<Conference> {
  const { customer_id, isReady } = useOf("conference");
  const filters = { customer_id, state: "running" as const, sort: "-started_at", limit: ROWS };
  return useList(
    "conferences",
    filters,
    (page, signal) =>
      answer(
        api.GET("/api/v1/conferences", { params: { query: { ...page, ...set(filters) } }, signal }),
      ),
    { isReady },
  );
}

/** What was changed last; that people came and went changes nothing. */
export function useLatestChanges(): List<AuditEntry> {
  const { customer_id, isReady } = useOf("audit_log");
  const filters = { customer_id, except_action: "session.", limit: ROWS };
  return useList(
    "audit",
    filters,
    (page, signal) =>
      answer(api.GET("/api/v1/audit", { params: { query: { ...page, ...set(filters) } }, signal })),
    { isReady },
  );
}
