import { useQueries, useQueryClient } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { ApiError } from "../api/client";
import type { User } from "../api/resources";
import { ConfirmSeveral } from "../design/confirm-several";
import { Notice, SkeletonLines } from "../design/display";
import { useText } from "../design/texts";
import { toast } from "../design/toast";
import { type Batch, useBatch } from "../design/use-batch";
import { deleteUser, usesQuery } from "./queries";
import { type Chosen, settled } from "./settle";
import { SettleUses } from "./settle-uses";
import { usesIn } from "./uses";
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
export default function DeleteUsers(props: {
  users: User[];
  onClose: () => void;
  onDone: () => void;
}) {
  const t = useText();
  const { users } = props;
  const [chosen, setChosen] = useState<Chosen>({});
  const { isLooking, used, ready } = useDecisions(users, chosen);
  const batch = useBatch<Ready>([]);
  const remove = useDeletion(batch);
  return (
    <ConfirmSeveral
      batch={batch}
      icon={Trash2}
      title={t("users-delete-title", { count: users.length, name: users[0]?.name ?? "" })}
      text={!isLooking && ready.length > 0 && t("users-delete-text", { count: ready.length })}
      action={t("users-delete-count", { count: ready.length })}
      isDisabled={isLooking || ready.length === 0}
      act={async () => {
        if (await remove(ready)) props.onDone();
      }}
      nameOf={({ user }) => user.name}
      detail={usesIn}
      onClose={props.onClose}
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
    </ConfirmSeveral>
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

/** One that is gone already is as it should be. */
async function remove({ user, decided }: Ready): Promise<void> {
  try {
    await deleteUser(user.id, decided);
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error;
  }
}

/** Deletes one after the other and says how many went; true: all of them did. */
function useDeletion(batch: Batch<Ready>) {
  const t = useText();
  const client = useQueryClient();
  return async (ready: Ready[]): Promise<boolean> => {
    const { done, failed, isOver } = await batch.run(ready, remove);
    for (const { user } of done) client.removeQueries({ queryKey: ["users", "one", user.id] });
    await client.invalidateQueries({ queryKey: ["users", "list"] });
    if (failed.length > 0) await client.invalidateQueries({ queryKey: ["uses"] });
    if (done.length > 0)
      toast({
        kind: "ok",
        text: t("users-deleted-done", { count: done.length, name: done[0]?.user.name ?? "" }),
      });
    return isOver;
  };
}
