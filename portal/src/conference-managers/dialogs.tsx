import { useQueryClient } from "@tanstack/react-query";
import { answer, api } from "../api/client";
import type { ConferenceManager, ConferenceManagerWithPassword } from "../api/resources";
import { Button } from "../design/button";
import { Confirm } from "../design/confirm";
import { SecretOnce, SkeletonLines } from "../design/display";
import { Dialog } from "../design/overlays";
import { useText } from "../design/texts";
import { toast } from "../design/toast";
import { useAccountName } from "../shell/customer";
import { AddManager } from "./add";
import { ChangeRooms } from "./rooms";

export type ManagerOpen =
  | { what: "add" }
  | { what: "rooms" | "reset" | "delete"; manager: ConferenceManager }
  | { what: "secret"; account: ConferenceManagerWithPassword };

const path = (manager: ConferenceManager) => ({ params: { path: { id: manager.id } } });

interface ManagerDialogProps {
  open: ManagerOpen;
  setOpen: (open: ManagerOpen | undefined) => void;
}

/** What is open over the list. */
export function ManagerDialog({ open, setOpen }: ManagerDialogProps) {
  const close = () => setOpen(undefined);
  const showSecret = (account: ConferenceManagerWithPassword) =>
    setOpen({ what: "secret", account });
  switch (open.what) {
    case "add":
      return <AddManager onClose={close} onAdded={showSecret} />;
    case "rooms":
      return <ChangeRooms manager={open.manager} onClose={close} />;
    case "reset":
      return <ResetPassword manager={open.manager} onClose={close} onDone={showSecret} />;
    case "delete":
      return <DeleteManager manager={open.manager} onClose={close} />;
    case "secret":
      return <Secret account={open.account} onClose={close} />;
  }
}

interface ResetProps {
  manager: ConferenceManager;
  onDone: (account: ConferenceManagerWithPassword) => void;
  onClose: () => void;
}

function ResetPassword({ manager, onDone, onClose }: ResetProps) {
  const t = useText();
  return (
    <Confirm
      title={t("managers-reset-title", { username: manager.username })}
      text={t("managers-reset-text")}
      action={t("managers-reset")}
      act={() => answer(api.POST("/api/v1/conference-managers/{id}/reset-password", path(manager)))}
      onClose={onClose}
      onDone={onDone}
    />
  );
}

function DeleteManager({ manager, onClose }: { manager: ConferenceManager; onClose: () => void }) {
  const t = useText();
  const client = useQueryClient();
  return (
    <Confirm
      danger
      title={t("managers-delete-title", { username: manager.username })}
      text={t("managers-delete-text")}
      action={t("managers-delete")}
      act={() => answer(api.DELETE("/api/v1/conference-managers/{id}", path(manager)))}
      onClose={onClose}
      onDone={() => {
        void client.invalidateQueries({ queryKey: ["managers", "list"] });
        toast({ kind: "ok", text: t("managers-deleted", { username: manager.username }) });
        onClose();
      }}
    />
  );
}

function Secret({
  account,
  onClose,
}: {
  account: ConferenceManagerWithPassword;
  onClose: () => void;
}) {
  const t = useText();
  const { accountName, isLoading } = useAccountName(account.customer_id);
  return (
    <Dialog
      isOpen
      isDismissable={false}
      onClose={onClose}
      title={t("managers-secret-title")}
      footer={
        <Button variant="primary" onPress={onClose}>
          {t("managers-done")}
        </Button>
      }
    >
      {isLoading ? (
        // All of it is copied at once: none of it may be missing.
        <SkeletonLines lines={5} />
      ) : (
        <SecretOnce
          items={[
            { label: t("managers-portal"), value: window.location.origin },
            ...(accountName === undefined
              ? []
              : [{ label: t("session-account-name"), value: accountName }]),
            { label: t("session-username"), value: account.username },
            { label: t("session-password"), value: account.password },
          ]}
          use={t("managers-secret-use")}
        />
      )}
    </Dialog>
  );
}
