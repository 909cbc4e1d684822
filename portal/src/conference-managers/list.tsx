import { type QueryClient, useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { Ban, CircleCheck, KeyRound, Trash2, UserCog, Video } from "lucide-react";
import { useState } from "react";
import { answer, api } from "../api/client";
import { explain } from "../api/errors";
import { keys } from "../api/keys";
import { show } from "../api/live";
import { set, useList } from "../api/lists";
import type { ConferenceManager, Room } from "../api/resources";
import { roomQuery } from "../conferences/queries";
import { EmptyState, Pill } from "../design/display";
import { ListPage, type ListTableProps, useAddButton } from "../design/list";
import { MenuItem, MenuSeparator } from "../design/overlays";
import type { Column } from "../design/table";
import { type Text, listOf, useText } from "../design/texts";
import { toast } from "../design/toast";
import { When } from "../design/time";
import { useMay } from "../session/session";
import { useCustomerId, useCustomerKnown, useNoCustomer } from "../shell/customer";
import { useListAddress } from "../shell/list-address";
import { holderQuery } from "../users/pick";
import "../conferences/texts";
import { type ManagerOpen, ManagerDialog } from "./dialogs";
import "./texts";
import "../users/texts";

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

const holderOf = ({ extension, customer_id }: ConferenceManager) =>
  holderQuery(extension, customer_id);

/** Fetches the names that stand for people and rooms in a file. */
function useNames(canSeePeople: boolean) {
  const client = useQueryClient();
  return async (managers: ConferenceManager[]) => {
    const rooms = new Set(managers.flatMap(({ room_ids }) => room_ids ?? []));
    await Promise.all([
      ...[...rooms].map((id) => client.query({ ...roomQuery(id), staleTime: "static" })),
      ...(canSeePeople ? managers : []).map((one) =>
        client.query({ ...holderOf(one), staleTime: "static" }),
      ),
    ]);
  };
}

/** Whose extension it is. */
function Holder({ manager }: { manager: ConferenceManager }) {
  const t = useText();
  const holder = useQuery(holderOf(manager)).data;
  if (holder === null) return <span className="dim">{t("users-use-nobody")}</span>;
  return <>{holder?.name}</>;
}

/** The person behind each account, for those who may see people. */
function personColumn(t: Text, client: QueryClient): Column<ConferenceManager> {
  return {
    id: "person",
    label: t("managers-person"),
    width: "minmax(160px, 1.2fr)",
    csv: (manager) => client.getQueryData(holderOf(manager).queryKey)?.name ?? "",
    cell: (manager) => <Holder manager={manager} />,
  };
}

function columns(t: Text, client: QueryClient, canSeePeople: boolean): Column<ConferenceManager>[] {
  return [
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
    ...(canSeePeople ? [personColumn(t, client)] : []),
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
  ];
}

function useManagers(q: string, sort: string) {
  const filters = { customer_id: useCustomerId(), q, sort };
  return useList<ConferenceManager>(
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
}

/** Disables a manager or enables them, says so, and offers to take it back. */
function useSetDisabled() {
  const t = useText();
  const client = useQueryClient();
  const setDisabled = async (manager: ConferenceManager, disabled: boolean) => {
    try {
      const saved = await answer(
        api.PATCH("/api/v1/conference-managers/{id}", {
          params: { path: { id: manager.id } },
          body: { disabled },
        }),
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
  return setDisabled;
}

/** Accounts that run conferences and nothing else, each made by picking an extension. */
export function ManagersPage() {
  const t = useText();
  const may = useMay();
  const client = useQueryClient();
  const { q, sort, onSort, words } = useListAddress("username");
  const list = useManagers(q, sort);
  const [open, setOpen] = useState<ManagerOpen>();
  const canSeePeople = may("user", "read");
  const canAdd = may("conference_manager", "create");
  const canChange = may("conference_manager", "update");
  const setDisabled = useSetDisabled();
  const add = useAddButton(
    t("managers-add"),
    canAdd,
    () => setOpen({ what: "add" }),
    useNoCustomer(),
  );
  const table: ListTableProps<ConferenceManager> = {
    name: "managers",
    label: t("managers-title"),
    columns: columns(t, client, canSeePeople),
    prepareCsv: useNames(canSeePeople),
    rowKey: (manager) => manager.id,
    rowLabel: (manager) => manager.username,
    sort,
    onSort,
    ...(canChange
      ? { onOpen: (manager: ConferenceManager) => setOpen({ what: "rooms", manager }) }
      : {}),
    rowMenu: (manager) => (
      <ManagerMenu
        manager={manager}
        onOpen={setOpen}
        onDisable={(disabled) => void setDisabled(manager, disabled)}
      />
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
      {open && <ManagerDialog open={open} setOpen={setOpen} />}
    </ListPage>
  );
}

interface ManagerMenuProps {
  manager: ConferenceManager;
  onOpen: (open: ManagerOpen) => void;
  onDisable: (disabled: boolean) => void;
}

function ManagerMenu({ manager, onOpen, onDisable }: ManagerMenuProps) {
  const t = useText();
  const may = useMay();
  const canChange = may("conference_manager", "update");
  const canDelete = may("conference_manager", "delete");
  return (
    <>
      {canChange && (
        <MenuItem
          icon={Video}
          label={t("managers-change-rooms")}
          onAction={() => onOpen({ what: "rooms", manager })}
        />
      )}
      {may("conference_manager", "reset_password") && (
        <MenuItem
          icon={KeyRound}
          label={t("managers-reset")}
          onAction={() => onOpen({ what: "reset", manager })}
        />
      )}
      {canChange && (
        <MenuItem
          icon={manager.disabled ? CircleCheck : Ban}
          label={t(manager.disabled ? "managers-enable" : "managers-disable")}
          onAction={() => onDisable(!manager.disabled)}
        />
      )}
      {canDelete && <MenuSeparator />}
      {canDelete && (
        <MenuItem
          danger
          icon={Trash2}
          label={t("managers-delete")}
          onAction={() => onOpen({ what: "delete", manager })}
        />
      )}
    </>
  );
}
