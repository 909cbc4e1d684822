import { useNavigate } from "@tanstack/react-router";
import { Ban, CircleCheck, Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import type { List } from "../api/lists";
import type { User } from "../api/resources";
import { Button } from "../design/button";
import { lazyPart } from "../design/lazy";
import { MenuItem, MenuSeparator } from "../design/overlays";
import { useListSelection } from "../design/list-selection";
import { ProgressLine } from "../design/progress";
import { useText } from "../design/texts";
import { userTarget, useMayOn } from "../session/covers";
import { mayBeyondOwn, useMe } from "../session/session";
import { useSetDisabled } from "./disable";

const EditTogether = lazyPart(() => import("./edit-together"));
const DeleteUsers = lazyPart(() => import("./delete"));

const idOf = (user: User) => user.id;

/** What is done with people from the list: which are ticked, what may be done, what is open. */
export function useUserActs(list: List<User>) {
  const me = useMe();
  const { selection, chosen } = useListSelection(list, idOf);
  const [editing, edit] = useState<User[]>([]);
  const [deleting, remove] = useState<User[]>([]);
  const setting = useSetDisabled();
  const close = () => {
    edit([]);
    remove([]);
  };
  return {
    selection,
    chosen,
    // Whoever may change only themselves has nothing to tick here.
    canChange: mayBeyondOwn(me, "user", "update"),
    canDelete: mayBeyondOwn(me, "user", "delete"),
    editing,
    edit,
    deleting,
    remove,
    setting,
    close,
    done: () => {
      close();
      selection.clear();
    },
  };
}

interface ActsProps {
  acts: ReturnType<typeof useUserActs>;
}

/** With those who are ticked. */
export function BulkActions({ acts }: ActsProps) {
  const t = useText();
  const { act: setDisabled, progress, stop } = acts.setting;
  if (progress) return <ProgressLine text={t("design-progress-is", progress)} onStop={stop} />;
  return (
    <>
      {acts.canChange && (
        <>
          <Button small icon={Pencil} onPress={() => acts.edit(acts.chosen)}>
            {t("users-together")}
          </Button>
          <Button small icon={Ban} onPress={() => void setDisabled(acts.chosen, true)}>
            {t("users-disable")}
          </Button>
          <Button small icon={CircleCheck} onPress={() => void setDisabled(acts.chosen, false)}>
            {t("users-enable")}
          </Button>
        </>
      )}
      {acts.canDelete && (
        <Button small variant="danger" icon={Trash2} onPress={() => acts.remove(acts.chosen)}>
          {t("users-delete")}
        </Button>
      )}
    </>
  );
}

export function UserMenu({ user, acts }: ActsProps & { user: User }) {
  const t = useText();
  const mayOn = useMayOn();
  const navigate = useNavigate();
  return (
    <>
      <MenuItem
        icon={Pencil}
        label={t("users-open")}
        onAction={() => void navigate({ to: "/users/$userId", params: { userId: user.id } })}
      />
      {mayOn("user", "update", userTarget(user)) && (
        <MenuItem
          icon={user.advanced.disabled ? CircleCheck : Ban}
          label={t(user.advanced.disabled ? "users-enable" : "users-disable")}
          onAction={() => void acts.setting.act([user], !user.advanced.disabled)}
        />
      )}
      {mayOn("user", "delete", userTarget(user)) && <MenuSeparator />}
      {mayOn("user", "delete", userTarget(user)) && (
        <MenuItem
          danger
          icon={Trash2}
          label={t("users-delete")}
          onAction={() => acts.remove([user])}
        />
      )}
    </>
  );
}

/** What is open over the list, or beside it. */
export function ActDialog({ acts }: ActsProps) {
  const { editing, deleting, close, done } = acts;
  if (editing.length > 0) return <EditTogether users={editing} onClose={close} onDone={done} />;
  if (deleting.length > 0) return <DeleteUsers users={deleting} onClose={close} onDone={done} />;
  return null;
}
