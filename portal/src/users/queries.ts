import { queryOptions } from "@tanstack/react-query";
import { answer, api, ifMatch } from "../api/client";
import { serverNow } from "../design/hooks";
import { keys } from "../api/keys";
import { type List, set, useList } from "../api/lists";
import type { Device, DeviceWithPassword, User } from "../api/resources";
import type { components } from "../api/schema";
import type { UseSettled } from "./settle";

export interface UserFilters {
  customer_id?: string | undefined;
  q?: string | undefined;
  site_id?: string | undefined;
  role?: string | undefined;
  state?: User["state"] | undefined;
  has_extension?: boolean | undefined;
  sort?: string | undefined;
}

export function useUsers(filters: UserFilters, isReady: boolean): List<User> {
  return useList(
    "users",
    filters,
    (page, signal) =>
      answer(api.GET("/api/v1/users", { params: { query: { ...set(filters), ...page } }, signal })),
    { isReady },
  );
}

export const userQuery = (id: string) =>
  queryOptions({
    queryKey: keys.user(id),
    queryFn: ({ signal }) =>
      answer(api.GET("/api/v1/users/{id}", { params: { path: { id } }, signal })),
  });

export const endpointsQuery = (id: string) =>
  queryOptions({
    queryKey: keys.endpoints(id),
    queryFn: ({ signal }) =>
      answer(api.GET("/api/v1/users/{id}/endpoints", { params: { path: { id } }, signal })),
    // No event says that a phone has refreshed its registration.
    refetchInterval: (query) => nextLook(query.state.data?.items ?? [], serverNow()),
  });

const LOOK_MS = 15_000;

/** When to look again: every 15 s, and as soon as a registration would run out. */
export function nextLook(endpoints: { expires_at: string }[], now: number): number {
  const left = endpoints
    .map((one) => Date.parse(one.expires_at) - now + 1000)
    .filter((ms) => ms > 1000);
  return Math.min(LOOK_MS, ...left);
}

export const usesQuery = (id: string) =>
  queryOptions({
    queryKey: keys.uses("users", id),
    queryFn: ({ signal }) =>
      answer(api.GET("/api/v1/users/{id}/uses", { params: { path: { id } }, signal })),
    staleTime: 0,
  });

export const nextExtensionQuery = (customer_id: string | undefined) =>
  queryOptions({
    queryKey: ["next-extension", customer_id ?? null],
    queryFn: ({ signal }) =>
      answer(
        api.GET("/api/v1/users/next-extension", {
          params: { query: set({ customer_id }) },
          signal,
        }),
      ),
    staleTime: 0,
    // An offer is good for once.
    gcTime: 0,
  });

export type NewUser = components["schemas"]["NewUser"];
export type UserChanges = components["schemas"]["UserChanges"];

export function createUser(body: NewUser) {
  return answer(api.POST("/api/v1/users", { body }));
}

/** Changes what is named; a version makes it apply only to what was seen. */
export function updateUser(id: string, body: UserChanges, version?: number): Promise<User> {
  const header = version === undefined ? {} : ifMatch(version);
  return answer(api.PATCH("/api/v1/users/{id}", { params: { path: { id }, header }, body }));
}

/** Every use of theirs goes to somebody else, or ends, in the same step. */
export function deleteUser(id: string, uses: UseSettled[]): Promise<unknown> {
  const params = { path: { id } };
  return answer(api.POST("/api/v1/users/{id}/delete", { params, body: { uses } }));
}

export function addDevice(
  user: string,
  body: { mac?: string; model?: string },
): Promise<DeviceWithPassword> {
  return answer(api.POST("/api/v1/users/{id}/devices", { params: { path: { id: user } }, body }));
}

export function resetDevicePassword(device: Device): Promise<DeviceWithPassword> {
  return answer(
    api.POST("/api/v1/devices/{id}/reset-password", { params: { path: { id: device.id } } }),
  );
}

export function deleteDevice(device: Device): Promise<unknown> {
  return answer(api.DELETE("/api/v1/devices/{id}", { params: { path: { id: device.id } } }));
}

export function removeEndpoint(user: string, contact: string): Promise<unknown> {
  return answer(
    api.DELETE("/api/v1/users/{id}/endpoints", {
      params: { path: { id: user }, query: { contact } },
    }),
  );
}
