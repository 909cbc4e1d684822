import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { EllipsisVertical, KeyRound, Plus, Smartphone, Trash2, Unplug } from "lucide-react";
import { useState } from "react";
import { Form } from "react-aria-components";
import { explain, fieldProblems } from "../api/errors";
import { keys } from "../api/keys";
import type { Device, DeviceWithPassword, Endpoint, User } from "../api/resources";
import { Button, IconButton } from "../design/button";
import { Card, CopyButton, EmptyState, Notice, Pill, SkeletonLines } from "../design/display";
import { TextField } from "../design/fields";
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
  const server = `${sip.server}:${String(sip.port)}`;
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
      <dl className="facts sip-facts">
        <dt>{t("users-sip-username")}</dt>
        <dd>
          <code>{sip.username}</code>
          <CopyButton
            value={sip.username}
            label={t("design-copy", { what: t("users-sip-username") })}
          />
        </dd>
        <dt>{t("users-sip-server")}</dt>
        <dd>
          <code>{server}</code>
          <CopyButton value={server} label={t("design-copy", { what: t("users-sip-server") })} />
        </dd>
        <dt>{t("users-sip-domain")}</dt>
        <dd>
          <code>{sip.domain}</code>
          <CopyButton
            value={sip.domain}
            label={t("design-copy", { what: t("users-sip-domain") })}
          />
        </dd>
        {device.mac && (
          <>
            <dt>{t("users-phone-mac")}</dt>
            <dd>
              <code>{device.mac}</code>
              <CopyButton
                value={device.mac}
                label={t("design-copy", { what: t("users-phone-mac") })}
              />
            </dd>
          </>
        )}
      </dl>
      <h3 className="endpoints-title">{t("users-endpoints")}</h3>
      {endpoints === undefined ? (
        <SkeletonLines lines={1} />
      ) : endpoints.length === 0 ? (
        <p className="dim">{t("users-endpoints-none")}</p>
      ) : (
        <ul className="endpoints">
          {endpoints.map((endpoint) => (
            <EndpointRow
              key={endpoint.contact}
              endpoint={endpoint}
              mayRemove={may("update")}
              onRemove={() => onOpen({ what: "endpoint", endpoint })}
            />
          ))}
        </ul>
      )}
    </Card>
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
  switch (open.what) {
    case "add":
      return (
        <AddPhone
          user={user}
          onClose={close}
          onAdded={(device) =>
            setOpen({ what: "secret", title: t("users-sip-added-title"), device })
          }
        />
      );
    case "reset":
      return (
        <Confirm
          user={user}
          title={t("users-sip-reset-title", { username: open.device.sip.username })}
          text={t("users-sip-reset-text", { count: open.device.endpoints })}
          action={t("users-sip-reset")}
          act={() => resetDevicePassword(open.device)}
          onClose={close}
          onDone={(device) =>
            setOpen({
              what: "secret",
              title: t("users-sip-reset-done-title", { username: open.device.sip.username }),
              device,
            })
          }
        />
      );
    case "delete":
      return (
        <Confirm
          user={user}
          danger
          title={t("users-sip-delete-title", { username: open.device.sip.username })}
          text={t("users-sip-delete-text")}
          action={t("users-sip-delete")}
          act={() => deleteDevice(open.device)}
          onClose={close}
          onDone={() => {
            toast({
              kind: "ok",
              text: t("users-sip-deleted", { username: open.device.sip.username }),
            });
            close();
          }}
        />
      );
    case "endpoint":
      return (
        <Confirm
          user={user}
          danger
          title={t("users-endpoint-remove-title")}
          text={t("users-endpoint-remove-text", {
            agent: open.endpoint.user_agent || open.endpoint.contact,
            source: open.endpoint.source,
          })}
          action={t("users-endpoint-remove")}
          act={() => removeEndpoint(user.id, open.endpoint.contact)}
          onClose={close}
          onDone={() => {
            toast({ kind: "ok", text: t("users-endpoint-removed") });
            close();
          }}
        />
      );
    case "secret":
      return (
        <Dialog
          isOpen
          isDismissable={false}
          onClose={close}
          title={open.title}
          footer={
            <Button variant="primary" onPress={close}>
              {t("users-created-done")}
            </Button>
          }
        >
          <SipSecret device={open.device} />
        </Dialog>
      );
  }
}

interface ConfirmProps<R> {
  user: User;
  title: string;
  text: string;
  action: string;
  danger?: boolean;
  act: () => Promise<R>;
  onDone: (result: R) => void;
  onClose: () => void;
}

/** What will be touched, and the second, deliberate step. */
function Confirm<R>(props: ConfirmProps<R>) {
  const t = useText();
  const client = useQueryClient();
  const act = useMutation({
    mutationFn: props.act,
    onSuccess: (result) => {
      void client.invalidateQueries({ queryKey: keys.user(props.user.id) });
      void client.invalidateQueries({ queryKey: keys.endpoints(props.user.id) });
      props.onDone(result);
    },
    meta: { quiet: true },
  });
  return (
    <Dialog
      role="alertdialog"
      isOpen
      onClose={props.onClose}
      title={props.title}
      footer={
        <>
          <Button onPress={props.onClose}>{t("design-cancel")}</Button>
          <Button
            variant={props.danger ? "danger-fill" : "primary"}
            isPending={act.isPending}
            onPress={() => act.mutate()}
          >
            {props.action}
          </Button>
        </>
      }
    >
      <div className="stack">
        <p>{props.text}</p>
        {act.error && <Notice tone="bad">{explain(act.error, t)}</Notice>}
      </div>
    </Dialog>
  );
}

function AddPhone(props: {
  user: User;
  onClose: () => void;
  onAdded: (device: DeviceWithPassword) => void;
}) {
  const t = useText();
  const client = useQueryClient();
  const [mac, setMac] = useState("");
  const [model, setModel] = useState("");
  const add = useMutation({
    mutationFn: () =>
      addDevice(props.user.id, { ...(mac ? { mac } : {}), ...(model ? { model } : {}) }),
    onSuccess: (device) => {
      void client.invalidateQueries({ queryKey: keys.user(props.user.id) });
      props.onAdded(device);
    },
    meta: { quiet: true },
  });
  const problems = fieldProblems(add.error);
  const errorOf = (field: string) => problems.find((one) => one.field === field)?.message;
  return (
    <Dialog
      isOpen
      isDirty={mac !== "" || model !== ""}
      onClose={props.onClose}
      title={t("users-sip-add")}
      footer={
        <>
          <Button onPress={props.onClose}>{t("design-cancel")}</Button>
          <Button type="submit" form="add-phone" variant="primary" isPending={add.isPending}>
            {t("users-sip-add")}
          </Button>
        </>
      }
    >
      <Form
        validationBehavior="aria"
        id="add-phone"
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (!add.isPending) add.mutate();
        }}
      >
        {add.error && !errorOf("mac") && !errorOf("model") && (
          <Notice tone="bad">{explain(add.error, t)}</Notice>
        )}
        <TextField
          error={errorOf("model")}
          label={t("users-phone-model")}
          help={t("users-phone-model-help")}
          optional
          value={model}
          onChange={setModel}
          autoFocus
        />
        <TextField
          label={t("users-phone-mac")}
          help={t("users-phone-mac-help")}
          optional
          value={mac}
          onChange={setMac}
          error={errorOf("mac")}
        />
      </Form>
    </Dialog>
  );
}
