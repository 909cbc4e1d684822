import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Users } from "lucide-react";
import { type ReactNode, useMemo } from "react";
import { keys } from "../api/keys";
import type { Site, User } from "../api/resources";
import { Button } from "../design/button";
import { EmptyState } from "../design/display";
import { ListPage, type ListTableProps, useAddButton } from "../design/list";
import { lazyPart } from "../design/lazy";
import { useText } from "../design/texts";
import { useMay } from "../session/session";
import { useCustomerId, useCustomerKnown, useIsAll } from "../shell/customer";
import { useListAddress } from "../shell/list-address";
import { userColumns } from "./columns";
import { ActDialog, BulkActions, UserMenu, useUserActs } from "./acts";
import { Filters } from "./filters";
import { useUsers } from "./queries";
import { siteQuery, useHasSites } from "./sites";
import "./texts";

const AddUser = lazyPart(() => import("./add"));

function useShownUsers(search: UsersSearch, q: string, sort: string) {
  return useUsers(
    {
      customer_id: useCustomerId(),
      q,
      site_id: search.site,
      role: search.role,
      state: search.state,
      has_extension: search.phone,
      sort,
    },
    useCustomerKnown(),
  );
}

function useShownColumns(hasSites: boolean) {
  const t = useText();
  const client = useQueryClient();
  return useMemo(
    () =>
      userColumns(t, {
        hasSites,
        nameOf: (id) => client.getQueryData<Site>(keys.site(id ?? ""))?.name ?? id ?? "",
      }),
    [t, hasSites, client],
  );
}

/** Fetches the names of the sites of these people, for what cannot wait for them. */
function useSiteNames(hasSites: boolean) {
  const client = useQueryClient();
  return async (users: User[]) => {
    if (!hasSites) return;
    const ids = new Set(users.flatMap(({ site_id }) => site_id ?? []));
    await Promise.all(
      [...ids].map((id) => client.query({ ...siteQuery(id), staleTime: "static" })),
    );
  };
}

const CLEARED: UsersSearch = {
  q: undefined,
  site: undefined,
  role: undefined,
  state: undefined,
  phone: undefined,
};

function isFiltered({ site, role, state, phone }: UsersSearch, q: string): boolean {
  return q !== "" || [site, role, state, phone].some((one) => one !== undefined);
}

/** A customer's people, live. */
export function UsersPage() {
  const t = useText();
  const may = useMay();
  const search = useSearch({ from: "/frame/users" });
  const navigate = useNavigate({ from: "/users" });
  const { q, sort, onSort, words, clear } = useListAddress("name");
  const list = useShownUsers(search, q, sort);
  const acts = useUserActs(list);
  const go = (change: Partial<typeof search>) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  const hasSites = useHasSites(useCustomerId());
  // With no customer chosen, who is added is one of the provider's own people.
  const isAll = useIsAll();
  const canAdd = may("user", "create");
  const startAdding = () => go({ add: true });
  const add = useAddButton(t(isAll ? "users-add-provider" : "users-add"), canAdd, startAdding);

  const table: ListTableProps<User> = {
    name: "users",
    label: t("users-title"),
    columns: useShownColumns(hasSites),
    prepareCsv: useSiteNames(hasSites),
    rowKey: (user) => user.id,
    rowLabel: (user) => user.name,
    sort,
    onSort,
    onOpen: (user) => void navigate({ to: "/users/$userId", params: { userId: user.id } }),
    ...(acts.canChange || acts.canDelete ? { selection: acts.selection } : {}),
    bulkActions: <BulkActions acts={acts} />,
    rowMenu: (user) => <UserMenu user={user} acts={acts} />,
    empty: (
      <Nobody
        isFiltered={isFiltered(search, q)}
        onClear={() => {
          clear();
          go(CLEARED);
        }}
        add={add}
      />
    ),
  };

  return (
    <ListPage
      title={t("users-title")}
      intro={t("users-intro")}
      actions={
        <>
          {canAdd && isAll && <span className="help">{t("users-add-choose")}</span>}
          {add}
        </>
      }
      list={list}
      search={{ label: t("users-search"), ...words }}
      filters={<Filters search={search} go={go} hasSites={hasSites} />}
      count={(count) => t("users-count", { count })}
      table={table}
    >
      {search.add && <AddUser onClose={() => go({ add: undefined })} />}
      <ActDialog acts={acts} />
    </ListPage>
  );
}

interface NobodyProps {
  isFiltered: boolean;
  onClear: () => void;
  add: ReactNode;
}

function Nobody({ isFiltered, onClear, add }: NobodyProps) {
  const t = useText();
  return isFiltered ? (
    <EmptyState
      icon={Users}
      title={t("users-none-found")}
      text={t("users-none-found-text")}
      actions={<Button onPress={onClear}>{t("users-clear-filters")}</Button>}
    />
  ) : (
    <EmptyState icon={Users} title={t("users-none")} text={t("users-none-text")} actions={add} />
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
