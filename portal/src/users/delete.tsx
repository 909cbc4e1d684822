import { useMutation, useQueries, useQueryClient } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { ApiError } from "../api/client";
import { explain } from "../api/errors";
import type { User } from "../api/resources";
import { Button } from "../design/button";
import { Notice, SkeletonLines } from "../design/display";
import { Dialog } from "../design/overlays";
import { useText } from "../design/texts";
import { toast } from "../design/toast";
import { deleteUser, usesQuery } from "./queries";
import { type Chosen, settled } from "./settle";
import { SettleUses } from "./settle-uses";
import { UsesList } from "./uses";
import "./texts";

/** More uses than these are only looked at when deleting. */
const SHOWN_USES = 20;

/**
 * Shows what the people are used in, asks who takes each use over, and deletes those of whom
 * nothing is left to be decided.
 */
export function DeleteUsers(props: { users: User[]; onClose: () => void; onDone: () => void }) {
  const t = useText();
  const client = useQueryClient();
  const { users } = props;
  const uses = useQueries({
    queries: users.slice(0, SHOWN_USES).map((user) => usesQuery(user.id)),
  });
  const used = users.flatMap((user, index) => {
    const items = uses[index]?.data?.items ?? [];
    return items.length > 0 ? [{ user, items }] : [];
  });
  const going = new Set(users.map((user) => user.id));
  const isLooking = uses.some((one) => one.isPending);
  const [chosen, setChosen] = useState<Chosen>({});
  const ready = users.flatMap((user) => {
    const items = used.find((one) => one.user.id === user.id)?.items ?? [];
    const decided = settled(user.id, items, chosen);
    return decided === undefined ? [] : [{ user, decided }];
  });

  const remove = useMutation({
    mutationFn: async () => {
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
    },
    onSuccess: props.onDone,
    meta: { quiet: true },
  });

  return (
    <Dialog
      role="alertdialog"
      isOpen
      onClose={props.onClose}
      title={t("users-delete-title", { count: users.length, name: users[0]?.name ?? "" })}
      footer={
        <>
          <Button onPress={props.onClose}>{t("design-cancel")}</Button>
          <Button
            variant="danger-fill"
            icon={Trash2}
            isDisabled={isLooking || ready.length === 0}
            isPending={remove.isPending}
            onPress={() => remove.mutate()}
          >
            {t("users-delete-count", { count: ready.length })}
          </Button>
        </>
      }
    >
      <div className="stack">
        {isLooking ? (
          <SkeletonLines lines={2} />
        ) : (
          <>
            {ready.length > 0 && <p>{t("users-delete-text", { count: ready.length })}</p>}
            {used.map(({ user, items }) => (
              <Notice tone="warn" key={user.id}>
                <p>{t("users-delete-used", { name: user.name })}</p>
                <SettleUses
                  user={user}
                  items={items}
                  going={going}
                  chosen={chosen}
                  onChoose={(key, heir) => setChosen((before) => ({ ...before, [key]: heir }))}
                />
              </Notice>
            ))}
          </>
        )}
        {remove.error && <Refusal error={remove.error} />}
      </div>
    </Dialog>
  );
}

function Refusal({ error }: { error: unknown }) {
  const t = useText();
  const items = error instanceof ApiError ? (error.problem.used_in ?? []) : [];
  return (
    <Notice tone="bad">
      <p>{explain(error, t)}</p>
      <UsesList items={items} />
    </Notice>
  );
}
