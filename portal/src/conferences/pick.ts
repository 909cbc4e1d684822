import { answer, api } from "../api/client";
import { set } from "../api/lists";
import type { Choice } from "../design/fields";

/** The first of the rooms that the words find, to choose from. */
export async function findRooms(
  q: string,
  customer_id: string | undefined,
  signal: AbortSignal,
): Promise<Choice<string>[]> {
  const query = { limit: 20, sort: "name", ...set({ q, customer_id }) };
  const page = await answer(api.GET("/api/v1/conference-rooms", { params: { query }, signal }));
  return page.items.map(({ id, name, number }) => ({ id, label: name, detail: number }));
}
