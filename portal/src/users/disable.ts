import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { explain } from "../api/errors";
import { show } from "../api/live";
import type { User } from "../api/resources";
import { listOf, useText } from "../design/texts";
import { toast } from "../design/toast";
import { updateUser } from "./queries";

/** More names than these are not said. */
const NAMED = 5;

/** Disables or enables people, says so, and offers to take it back. */
export function useSetDisabled() {
  const t = useText();
  const client = useQueryClient();
  const apply = async (users: User[], disabled: boolean, canUndo: boolean): Promise<void> => {
    const done: User[] = [];
    const failed: string[] = [];
    let failure: unknown;
    for (const user of users.filter((one) => one.advanced.disabled !== disabled)) {
      try {
        const changed = await updateUser(user.id, { advanced: { disabled } });
        show(client, "users", changed);
        done.push(changed);
      } catch (error) {
        failure = error;
        failed.push(user.name);
      }
    }
    if (failure !== undefined)
      toast({
        kind: "bad",
        text: `${listOf(failed.slice(0, NAMED))}${failed.length > NAMED ? "…" : ""}: ${explain(failure, t)}`,
      });
    if (done.length === 0) return;
    const id = disabled ? "users-disabled-done" : "users-enabled-done";
    toast({
      kind: "ok",
      text: t(id, { count: done.length, name: done[0]?.name ?? "" }),
      undo: canUndo ? () => void apply(done, !disabled, false) : undefined,
    });
  };
  const [isPending, setPending] = useState(false);
  const act = async (users: User[], disabled: boolean) => {
    // A second click would go over the same people beside the first.
    if (isPending) return;
    setPending(true);
    try {
      await apply(users, disabled, true);
    } finally {
      setPending(false);
    }
  };
  return { act, isPending };
}
