import { useQuery } from "@tanstack/react-query";
import { EllipsisVertical, KeyRound, Plus, Smartphone, Trash2, Unplug } from "lucide-react";
import { Fragment, useState } from "react";
import { explain } from "../api/errors";
import type { Device, Endpoint, User } from "../api/resources";
import { Button, IconButton } from "../design/button";
import { Card, CopyButton, EmptyState, Notice, Pill, SkeletonLines } from "../design/display";
import { useNow } from "../design/hooks";
import { Menu, MenuItem } from "../design/overlays";
import { useText } from "../design/texts";
import { Ago, duration } from "../design/time";
import { type Target, userTarget, useMayOn } from "../session/covers";
import { endpointsQuery } from "./queries";
import { type SipOpen, SipDialog } from "./sip-dialog";

/** A refresh and the next look at it take so long at most. */
const LATE_MS = 20_000;

/** The person's phones, their credentials, and what is registered now. */
export function SipTab({ user }: { user: User }) {
  const t = useText();
  const mayOn = useMayOn();
  const target = userTarget(user);
  const [open, setOpen] = useState<SipOpen>();
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
  onOpen: (open: SipOpen) => void;
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
          <DeviceMenu device={device} may={may} onOpen={onOpen} />
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

interface DeviceMenuProps {
  device: Device;
  may: (operation: string) => boolean;
  onOpen: (open: SipOpen) => void;
}

function DeviceMenu({ device, may, onOpen }: DeviceMenuProps) {
  const t = useText();
  const { username } = device.sip;
  return (
    <Menu
      label={t("users-sip-actions", { username })}
      trigger={
        <IconButton small icon={EllipsisVertical} label={t("users-sip-actions", { username })} />
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
