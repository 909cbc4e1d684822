import { ApiError, answer, api } from "../api/client";
import { type List, set, useList } from "../api/lists";
import type { Contact } from "../api/resources";
import { useCustomerId, useCustomerKnown } from "../shell/customer";

export function useContacts(q: string, sort: string): List<Contact> {
  const filters = { customer_id: useCustomerId(), q, sort };
  return useList(
    "contacts",
    filters,
    (page, signal) =>
      answer(
        api.GET("/api/v1/contacts", { params: { query: { ...set(filters), ...page } }, signal }),
      ),
    { isReady: useCustomerKnown() },
  );
}

export function createContact(
  name: string,
  target: string,
  customer_id: string | undefined,
): Promise<Contact> {
  return answer(api.POST("/api/v1/contacts", { body: { name, target, ...set({ customer_id }) } }));
}

/** One that is gone already is as it should be. */
export async function deleteContact({ id }: Contact): Promise<void> {
  try {
    await answer(api.DELETE("/api/v1/contacts/{id}", { params: { path: { id } } }));
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error;
  }
}
