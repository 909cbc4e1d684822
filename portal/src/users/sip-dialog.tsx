import { useQueryClient } from "@tanstack/react-query";
import { keys } from "../api/keys";
import { set } from "../api/lists";
import type { Device, DeviceWithPassword, Endpoint, User } from "../api/resources";
import { Button } from "../design/button";
import { Confirm } from "../design/confirm";
import { TextField } from "../design/fields";
import { useForm } from "../design/form";
import { FormDialog, useSubmit } from "../design/form-dialog";
import { Dialog } from "../design/overlays";
import { useText } from "../design/texts";
import { toast } from "../design/toast";
import { addDevice, deleteDevice, removeEndpoint, resetDevicePassword } from "./queries";
import { SipSecret } from "./sip-secret";

const NEW_PHONE = { model: "", mac: "" };

export type SipOpen =
  | { what: "add" }
  | { what: "reset" | "delete"; device: Device }
  | { what: "endpoint"; endpoint: Endpoint }
  | { what: "secret"; title: string; device: DeviceWithPassword };

interface SipDialogProps {
  user: User;
  open: SipOpen;
  setOpen: (open: SipOpen) => void;
  close: () => void;
}

/** What is open over the phones of a person. */
export function SipDialog({ user, open, setOpen, close }: SipDialogProps) {
  const t = useText();
  const client = useQueryClient();
  const changed = () => {
    void client.invalidateQueries({ queryKey: keys.user(user.id) });
    void client.invalidateQueries({ queryKey: keys.endpoints(user.id) });
  };
  const showSecret = (title: string) => (device: DeviceWithPassword) => {
    changed();
    setOpen({ what: "secret", title, device });
  };
  const say = (text: string) => () => {
    changed();
    toast({ kind: "ok", text });
    close();
  };
  switch (open.what) {
    case "add":
      return (
        <AddPhone user={user} onClose={close} onAdded={showSecret(t("users-sip-added-title"))} />
      );
    case "reset":
      return (
        <ResetPassword
          device={open.device}
          onDone={showSecret(
            t("users-sip-reset-done-title", { username: open.device.sip.username }),
          )}
          onClose={close}
        />
      );
    case "delete":
      return (
        <DeletePhone
          device={open.device}
          onDone={say(t("users-sip-deleted", { username: open.device.sip.username }))}
          onClose={close}
        />
      );
    case "endpoint":
      return (
        <RemoveEndpoint
          user={user}
          endpoint={open.endpoint}
          onDone={say(t("users-endpoint-removed"))}
          onClose={close}
        />
      );
    case "secret":
      return <Secret title={open.title} device={open.device} onClose={close} />;
  }
}

interface ResetProps {
  device: Device;
  onDone: (device: DeviceWithPassword) => void;
  onClose: () => void;
}

function ResetPassword({ device, onDone, onClose }: ResetProps) {
  const t = useText();
  const { username } = device.sip;
  return (
    <Confirm
      title={t("users-sip-reset-title", { username })}
      text={t("users-sip-reset-text", { count: device.endpoints })}
      action={t("users-sip-reset")}
      act={() => resetDevicePassword(device)}
      onDone={onDone}
      onClose={onClose}
    />
  );
}

interface DeletePhoneProps {
  device: Device;
  onDone: () => void;
  onClose: () => void;
}

function DeletePhone({ device, onDone, onClose }: DeletePhoneProps) {
  const t = useText();
  const { username } = device.sip;
  return (
    <Confirm
      danger
      title={t("users-sip-delete-title", { username })}
      text={t("users-sip-delete-text")}
      action={t("users-sip-delete")}
      act={() => deleteDevice(device)}
      onDone={onDone}
      onClose={onClose}
    />
  );
}

function RemoveEndpoint(props: {
  user: User;
  endpoint: Endpoint;
  onDone: () => void;
  onClose: () => void;
}) {
  const t = useText();
  const { endpoint } = props;
  return (
    <Confirm
      danger
      title={t("users-endpoint-remove-title")}
      text={t("users-endpoint-remove-text", {
        agent: endpoint.user_agent || endpoint.contact,
        source: endpoint.source,
      })}
      action={t("users-endpoint-remove")}
      act={() => removeEndpoint(props.user.id, endpoint.contact)}
      onDone={props.onDone}
      onClose={props.onClose}
    />
  );
}

function Secret(props: { title: string; device: DeviceWithPassword; onClose: () => void }) {
  const t = useText();
  return (
    <Dialog
      isOpen
      isDismissable={false}
      onClose={props.onClose}
      title={props.title}
      footer={
        <Button variant="primary" onPress={props.onClose}>
          {t("users-created-done")}
        </Button>
      }
    >
      <SipSecret device={props.device} />
    </Dialog>
  );
}

function AddPhone(props: {
  user: User;
  onClose: () => void;
  onAdded: (device: DeviceWithPassword) => void;
}) {
  const t = useText();
  const form = useForm("add-phone", NEW_PHONE);
  const submit = useSubmit(form, () => addDevice(props.user.id, set(form.values)), props.onAdded);
  const labels: Record<string, string> = {
    model: t("users-phone-model"),
    mac: t("users-phone-mac"),
  };
  return (
    <FormDialog
      form={form}
      submit={submit}
      labelOf={(field) => labels[field] ?? field}
      title={t("users-sip-add")}
      action={t("users-sip-add")}
      onClose={props.onClose}
    >
      <TextField
        {...form.field("model")}
        label={t("users-phone-model")}
        help={t("users-phone-model-help")}
        optional
        autoFocus
      />
      <TextField
        {...form.field("mac")}
        label={t("users-phone-mac")}
        help={t("users-phone-mac-help")}
        optional
      />
    </FormDialog>
  );
}
