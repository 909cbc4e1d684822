import { useMutation, useQueries, useQueryClient } from "@tanstack/react-query";
import { Ban, CircleCheck, KeyRound, Trash2, UserCog, Video, X } from "lucide-react";
import { useState } from "react";
import { answer, api, ifMatch } from "../api/client";
import { explain, fieldProblems } from "../api/errors";
import { keys } from "../api/keys";
import { show } from "../api/live";
import { set, useList } from "../api/lists";
import type { ConferenceManager, ConferenceManagerWithPassword, Room } from "../api/resources";
import { findRooms } from "../conferences/pick";
import { roomQuery } from "../conferences/queries";
import { Button, IconButton } from "../design/button";
import { Confirm } from "../design/confirm";
import { EmptyState, Notice, Pill, SecretOnce } from "../design/display";
import { RadioGroup } from "../design/fields";
import { ListPage, type ListTableProps, useAddButton } from "../design/list";
import { Dialog, MenuItem, MenuSeparator, SidePanel } from "../design/overlays";
import { SearchPicker } from "../design/search-picker";
import { listOf, useText } from "../design/texts";
import { toast } from "../design/toast";
import { When } from "../design/time";
import { useMay } from "../session/session";
import { useCustomerId, useCustomerKnown } from "../shell/customer";
import { useListAddress } from "../shell/list-address";
import { findUsers } from "../users/pick";
import "../conferences/texts";
import "./managers.css";
import "./texts";
import "../users/texts";

type Open =
  | { what: "add" }
  | { what: "rooms" | "reset" | "delete"; manager: ConferenceManager }
  | { what: "secret"; account: ConferenceManagerWithPassword };

const path = (manager: ConferenceManager) => ({ params: { path: { id: manager.id } } });

/** More names than these are counted. */
const NAMED = 3;

/** The rooms of a manager by name, each asked for once however many managers have it. */
function RoomNames({ ids }: { ids: string[] }) {
  const t = useText();
  const named = ids.slice(0, NAMED);
  const rooms = useQueries({ queries: named.map((id) => roomQuery(id)) });
  if (ids.length === 0) return <span className="dim">{t("managers-no-rooms")}</span>;
  const names = rooms.map((room) => room.data?.name ?? "…");
  const more = ids.length - named.length;
  return <>{listOf(more > 0 ? [...names, t("managers-more-rooms", { count: more })] : names)}</>;
}

/** Accounts that run conferences and nothing else, each made by picking an extension. */
export function ManagersPage() {
  const t = useText();
  const may = useMay();
  const client = useQueryClient();
  const customer_id = useCustomerId();
  const { q, sort, onSort, words } = useListAddress("username");
  const filters = { customer_id, q, sort };
  const list = useList<ConferenceManager>(
    "managers",
    filters,
    (page, signal) =>
      answer(
        api.GET("/api/v1/conference-managers", {
          params: { query: { ...set(filters), ...page } },
          signal,
        }),
      ),
    { isReady: useCustomerKnown() },
  );
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const canAdd = may("conference_manager", "create");
  const canChange = may("conference_manager", "update");
  const canDelete = may("conference_manager", "delete");
  const setDisabled = async (manager: ConferenceManager, disabled: boolean) => {
    try {
      const body = { disabled };
      const saved = await answer(
        api.PATCH("/api/v1/conference-managers/{id}", { ...path(manager), body }),
      );
      show(client, "managers", saved);
      toast({
        kind: "ok",
        text: t(disabled ? "managers-disabled-done" : "managers-enabled-done", {
          username: manager.username,
        }),
        undo: () => void setDisabled(saved, !disabled),
      });
    } catch (error) {
      toast({ kind: "bad", text: explain(error, t) });
    }
  };
  const add = useAddButton(t("managers-add"), canAdd, () => setOpen({ what: "add" }));
  const table: ListTableProps<ConferenceManager> = {
    name: "managers",
    label: t("managers-title"),
    columns: [
      {
        id: "username",
        label: t("managers-username"),
        width: "minmax(220px, 1.4fr)",
        lead: true,
        sort: "username",
        csv: (manager) => manager.username,
        cell: (manager) => <span className="strong">{manager.username}</span>,
      },
      {
        id: "extension",
        label: t("managers-extension"),
        width: "minmax(110px, 0.7fr)",
        sort: "extension",
        csv: (manager) => manager.extension,
        cell: (manager) => manager.extension,
      },
      {
        id: "rooms",
        label: t("managers-rooms"),
        width: "minmax(220px, 1.8fr)",
        csv: (manager) =>
          manager.room_ids === null
            ? t("managers-all-rooms")
            : manager.room_ids
                .map((id) => client.getQueryData<Room>(keys.room(id))?.name ?? id)
                .join("; "),
        cell: (manager) =>
          manager.room_ids === null ? (
            <span className="dim">{t("managers-all-rooms")}</span>
          ) : (
            <RoomNames ids={manager.room_ids} />
          ),
      },
      {
        id: "state",
        label: t("managers-state"),
        width: "minmax(120px, 0.8fr)",
        cell: (manager) =>
          manager.disabled ? (
            <Pill tone="outline">{t("managers-disabled")}</Pill>
          ) : (
            <Pill tone="ok">{t("managers-active")}</Pill>
          ),
      },
      {
        id: "created",
        label: t("managers-created"),
        width: "minmax(160px, 1fr)",
        optional: true,
        sort: "created_at",
        csv: (manager) => manager.created_at,
        cell: (manager) => <When at={manager.created_at} />,
      },
    ],
    rowKey: (manager) => manager.id,
    rowLabel: (manager) => manager.username,
    sort,
    onSort,
    ...(canChange
      ? { onOpen: (manager: ConferenceManager) => setOpen({ what: "rooms", manager }) }
      : {}),
    rowMenu: (manager) => (
      <>
        {canChange && (
          <MenuItem
            icon={Video}
            label={t("managers-change-rooms")}
            onAction={() => setOpen({ what: "rooms", manager })}
          />
        )}
        {may("conference_manager", "reset_password") && (
          <MenuItem
            icon={KeyRound}
            label={t("managers-reset")}
            onAction={() => setOpen({ what: "reset", manager })}
          />
        )}
        {canChange && (
          <MenuItem
            icon={manager.disabled ? CircleCheck : Ban}
            label={t(manager.disabled ? "managers-enable" : "managers-disable")}
            onAction={() => void setDisabled(manager, !manager.disabled)}
          />
        )}
        {canDelete && <MenuSeparator />}
        {canDelete && (
          <MenuItem
            danger
            icon={Trash2}
            label={t("managers-delete")}
            onAction={() => setOpen({ what: "delete", manager })}
          />
        )}
      </>
    ),
    empty: (
      <EmptyState
        icon={UserCog}
        title={t(q ? "managers-none-found" : "managers-none")}
        text={t(q ? "managers-none-found-text" : "managers-none-text")}
        actions={!q && add}
      />
    ),
  };
  return (
    <ListPage
      title={t("managers-title")}
      intro={t("managers-intro")}
      actions={add}
      list={list}
      search={{ label: t("managers-search"), ...words }}
      count={(count) => t("managers-count", { count })}
      table={table}
    >
      {open?.what === "add" && (
        <AddManager onClose={close} onAdded={(account) => setOpen({ what: "secret", account })} />
      )}
      {open?.what === "rooms" && <ChangeRooms manager={open.manager} onClose={close} />}
      {open?.what === "reset" && (
        <Confirm
          title={t("managers-reset-title", { username: open.manager.username })}
          text={t("managers-reset-text")}
          action={t("managers-reset")}
          act={() =>
            answer(api.POST("/api/v1/conference-managers/{id}/reset-password", path(open.manager)))
          }
          onClose={close}
          onDone={(account) => setOpen({ what: "secret", account })}
        />
      )}
      {open?.what === "delete" && (
        <Confirm
          danger
          title={t("managers-delete-title", { username: open.manager.username })}
          text={t("managers-delete-text")}
          action={t("managers-delete")}
          act={() => answer(api.DELETE("/api/v1/conference-managers/{id}", path(open.manager)))}
          onClose={close}
          onDone={() => {
            void client.invalidateQueries({ queryKey: ["managers", "list"] });
            toast({ kind: "ok", text: t("managers-deleted", { username: open.manager.username }) });
            close();
          }}
        />
      )}
      {open?.what === "secret" && <Secret account={open.account} onClose={close} />}
    </ListPage>
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
      <SecretOnce
        items={[
          { label: t("session-username"), value: account.username },
          { label: t("session-password"), value: account.password },
        ]}
        use={t("managers-secret-use")}
      />
    </Dialog>
  );
}

interface RoomChoiceProps {
  value: string[] | null;
  onChange: (value: string[] | null) => void;
}

/** All rooms of the customer, those to come too, or some. */
function RoomChoice({ value, onChange }: RoomChoiceProps) {
  const t = useText();
  const customer_id = useCustomerId();
  const chosen = useQueries({ queries: (value ?? []).map((id) => roomQuery(id)) });
  const nameOf = (id: string, index: number) => chosen[index]?.data?.name ?? id;
  return (
    <div className="stack">
      <RadioGroup
        label={t("managers-rooms")}
        value={value === null ? "all" : "some"}
        onChange={(next) => onChange(next === "all" ? null : [])}
        choices={[
          { id: "all", label: t("managers-all-rooms"), detail: t("managers-all-rooms-help") },
          { id: "some", label: t("managers-some-rooms") },
        ]}
      />
      {value !== null && (
        <div className="room-choice" role="group" aria-label={t("managers-rooms")}>
          <SearchPicker
            label={t("managers-room-add")}
            shown=""
            source={["rooms", "pick", customer_id ?? null]}
            find={(words, signal) => findRooms(words, customer_id, signal)}
            onPick={({ id }) => {
              if (!value.includes(id)) onChange([...value, id]);
            }}
          />
          <ul className="room-list">
            {value.map((id, index) => (
              <li key={id}>
                <span className="truncate">{nameOf(id, index)}</span>
                <IconButton
                  small
                  icon={X}
                  label={t("conferences-take-off", { name: nameOf(id, index) })}
                  onPress={() => onChange(value.filter((one) => one !== id))}
                />
              </li>
            ))}
          </ul>
          {value.length === 0 && <p className="dim">{t("managers-no-rooms-yet")}</p>}
        </div>
      )}
    </div>
  );
}

interface AddProps {
  onClose: () => void;
  onAdded: (account: ConferenceManagerWithPassword) => void;
}

function AddManager({ onClose, onAdded }: AddProps) {
  const t = useText();
  const client = useQueryClient();
  const customer_id = useCustomerId();
  const [extension, setExtension] = useState("");
  const [picked, setPicked] = useState("");
  const [roomIds, setRoomIds] = useState<string[] | null>(null);
  const add = useMutation({
    mutationFn: () =>
      answer(
        api.POST("/api/v1/conference-managers", {
          body: {
            extension,
            ...set({ customer_id }),
            ...(roomIds === null ? {} : { room_ids: roomIds }),
          },
        }),
      ),
    onSuccess: (account) => {
      void client.invalidateQueries({ queryKey: ["managers", "list"] });
      onAdded(account);
    },
    meta: { quiet: true },
  });
  const problems = fieldProblems(add.error);
  const errorOf = (field: string) => problems.find((problem) => problem.field === field)?.message;
  const other = problems.filter(({ field }) => field !== "extension" && field !== "room_ids");
  return (
    <SidePanel
      isOpen
      isDirty={extension !== "" || roomIds !== null}
      onClose={onClose}
      title={t("managers-add")}
      intro={t("managers-add-intro")}
      footer={
        <>
          <Button onPress={onClose}>{t("design-cancel")}</Button>
          <Button
            variant="primary"
            isPending={add.isPending}
            isDisabled={extension === ""}
            onPress={() => add.mutate()}
          >
            {t("managers-add")}
          </Button>
        </>
      }
    >
      <div className="stack">
        {add.error && (problems.length === 0 || other.length > 0) && (
          <Notice tone="bad">{other[0]?.message ?? explain(add.error, t)}</Notice>
        )}
        <SearchPicker
          label={t("managers-extension")}
          help={t("managers-extension-help")}
          error={errorOf("extension")}
          placeholder={t("managers-pick")}
          shown={picked}
          source={["users", "pick", customer_id ?? null, "extension"]}
          find={async (q, signal) =>
            (await findUsers(q, customer_id, signal)).map((user) => ({
              id: user.extension ?? "",
              label: user.name,
              detail: user.extension ?? "",
            }))
          }
          onPick={({ id, label }) => {
            setExtension(id);
            setPicked(`${id} · ${label}`);
          }}
        />
        <RoomChoice value={roomIds} onChange={setRoomIds} />
        {errorOf("room_ids") && <p className="field-error">{errorOf("room_ids")}</p>}
      </div>
    </SidePanel>
  );
}

function ChangeRooms({ manager, onClose }: { manager: ConferenceManager; onClose: () => void }) {
  const t = useText();
  const client = useQueryClient();
  const [roomIds, setRoomIds] = useState<string[] | null>(manager.room_ids);
  const save = useMutation({
    mutationFn: () =>
      answer(
        api.PATCH("/api/v1/conference-managers/{id}", {
          params: { path: { id: manager.id }, header: ifMatch(manager.version) },
          body: { room_ids: roomIds },
        }),
      ),
    onSuccess: (saved) => {
      show(client, "managers", saved);
      toast({ kind: "ok", text: t("users-saved") });
      onClose();
    },
    onError: () => void client.invalidateQueries({ queryKey: ["managers", "list"] }),
    meta: { quiet: true },
  });
  return (
    <SidePanel
      isOpen
      isDirty={JSON.stringify(roomIds) !== JSON.stringify(manager.room_ids)}
      onClose={onClose}
      title={manager.username}
      intro={t("managers-rooms-intro")}
      footer={
        <>
          <Button onPress={onClose}>{t("design-cancel")}</Button>
          <Button variant="primary" isPending={save.isPending} onPress={() => save.mutate()}>
            {t("design-save")}
          </Button>
        </>
      }
    >
      <div className="stack">
        {save.error && <Notice tone="bad">{explain(save.error, t)}</Notice>}
        <RoomChoice value={roomIds} onChange={setRoomIds} />
      </div>
    </SidePanel>
  );
}
