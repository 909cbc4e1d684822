import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { Form } from "react-aria-components";
import { type Failed, each } from "../api/each";
import { show } from "../api/live";
import type { User } from "../api/resources";
import { Button } from "../design/button";
import { Notice } from "../design/display";
import { Select } from "../design/fields";
import { SidePanel } from "../design/overlays";
import { Progress } from "../design/progress";
import { useText } from "../design/texts";
import { toast } from "../design/toast";
import { profilesQuery, roleName } from "../session/profiles";
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

/** Gives several people the same site, role or sign-in; says for whom it did not work. */
export default function EditTogether({ users, onClose, onDone }: EditTogetherProps) {
  const t = useText();
  const client = useQueryClient();
  const customer_id = useCustomerId();
  const hasSites = useHasSites(customer_id);
  const profiles = useQuery(profilesQuery);
  const [left, setLeft] = useState(users);
  const [given, setGiven] = useState(AS_IS);
  const [done, setDone] = useState<number>();
  const [failed, setFailed] = useState<Failed<User>[]>([]);
  const stop = useRef(new AbortController());
  const todo = left.filter((user) => changesFor(user, given) !== undefined);
  const isChosen = given.site_id !== "" || given.role !== "" || given.sign_in !== "";
  const set = (change: Partial<Together>) => setGiven({ ...given, ...change });
  const roles = (profiles.data?.items ?? [])
    .filter((profile) => profile.name !== "conference_manager" && profile.name !== "api")
    .map((profile) => ({ id: profile.name, label: roleName(profile.name, t) }));

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
    setDone(0);
    setFailed([]);
    const changed: { before: User; after: User }[] = [];
    const change = async (user: User) => {
      const after = await updateUser(user.id, changesFor(user, given) ?? {}, user.version);
      show(client, "users", after);
      changed.push({ before: user, after });
    };
    const result = await each(todo, change, setDone, stop.current.signal);
    setDone(undefined);
    void client.invalidateQueries({ queryKey: ["users", "list"] });
    if (changed.length > 0)
      toast({
        kind: "ok",
        text: t("users-together-done", { count: changed.length }),
        undo: () => void takeBack(changed),
      });
    if (stop.current.signal.aborted) return;
    if (result.failed.length === 0) onDone();
    setFailed(result.failed);
    setLeft(result.failed.map(({ item }) => item));
  };
  const close = () => {
    stop.current.abort();
    onClose();
  };
  return (
    <SidePanel
      isOpen
      isDirty={isChosen && done === undefined && failed.length === 0}
      isDismissable={done === undefined}
      onClose={close}
      title={t("users-together-title", { count: left.length })}
      intro={t("users-together-intro")}
      footer={
        <>
          <Button onPress={close}>
            {t(done === undefined ? "design-cancel" : "users-together-stop")}
          </Button>
          <Button
            type="submit"
            form="edit-together"
            variant="primary"
            isPending={done !== undefined}
            isDisabled={todo.length === 0}
          >
            {t("users-together-act", { count: todo.length })}
          </Button>
        </>
      }
    >
      <Form
        id="edit-together"
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (done === undefined && todo.length > 0) void act();
        }}
      >
        {hasSites && (
          <SitePicker
            value={given.site_id}
            onChange={(site_id) => set({ site_id })}
            customer_id={customer_id}
            placeholder={t("users-together-as-is")}
            isDisabled={done !== undefined}
          />
        )}
        <Select
          label={t("users-role")}
          value={given.role}
          onChange={(role) => set({ role })}
          choices={[{ id: "", label: t("users-together-as-is") }, ...roles]}
          isDisabled={done !== undefined}
        />
        <Select
          label={t("users-together-sign-in")}
          help={t("users-together-sign-in-help")}
          value={given.sign_in}
          onChange={(sign_in) => set({ sign_in })}
          choices={[
            { id: "", label: t("users-together-as-is") },
            { id: "enabled", label: t("users-together-enabled") },
            { id: "disabled", label: t("users-together-disabled") },
          ]}
          isDisabled={done !== undefined}
        />
        {isChosen && todo.length < left.length && (
          <Notice>{t("users-together-same", { count: left.length - todo.length })}</Notice>
        )}
        <Progress done={done} total={todo.length} failed={failed} nameOf={(user) => user.name} />
      </Form>
    </SidePanel>
  );
}
