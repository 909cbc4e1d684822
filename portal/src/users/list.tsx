import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Ban, CircleCheck, Pencil, Trash2, Users } from "lucide-react";
import { useMemo, useState } from "react";
import { keys } from "../api/keys";
import type { Site, User } from "../api/resources";
import { Button } from "../design/button";
import { EmptyState } from "../design/display";
import { FilterChip, SearchChip } from "../design/filters";
import { ListPage, type ListTableProps, useAddButton } from "../design/list";
import { lazyPart } from "../design/lazy";
import { MenuItem, MenuSeparator } from "../design/overlays";
import { usePruned, useSelection } from "../design/selection";
import { useText } from "../design/texts";
import { useRoles } from "../session/profiles";
import { userTarget, useMayOn } from "../session/covers";
import { mayBeyondOwn, useMay, useMe } from "../session/session";
import { useCustomerId, useCustomerKnown } from "../shell/customer";
import { useListAddress } from "../shell/list-address";
import { userColumns } from "./columns";
import { DeleteUsers } from "./delete";
import { useSetDisabled } from "./disable";
import { presences } from "./presence";
import { useUsers } from "./queries";
import { findSites, useHasSites, useSite } from "./sites";
import "./texts";

const AddUser = lazyPart(() => import("./add"));
const EditTogether = lazyPart(() => import("./edit-together"));

const idOf = (user: User) => user.id;

/** A customer's people, live. */
export function UsersPage() {
  const t = useText();
  const may = useMay();
  const search = useSearch({ from: "/frame/users" });
  const navigate = useNavigate({ from: "/users" });
  const customer_id = useCustomerId();
  const { q, sort, onSort, words, clear } = useListAddress("name");
  const list = useUsers(
    {
      customer_id,
      q,
      site_id: search.site,
      role: search.role,
      state: search.state,
      has_extension: search.phone,
      sort,
    },
    useCustomerKnown(),
  );
  const selection = useSelection();
  const [deleting, setDeleting] = useState<User[]>([]);
  const [editing, setEditing] = useState<User[]>([]);
  const { act: setDisabled, isPending: isSetting } = useSetDisabled();
  usePruned(selection, list.rows, idOf);
  const go = (change: Partial<typeof search>) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });

  const mayOn = useMayOn();
  const me = useMe();
  // Whoever may change only themselves has nothing to tick here.
  const canChange = mayBeyondOwn(me, "user", "update");
  const canDelete = mayBeyondOwn(me, "user", "delete");
  const hasSites = useHasSites(customer_id);
  const client = useQueryClient();
  const columns = useMemo(
    () =>
      userColumns(t, {
        hasSites,
        nameOf: (id) => client.getQueryData<Site>(keys.site(id ?? ""))?.name ?? id ?? "",
      }),
    [t, hasSites, client],
  );
  const chosen = list.rows.filter((user) => selection.keys.has(user.id));
  const isFiltered =
    q !== "" ||
    search.site !== undefined ||
    search.role !== undefined ||
    search.state !== undefined ||
    search.phone !== undefined;

  const add = useAddButton(t("users-add"), may("user", "create"), () => go({ add: true }));

  const table: ListTableProps<User> = {
    name: "users",
    label: t("users-title"),
    columns,
    rowKey: (user) => user.id,
    rowLabel: (user) => user.name,
    sort,
    onSort,
    onOpen: (user) => void navigate({ to: "/users/$userId", params: { userId: user.id } }),
    ...(canChange || canDelete ? { selection } : {}),
    bulkActions: (
      <>
        {canChange && (
          <>
            <Button small icon={Pencil} onPress={() => setEditing(chosen)}>
              {t("users-together")}
            </Button>
            <Button
              small
              icon={Ban}
              isPending={isSetting}
              onPress={() => void setDisabled(chosen, true)}
            >
              {t("users-disable")}
            </Button>
            <Button
              small
              icon={CircleCheck}
              isPending={isSetting}
              onPress={() => void setDisabled(chosen, false)}
            >
              {t("users-enable")}
            </Button>
          </>
        )}
        {canDelete && (
          <Button small variant="danger" icon={Trash2} onPress={() => setDeleting(chosen)}>
            {t("users-delete")}
          </Button>
        )}
      </>
    ),
    rowMenu: (user) => (
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
            onAction={() => void setDisabled([user], !user.advanced.disabled)}
          />
        )}
        {mayOn("user", "delete", userTarget(user)) && <MenuSeparator />}
        {mayOn("user", "delete", userTarget(user)) && (
          <MenuItem
            danger
            icon={Trash2}
            label={t("users-delete")}
            onAction={() => setDeleting([user])}
          />
        )}
      </>
    ),
    empty: isFiltered ? (
      <EmptyState
        icon={Users}
        title={t("users-none-found")}
        text={t("users-none-found-text")}
        actions={
          <Button
            onPress={() => {
              clear();
              go({
                q: undefined,
                site: undefined,
                role: undefined,
                state: undefined,
                phone: undefined,
              });
            }}
          >
            {t("users-clear-filters")}
          </Button>
        }
      />
    ) : (
      <EmptyState icon={Users} title={t("users-none")} text={t("users-none-text")} actions={add} />
    ),
  };

  return (
    <ListPage
      title={t("users-title")}
      intro={t("users-intro")}
      actions={add}
      list={list}
      search={{ label: t("users-search"), ...words }}
      filters={<Filters search={search} go={go} hasSites={hasSites} />}
      count={(count) => t("users-count", { count })}
      table={table}
    >
      {search.add && <AddUser onClose={() => go({ add: undefined })} />}
      {editing.length > 0 && (
        <EditTogether
          users={editing}
          onClose={() => setEditing([])}
          onDone={() => {
            setEditing([]);
            selection.clear();
          }}
        />
      )}
      {deleting.length > 0 && (
        <DeleteUsers
          users={deleting}
          onClose={() => setDeleting([])}
          onDone={() => {
            setDeleting([]);
            selection.clear();
          }}
        />
      )}
    </ListPage>
  );
}

export interface UsersSearch {
  q?: string | undefined;
  site?: string | undefined;
  role?: string | undefined;
  state?: User["state"] | undefined;
  /** With or without an extension. */
  phone?: boolean | undefined;
  sort?: string | undefined;
  add?: boolean | undefined;
}

function Filters({
  search,
  go,
  hasSites,
}: {
  search: UsersSearch;
  go: (change: Partial<UsersSearch>) => void;
  hasSites: boolean;
}) {
  const t = useText();
  const customer_id = useCustomerId();
  const site = useSite(search.site);
  const roles = useRoles() ?? [];
  return (
    <>
      <FilterChip
        label={t("users-state")}
        value={search.state}
        choices={presences.map((id) => ({ id, label: t(`users-state-${id}`) }))}
        onChange={(state) => go({ state })}
      />
      {(hasSites || search.site !== undefined) && (
        <SearchChip
          label={t("users-site")}
          searchLabel={t("users-find-site")}
          value={
            search.site === undefined ? undefined : { id: search.site, label: site?.name ?? "…" }
          }
          source={["sites", customer_id ?? null]}
          find={(words, signal) => findSites(words, customer_id, signal)}
          onChange={(id) => go({ site: id })}
        />
      )}
      {roles.length > 0 && (
        <FilterChip
          label={t("users-role")}
          value={search.role}
          choices={roles}
          onChange={(role) => go({ role })}
        />
      )}
      <FilterChip
        label={t("users-extension")}
        value={search.phone === undefined ? undefined : search.phone ? "with" : "without"}
        choices={[
          { id: "with", label: t("users-with-extension") },
          { id: "without", label: t("users-without-extension") },
        ]}
        onChange={(value) => go({ phone: value === undefined ? undefined : value === "with" })}
      />
    </>
  );
}
