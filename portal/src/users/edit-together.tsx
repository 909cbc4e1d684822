import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Form } from "react-aria-components";
import { each } from "../api/each";
import { show } from "../api/live";
import type { User } from "../api/resources";
import { Button } from "../design/button";
import { Notice } from "../design/display";
import { Select } from "../design/fields";
import { SidePanel } from "../design/overlays";
import { useSaveKey } from "../design/form";
import { Progress } from "../design/progress";
import { useText } from "../design/texts";
import { toast } from "../design/toast";
import { useBatch } from "../design/use-batch";
import { useRoles } from "../session/profiles";
import { useCustomerId } from "../shell/customer";
import { type UserChanges, updateUser } from "./queries";
import { SitePicker } from "./site-picker";
import { useHasSites } from "./sites";
import "./texts";

/** What several can be given at once; an empty one stays as each has it. */
export interface Together {
  site_id: string;
  role: string;
  sign_in: "" | "enabled" | "disabled";
}

const AS_IS: Together = { site_id: "", role: "", sign_in: "" };

/** What would change for this one; undefined: nothing would. */
export function changesFor(user: User, given: Together): UserChanges | undefined {
  const changes: UserChanges = {};
  if (given.site_id !== "" && given.site_id !== user.site_id) changes.site_id = given.site_id;
  if (given.role !== "" && given.role !== user.role) changes.role = given.role;
  const disabled = given.sign_in === "disabled";
  if (given.sign_in !== "" && disabled !== user.advanced.disabled) changes.advanced = { disabled };
  return Object.keys(changes).length > 0 ? changes : undefined;
}

/** How they were: what takes the changes back. */
export function formerOf(user: User, changes: UserChanges): UserChanges {
  return {
    ...(changes.site_id !== undefined && user.site_id !== null ? { site_id: user.site_id } : {}),
    ...(changes.role === undefined ? {} : { role: user.role }),
    ...(changes.advanced === undefined ? {} : { advanced: { disabled: user.advanced.disabled } }),
  };
}

interface EditTogetherProps {
  users: User[];
  onClose: () => void;
  onDone: () => void;
}

/** Changes each as asked, with the way back. */
function useTogether(users: User[], given: Together, onDone: () => void) {
  const t = useText();
  const client = useQueryClient();
  const batch = useBatch(users);
  const todo = batch.left.filter((user) => changesFor(user, given) !== undefined);
  const takeBack = async (changed: { before: User; after: User }[]) => {
    const back = async ({ before, after }: { before: User; after: User }) => {
      const changes = changesFor(before, given) ?? {};
      show(client, "users", await updateUser(after.id, formerOf(before, changes), after.version));
    };
    const result = await each(changed, back, () => undefined, new AbortController().signal);
    const count = result.failed.length;
    if (count > 0) toast({ kind: "bad", text: t("users-together-not-back", { count }) });
  };
  const act = async () => {
    const changed: { before: User; after: User }[] = [];
    const { isOver } = await batch.run(todo, async (user) => {
      const after = await updateUser(user.id, changesFor(user, given) ?? {}, user.version);
      show(client, "users", after);
      changed.push({ before: user, after });
    });
    void client.invalidateQueries({ queryKey: ["users", "list"] });
    if (changed.length > 0)
      toast({
        kind: "ok",
        text: t("users-together-done", { count: changed.length }),
        undo: () => void takeBack(changed),
      });
    if (isOver) onDone();
  };
  return { batch, todo, act };
}

/** Gives several people the same site, role or sign-in; says for whom it did not work. */
export default function EditTogether({ users, onClose, onDone }: EditTogetherProps) {
  const t = useText();
  const [given, setGiven] = useState(AS_IS);
  const saveKey = useSaveKey();
  const { batch, todo, act } = useTogether(users, given, onDone);
  const isChosen = given.site_id !== "" || given.role !== "" || given.sign_in !== "";
  const close = () => {
    batch.stop();
    onClose();
  };
  return (
    <SidePanel
      isOpen
      isDirty={isChosen && !batch.isBusy && batch.failed.length === 0}
      isDismissable={!batch.isBusy}
      onClose={close}
      title={t("users-together-title", { count: batch.left.length })}
      intro={t("users-together-intro")}
      footer={
        <>
          <Button onPress={close}>{t(batch.isBusy ? "design-stop" : "design-cancel")}</Button>
          <Button
            type="submit"
            form="edit-together"
            variant="primary"
            isPending={batch.isBusy}
            isDisabled={todo.length === 0}
          >
            {t("users-together-act", { count: todo.length })}
          </Button>
        </>
      }
    >
      <Form
        ref={saveKey}
        id="edit-together"
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (!batch.isBusy && todo.length > 0) void act();
        }}
      >
        <Choices given={given} onChange={setGiven} isDisabled={batch.isBusy} />
        {isChosen && todo.length < batch.left.length && (
          <Notice>{t("users-together-same", { count: batch.left.length - todo.length })}</Notice>
        )}
        <Progress progress={batch.progress} failed={batch.failed} nameOf={(user) => user.name} />
      </Form>
    </SidePanel>
  );
}

interface ChoicesProps {
  given: Together;
  onChange: (given: Together) => void;
  isDisabled: boolean;
}

function Choices({ given, onChange, isDisabled }: ChoicesProps) {
  const t = useText();
  const customer_id = useCustomerId();
  const hasSites = useHasSites(customer_id);
  const asIs = t("users-together-as-is");
  const set = (change: Partial<Together>) => onChange({ ...given, ...change });
  return (
    <>
      {hasSites && (
        <SitePicker
          value={given.site_id}
          onChange={(site_id) => set({ site_id })}
          customer_id={customer_id}
          placeholder={asIs}
          isDisabled={isDisabled}
        />
      )}
      <Select
        label={t("users-role")}
        value={given.role}
        onChange={(role) => set({ role })}
        choices={[{ id: "", label: asIs }, ...(useRoles(customer_id) ?? [])]}
        isDisabled={isDisabled}
      />
      <Select
        label={t("users-together-sign-in")}
        help={t("users-together-sign-in-help")}
        value={given.sign_in}
        onChange={(sign_in) => set({ sign_in })}
        choices={[
          { id: "", label: asIs },
          { id: "enabled", label: t("users-together-enabled") },
          { id: "disabled", label: t("users-together-disabled") },
        ]}
        isDisabled={isDisabled}
      />
    </>
  );
}
