import { useQueryClient } from "@tanstack/react-query";
import { explain } from "../api/errors";
import { show } from "../api/live";
import type { User } from "../api/resources";
import { listOf, useText } from "../design/texts";
import { toast } from "../design/toast";
import { useBatch } from "../design/use-batch";
import { updateUser } from "./queries";

/** More names than these are not said. */
const NAMED = 5;

/** Disables or enables people, shows how far it is, says so, and offers to take it back. */
export function useSetDisabled() {
  const t = useText();
  const client = useQueryClient();
  const batch = useBatch<User>([]);
  const apply = async (users: User[], disabled: boolean, canUndo: boolean): Promise<void> => {
    const changed: User[] = [];
    const todo = users.filter((one) => one.advanced.disabled !== disabled);
    const { failed } = await batch.run(todo, async (user) => {
      const after = await updateUser(user.id, { advanced: { disabled } });
      show(client, "users", after);
      changed.push(after);
    });
    if (failed.length > 0) {
      const names = listOf(failed.slice(0, NAMED).map(({ item }) => item.name));
      const others = failed.length > NAMED ? "…" : "";
      toast({ kind: "bad", text: `${names}${others}: ${explain(failed.at(-1)?.error, t)}` });
    }
    if (changed.length === 0) return;
    const id = disabled ? "users-disabled-done" : "users-enabled-done";
    toast({
      kind: "ok",
      text: t(id, { count: changed.length, name: changed[0]?.name ?? "" }),
      undo: canUndo ? () => void apply(changed, !disabled, false) : undefined,
    });
  };
  const act = async (users: User[], disabled: boolean) => {
    // A second click would go over the same people beside the first.
    if (!batch.isBusy) await apply(users, disabled, true);
  };
  return { act, progress: batch.progress, stop: batch.stop };
}
