import { useQueries, useQueryClient } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { ApiError } from "../api/client";
import type { User } from "../api/resources";
import { Confirm } from "../design/confirm";
import { Notice, SkeletonLines } from "../design/display";
import { useText } from "../design/texts";
import { toast } from "../design/toast";
import { deleteUser, usesQuery } from "./queries";
import { type Chosen, settled } from "./settle";
import { SettleUses } from "./settle-uses";
import { UsesList } from "./uses";
import "./texts";

/** More uses than these are only looked at when deleting. */
const SHOWN_USES = 20;

/** One of whom nothing is left to be decided, with who takes over what they are used in. */
interface Ready {
  user: User;
  decided: Parameters<typeof deleteUser>[1];
}

/**
 * Shows what the people are used in, asks who takes each use over, and deletes those of whom
 * nothing is left to be decided.
 */
export function DeleteUsers(props: { users: User[]; onClose: () => void; onDone: () => void }) {
  const t = useText();
  const { users } = props;
  const [chosen, setChosen] = useState<Chosen>({});
  const { isLooking, used, ready } = useDecisions(users, chosen);
  const remove = useDeletion();
  return (
    <Confirm
      danger
      icon={Trash2}
      title={t("users-delete-title", { count: users.length, name: users[0]?.name ?? "" })}
      text={!isLooking && ready.length > 0 && t("users-delete-text", { count: ready.length })}
      action={t("users-delete-count", { count: ready.length })}
      isDisabled={isLooking || ready.length === 0}
      act={() => remove(ready)}
      onDone={props.onDone}
      onClose={props.onClose}
      detail={(error) => (
        <UsesList items={error instanceof ApiError ? (error.problem.used_in ?? []) : []} />
      )}
    >
      {isLooking ? (
        <SkeletonLines lines={2} />
      ) : (
        used.map(({ user, items }) => (
          <Notice tone="warn" key={user.id}>
            <p>{t("users-delete-used", { name: user.name })}</p>
            <SettleUses
              user={user}
              items={items}
              going={new Set(users.map((one) => one.id))}
              chosen={chosen}
              onChoose={(key, heir) => setChosen((before) => ({ ...before, [key]: heir }))}
            />
          </Notice>
        ))
      )}
    </Confirm>
  );
}

/** What the people are used in, and those who can go as it was chosen. */
function useDecisions(users: User[], chosen: Chosen) {
  const uses = useQueries({
    queries: users.slice(0, SHOWN_USES).map((user) => usesQuery(user.id)),
  });
  const of = (index: number) => uses[index]?.data?.items ?? [];
  return {
    isLooking: uses.some((one) => one.isPending),
    used: users
      .map((user, index) => ({ user, items: of(index) }))
      .filter(({ items }) => items.length > 0),
    ready: users.flatMap((user, index): Ready[] => {
      const decided = settled(user.id, of(index), chosen);
      return decided === undefined ? [] : [{ user, decided }];
    }),
  };
}

/** Deletes one after the other, says how many went, and throws the last refusal. */
function useDeletion() {
  const t = useText();
  const client = useQueryClient();
  return async (ready: Ready[]) => {
    let failure: Error | undefined;
    let done = 0;
    for (const { user, decided } of ready) {
      try {
        await deleteUser(user.id, decided);
        client.removeQueries({ queryKey: ["users", "one", user.id] });
        done += 1;
      } catch (error) {
        if (!(error instanceof ApiError && error.status === 404))
          failure = error instanceof Error ? error : new Error(String(error));
      }
    }
    await client.invalidateQueries({ queryKey: ["users", "list"] });
    if (failure !== undefined) await client.invalidateQueries({ queryKey: ["uses"] });
    if (done > 0)
      toast({
        kind: "ok",
        text: t("users-deleted-done", { count: done, name: ready[0]?.user.name ?? "" }),
      });
    if (failure !== undefined) throw failure;
  };
}
