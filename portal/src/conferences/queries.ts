import { queryOptions } from "@tanstack/react-query";
import { answer, api, ifMatch } from "../api/client";
import { keys } from "../api/keys";
import { type List, set, useList } from "../api/lists";
import type { Conference, Contact, PhoneBookEntry, Room } from "../api/resources";
import type { components } from "../api/schema";

type Schemas = components["schemas"];
export type RoomChanges = Schemas["ConferenceRoomChanges"];
export type NewRoom = Schemas["NewConferenceRoom"];

export interface RoomFilters {
  customer_id?: string | undefined;
  q?: string | undefined;
  sort?: string | undefined;
}

export function useRooms(filters: RoomFilters, isReady: boolean): List<Room> {
  return useList(
    "rooms",
    filters,
    (page, signal) =>
      answer(
        api.GET("/api/v1/conference-rooms", {
          params: { query: { ...set(filters), ...page } },
          signal,
        }),
      ),
    { isReady },
  );
}

export const roomQuery = (id: string) =>
  queryOptions({
    queryKey: keys.room(id),
    queryFn: ({ signal }) =>
      answer(api.GET("/api/v1/conference-rooms/{id}", { params: { path: { id } }, signal })),
  });

export const conferenceQuery = (id: string) =>
  queryOptions({
    queryKey: keys.conference(id),
    queryFn: ({ signal }) =>
      answer(api.GET("/api/v1/conferences/{id}", { params: { path: { id } }, signal })),
  });

export function usePastConferences(room_id: string): List<Conference> {
  const filters = { room_id, state: "ended" as const, sort: "-started_at" };
  return useList("conferences", filters, (page, signal) =>
    answer(api.GET("/api/v1/conferences", { params: { query: { ...filters, ...page } }, signal })),
  );
}

interface BookFilters {
  customer_id?: string | undefined;
  q?: string | undefined;
}

/** How old a state beside a name may be. */
const BOOK_MS = 5000;

/** Everyone who can be invited, users and contacts together. */
export function usePhoneBook(filters: BookFilters, isReady: boolean): List<PhoneBookEntry> {
  return useList(
    "phone-book",
    filters,
    (page, signal) =>
      answer(
        api.GET("/api/v1/phone-book", { params: { query: { ...set(filters), ...page } }, signal }),
      ),
    // Who may not read people gets no events of them.
    { isReady, everyMs: isReady ? BOOK_MS : undefined },
  );
}

/** The contacts alone, in the shape of the phone book. */
export function useContactBook(
  filters: BookFilters,
  isReady: boolean,
): Omit<List<PhoneBookEntry>, "pages"> {
  const list = useList<Contact>(
    "contacts",
    { ...filters, sort: "name" },
    (page, signal) =>
      answer(
        api.GET("/api/v1/contacts", {
          params: { query: { ...set(filters), sort: "name", ...page } },
          signal,
        }),
      ),
    { isReady },
  );
  return {
    ...list,
    rows: list.rows.map(({ id, name, target }) => ({
      kind: "contact",
      id,
      name,
      target,
      state: null,
    })),
  };
}

/** Who has a number, by asking the phone book for exactly it. */
export const whoHasQuery = (target: string, customer_id: string | undefined) =>
  queryOptions({
    queryKey: ["who-has", customer_id ?? null, target],
    queryFn: async ({ signal }): Promise<PhoneBookEntry | null> => {
      const query = { q: target, limit: 20, ...set({ customer_id }) };
      const page = await answer(api.GET("/api/v1/phone-book", { params: { query }, signal }));
      return page.items.find((entry) => entry.target === target) ?? null;
    },
    staleTime: 60_000,
  });

/** Which of these a room could call now, and whose they are. Nobody is called. */
export const reachQuery = (room: string, targets: string[]) =>
  queryOptions({
    queryKey: ["reach", room, targets],
    queryFn: ({ signal }) =>
      answer(
        api.POST("/api/v1/conference-rooms/{id}/reach", {
          params: { path: { id: room } },
          body: { targets },
          signal,
        }),
      ),
    enabled: targets.length > 0,
    staleTime: 30_000,
  });

export function createRoom(body: NewRoom): Promise<Room> {
  return answer(api.POST("/api/v1/conference-rooms", { body }));
}

export function updateRoom(id: string, body: RoomChanges, version?: number): Promise<Room> {
  const header = version === undefined ? {} : ifMatch(version);
  return answer(
    api.PATCH("/api/v1/conference-rooms/{id}", { params: { path: { id }, header }, body }),
  );
}

export function deleteRoom(id: string): Promise<unknown> {
  return answer(api.DELETE("/api/v1/conference-rooms/{id}", { params: { path: { id } } }));
}

export function startConference(
  room: string,
  body: { invite: string[]; host: string | null },
): Promise<Conference> {
  return answer(
    api.POST("/api/v1/conference-rooms/{id}/start", { params: { path: { id: room } }, body }),
  );
}

/** Ids, or everyone who does not moderate. */
export type Who = string[] | "all";

const path = (id: string) => ({ params: { path: { id } } });

/** What can be done to a running conference; each answers with the whole of it afterwards. */
export const actions = {
  invite: (id: string, targets: string[]) =>
    answer(api.POST("/api/v1/conferences/{id}/invite", { ...path(id), body: { targets } })),
  lock: (id: string) => answer(api.POST("/api/v1/conferences/{id}/lock", path(id))),
  unlock: (id: string) => answer(api.POST("/api/v1/conferences/{id}/unlock", path(id))),
  end: (id: string) => answer(api.POST("/api/v1/conferences/{id}/end", path(id))),
  mute: (id: string, participants: Who) =>
    answer(api.POST("/api/v1/conferences/{id}/mute", { ...path(id), body: { participants } })),
  unmute: (id: string, participants: Who) =>
    answer(api.POST("/api/v1/conferences/{id}/unmute", { ...path(id), body: { participants } })),
  admit: (id: string, participants: Who) =>
    answer(api.POST("/api/v1/conferences/{id}/admit", { ...path(id), body: { participants } })),
  lowerHands: (id: string, participants: Who) =>
    answer(
      api.POST("/api/v1/conferences/{id}/lower-hands", { ...path(id), body: { participants } }),
    ),
  record: (id: string, on: boolean) =>
    answer(api.POST("/api/v1/conferences/{id}/record", { ...path(id), body: { on } })),
  kick: (id: string, participants: Who, ban_secs: number | undefined) =>
    answer(
      api.POST("/api/v1/conferences/{id}/kick", {
        ...path(id),
        body: { participants, ...(ban_secs === undefined ? {} : { ban_secs }) },
      }),
    ),
};
