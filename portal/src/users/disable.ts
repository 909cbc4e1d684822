import { useQueryClient } from "@tanstack/react-query";
import { explain } from "../api/errors";
import { show } from "../api/live";
import type { User } from "../api/resources";
import { useText } from "../design/texts";
import { toast } from "../design/toast";
import { updateUser } from "./queries";

/** Disables or enables people, says so, and offers to take it back. */
export function useSetDisabled() {
  const t = useText();
  const client = useQueryClient();
  const apply = async (users: User[], disabled: boolean, canUndo: boolean): Promise<void> => {
    const done: User[] = [];
    let failure: unknown;
    for (const user of users.filter((one) => one.advanced.disabled !== disabled)) {
      try {
        const changed = await updateUser(user.id, { advanced: { disabled } });
        show(client, "users", changed);
        done.push(changed);
      } catch (error) {
        failure = error;
      }
    }
    if (failure !== undefined) toast({ kind: "bad", text: explain(failure, t) });
    if (done.length === 0) return;
    const id = disabled ? "users-disabled-done" : "users-enabled-done";
    toast({
      kind: "ok",
      text: t(id, { count: done.length, name: done[0]?.name ?? "" }),
      undo: canUndo ? () => void apply(done, !disabled, false) : undefined,
    });
  };
  return (users: User[], disabled: boolean) => apply(users, disabled, true);
}
