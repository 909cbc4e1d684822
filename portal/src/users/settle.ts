import type { UsedIn } from "../api/resources";
import type { components } from "../api/schema";

/** Who takes a use over; without an id it ends. */
export interface Heir {
  id: string | null;
  name: string;
}

/** What was chosen so far, by the use it is for. */
export type Chosen = Readonly<Record<string, Heir>>;

export type UseSettled = components["schemas"]["UseSettled"];

/** Names one use of one person. */
export function keyOfUse(userId: string, item: UsedIn): string {
  return [userId, item.kind, item.id].join(" ");
}

/** What becomes of every use of a person; undefined while one of them waits for a choice. */
export function settled(
  userId: string,
  items: readonly UsedIn[],
  chosen: Chosen,
): UseSettled[] | undefined {
  const all = items.flatMap((item) => {
    const heir = chosen[keyOfUse(userId, item)];
    if (heir === undefined) return [];
    return [{ kind: item.kind, id: item.id, replacement_id: heir.id }];
  });
  return all.length === items.length ? all : undefined;
}
