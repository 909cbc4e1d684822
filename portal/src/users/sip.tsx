import { useQuery, useQueryClient } from "@tanstack/react-query";
import { EllipsisVertical, KeyRound, Plus, Smartphone, Trash2, Unplug } from "lucide-react";
import { Fragment, useState } from "react";
import { explain } from "../api/errors";
import { keys } from "../api/keys";
import { set } from "../api/lists";
import type { Device, DeviceWithPassword, Endpoint, User } from "../api/resources";
import { Button, IconButton } from "../design/button";
import { Confirm } from "../design/confirm";
import { Card, CopyButton, EmptyState, Notice, Pill, SkeletonLines } from "../design/display";
import { TextField } from "../design/fields";
import { useForm } from "../design/form";
import { FormDialog, useSubmit } from "../design/form-dialog";
import { useNow } from "../design/hooks";
import { Dialog, Menu, MenuItem } from "../design/overlays";
import { useText } from "../design/texts";
import { Ago, duration } from "../design/time";
import { toast } from "../design/toast";
import { type Target, userTarget, useMayOn } from "../session/covers";
import {
  addDevice,
  deleteDevice,
  endpointsQuery,
  removeEndpoint,
  resetDevicePassword,
} from "./queries";
import { SipSecret } from "./sip-secret";

/** A refresh and the next look at it take so long at most. */
const LATE_MS = 20_000;

const NEW_PHONE = { model: "", mac: "" };

type Open =
  | { what: "add" }
  | { what: "reset" | "delete"; device: Device }
  | { what: "endpoint"; endpoint: Endpoint }
  | { what: "secret"; title: string; device: DeviceWithPassword };

/** The person's phones, their credentials, and what is registered now. */
export function SipTab({ user }: { user: User }) {
  const t = useText();
  const mayOn = useMayOn();
  const target = userTarget(user);
  const [open, setOpen] = useState<Open>();
  const endpoints = useQuery(endpointsQuery(user.id));
  const close = () => setOpen(undefined);
  const canAdd = mayOn("device", "create", target) && user.extension !== null;
  return (
    <div className="stack">
      {user.devices.length === 0 && (
        <Card>
          <EmptyState
            icon={Smartphone}
            title={t("users-sip-none")}
            text={
              user.extension === null
                ? t("users-sip-none-extension", { name: user.name })
                : t("users-sip-none-text")
            }
          />
        </Card>
      )}
      {user.devices.map((device) => (
        <DeviceCard
          key={device.id}
          device={device}
          target={target}
          endpoints={endpoints.data?.items.filter((endpoint) => endpoint.device_id === device.id)}
          onOpen={setOpen}
        />
      ))}
      {endpoints.error && <Notice tone="bad">{explain(endpoints.error, t)}</Notice>}
      {canAdd && (
        <div>
          <Button icon={Plus} onPress={() => setOpen({ what: "add" })}>
            {t("users-sip-add")}
          </Button>
        </div>
      )}
      {open && <SipDialog user={user} open={open} setOpen={setOpen} close={close} />}
    </div>
  );
}

function DeviceCard(props: {
  device: Device;
  target: Target;
  endpoints: Endpoint[] | undefined;
  onOpen: (open: Open) => void;
}) {
  const t = useText();
  const mayOn = useMayOn();
  const { device, target, endpoints, onOpen } = props;
  const may = (operation: string) => mayOn("device", operation, target);
  const { sip } = device;
  return (
    <Card
      title={
        <span className="row">
          {device.model ?? t("users-sip-phone", { username: sip.username })}
          <Pill tone={device.endpoints > 0 ? "ok" : "idle"} point>
            {t(device.endpoints > 0 ? "users-state-available" : "users-state-offline")}
          </Pill>
        </span>
      }
      actions={
        (may("reset_password") || may("delete")) && (
          <Menu
            label={t("users-sip-actions", { username: sip.username })}
            trigger={
              <IconButton
                small
                icon={EllipsisVertical}
                label={t("users-sip-actions", { username: sip.username })}
              />
            }
          >
            {may("reset_password") && (
              <MenuItem
                icon={KeyRound}
                label={t("users-sip-reset")}
                onAction={() => onOpen({ what: "reset", device })}
              />
            )}
            {may("delete") && (
              <MenuItem
                danger
                icon={Trash2}
                label={t("users-sip-delete")}
                onAction={() => onOpen({ what: "delete", device })}
              />
            )}
          </Menu>
        )
      }
    >
      <SipFacts device={device} />
      <Endpoints
        endpoints={endpoints}
        mayRemove={may("update")}
        onRemove={(endpoint) => onOpen({ what: "endpoint", endpoint })}
      />
    </Card>
  );
}

/** What is typed into the phone. */
function SipFacts({ device }: { device: Device }) {
  const t = useText();
  const { sip, mac } = device;
  const facts = [
    ["users-sip-username", sip.username],
    ["users-sip-server", `${sip.server}:${String(sip.port)}`],
    ["users-sip-domain", sip.domain],
    ...(mac ? [["users-phone-mac", mac] as const] : []),
  ] as const;
  return (
    <dl className="facts sip-facts">
      {facts.map(([text, value]) => (
        <Fragment key={text}>
          <dt>{t(text)}</dt>
          <dd>
            <code>{value}</code>
            <CopyButton value={value} label={t("design-copy", { what: t(text) })} />
          </dd>
        </Fragment>
      ))}
    </dl>
  );
}

function Endpoints(props: {
  /** Undefined: on their way. */
  endpoints: Endpoint[] | undefined;
  mayRemove: boolean;
  onRemove: (endpoint: Endpoint) => void;
}) {
  const t = useText();
  return (
    <>
      <h3 className="endpoints-title">{t("users-endpoints")}</h3>
      {props.endpoints === undefined ? (
        <SkeletonLines lines={1} />
      ) : props.endpoints.length === 0 ? (
        <p className="dim">{t("users-endpoints-none")}</p>
      ) : (
        <ul className="endpoints">
          {props.endpoints.map((endpoint) => (
            <EndpointRow
              key={endpoint.contact}
              endpoint={endpoint}
              mayRemove={props.mayRemove}
              onRemove={() => props.onRemove(endpoint)}
            />
          ))}
        </ul>
      )}
    </>
  );
}

interface EndpointRowProps {
  endpoint: Endpoint;
  mayRemove: boolean;
  onRemove: () => void;
}

function EndpointRow({ endpoint, mayRemove, onRemove }: EndpointRowProps) {
  const t = useText();
  const now = useNow();
  const left = Date.parse(endpoint.expires_at) - now;
  return (
    <li>
      <div>
        <div className="truncate">{endpoint.user_agent || endpoint.contact}</div>
        <div className="dim small">
          {endpoint.transport.toUpperCase()} · {endpoint.source} ·{" "}
          {left > 0
            ? t("users-endpoint-expires", { time: duration(left) })
            : // Refreshed at the last moment: only the next look can say that it is over.
              t(left > -LATE_MS ? "users-endpoint-due" : "users-endpoint-expired")}
          {" · "}
          {t("users-endpoint-seen")} <Ago at={endpoint.updated_at} />
          {endpoint.rtt_ms !== null && <> · {t("users-endpoint-rtt", { ms: endpoint.rtt_ms })}</>}
        </div>
      </div>
      {mayRemove && (
        <Button small icon={Unplug} onPress={onRemove}>
          {t("users-endpoint-remove")}
        </Button>
      )}
    </li>
  );
}

interface SipDialogProps {
  user: User;
  open: Open;
  setOpen: (open: Open) => void;
  close: () => void;
}

function SipDialog({ user, open, setOpen, close }: SipDialogProps) {
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
    case "reset": {
      const { username } = open.device.sip;
      return (
        <Confirm
          title={t("users-sip-reset-title", { username })}
          text={t("users-sip-reset-text", { count: open.device.endpoints })}
          action={t("users-sip-reset")}
          act={() => resetDevicePassword(open.device)}
          onDone={showSecret(t("users-sip-reset-done-title", { username }))}
          onClose={close}
        />
      );
    }
    case "delete": {
      const { username } = open.device.sip;
      return (
        <Confirm
          danger
          title={t("users-sip-delete-title", { username })}
          text={t("users-sip-delete-text")}
          action={t("users-sip-delete")}
          act={() => deleteDevice(open.device)}
          onDone={say(t("users-sip-deleted", { username }))}
          onClose={close}
        />
      );
    }
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
