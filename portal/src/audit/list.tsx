import { useMutation } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Download, ScrollText, ShieldCheck } from "lucide-react";
import { useMemo } from "react";
import { answer, api } from "../api/client";
import { explain } from "../api/errors";
import { set, useList } from "../api/lists";
import type { AuditEntry } from "../api/resources";
import { daysAgo } from "../calls/queries";
import { Button } from "../design/button";
import { EmptyState, Pill } from "../design/display";
import { FilterChip } from "../design/filters";
import { ListPage, type ListTableProps } from "../design/list";
import { type Column } from "../design/table";
import { type Text, useText, useTextOr } from "../design/texts";
import { When } from "../design/time";
import { toast } from "../design/toast";
import { useMay } from "../session/session";
import { useCustomerId, useCustomerKnown } from "../shell/customer";
import { useListAddress } from "../shell/list-address";
import { type TextOr, actOf } from "./act";
import { EntryPanel } from "./entry";
import "./texts";
import "../calls/texts";

const MODELS = [
  "user",
  "device",
  "conference_room",
  "conference",
  "conference_manager",
  "contact",
  "customer",
  "site",
  "api_key",
  "access_profile",
] as const;
const PERIODS = ["0", "1", "7", "30"] as const;

function columns(t: Text, textOr: TextOr): Column<AuditEntry>[] {
  return [
    {
      id: "act",
      label: t("audit-act"),
      width: "minmax(220px, 1.6fr)",
      lead: true,
      csv: (entry) => entry.action,
      cell: (entry) => (
        <div className="person">
          <div>
            <span className="name">{actOf(entry, textOr)}</span>
            <span className="under">{entry.subject.name}</span>
          </div>
        </div>
      ),
    },
    {
      id: "actor",
      label: t("audit-actor"),
      width: "minmax(150px, 1fr)",
      csv: (entry) => entry.actor.name,
      cell: (entry) => entry.actor.name,
    },
    {
      id: "door",
      label: t("audit-door"),
      width: "minmax(150px, 1fr)",
      csv: (entry) => `${entry.door} ${entry.source ?? ""}`.trim(),
      cell: (entry) => (
        <span className="row">
          <Pill tone="outline">{t(`audit-door-${entry.door}`)}</Pill>
          {entry.source && <span className="dim small">{entry.source}</span>}
        </span>
      ),
    },
    {
      id: "at",
      label: t("audit-at"),
      width: "minmax(170px, 1fr)",
      csv: (entry) => entry.at,
      cell: (entry) => <When at={entry.at} />,
    },
  ];
}

interface AuditSearch {
  model?: string | undefined;
  days?: string | undefined;
}

/** What of the address is a filter. */
function chosenOf(search: AuditSearch) {
  return {
    model: MODELS.find((one) => one === search.model),
    days: PERIODS.find((one) => one === search.days),
  };
}

interface AuditFilters {
  customer_id: string | undefined;
  q: string;
  model: (typeof MODELS)[number] | undefined;
  since: string | undefined;
}

function useAudit(filters: AuditFilters) {
  return useList<AuditEntry>(
    "audit",
    filters,
    (page, signal) =>
      answer(api.GET("/api/v1/audit", { params: { query: { ...set(filters), ...page } }, signal })),
    { isReady: useCustomerKnown() },
  );
}

/** Who did what to what, from where, with the fields before and after. */
export function AuditPage() {
  const t = useText();
  const textOr = useTextOr();
  const search = useSearch({ from: "/frame/audit" });
  const navigate = useNavigate({ from: "/audit" });
  const customer_id = useCustomerId();
  const { q, words } = useListAddress();
  const { model, days } = chosenOf(search);
  const since = useMemo(
    () => (days === undefined ? undefined : daysAgo(Number(days), new Date())),
    [days],
  );
  const filters = { customer_id, q, model, since };
  const list = useAudit(filters);
  const go = (change: Partial<typeof search>) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  const open = list.rows.find((entry) => entry.id === search.entry);
  const isFiltered = q !== "" || model !== undefined || days !== undefined;
  const table: ListTableProps<AuditEntry> = {
    name: "audit",
    label: t("audit-title"),
    columns: columns(t, textOr),
    rowKey: (entry) => entry.id,
    rowLabel: (entry) => actOf(entry, textOr),
    onOpen: (entry) => go({ entry: entry.id }),
    empty: (
      <EmptyState
        icon={ScrollText}
        title={t(isFiltered ? "audit-none-found" : "audit-none")}
        text={t(isFiltered ? "audit-none-found-text" : "audit-none-text")}
      />
    ),
  };
  return (
    <ListPage
      title={t("audit-title")}
      intro={t("audit-intro")}
      actions={<Actions filters={filters} />}
      list={list}
      search={{ label: t("audit-search"), ...words }}
      filters={<Filters search={search} go={go} />}
      count={(count) => t("audit-count", { count })}
      table={table}
    >
      {open && <EntryPanel entry={open} onClose={() => go({ entry: undefined })} />}
    </ListPage>
  );
}

interface FiltersProps {
  search: AuditSearch;
  go: (change: AuditSearch) => void;
}

function Filters({ search, go }: FiltersProps) {
  const t = useText();
  const { model, days } = chosenOf(search);
  return (
    <>
      <FilterChip
        label={t("audit-model")}
        value={model}
        choices={MODELS.map((id) => ({
          id,
          label: t(`audit-model-${id.replaceAll("_", "-")}`),
        }))}
        onChange={(next) => go({ model: next })}
      />
      <FilterChip
        label={t("calls-period")}
        value={days}
        choices={PERIODS.map((id) => ({ id, label: t(`calls-period-${id}`) }))}
        onChange={(next) => go({ days: next })}
      />
    </>
  );
}

/** What is done with all that the filters find. */
function Actions({ filters }: { filters: AuditFilters }) {
  const t = useText();
  const may = useMay();
  return (
    <>
      {may("audit_log", "export") && (
        <a className="button" href={exportOf(filters)} download>
          <Download aria-hidden />
          {t("audit-export")}
        </a>
      )}
      <Verify customerId={filters.customer_id} />
    </>
  );
}

/** Where everything that the filters find is to be had as a file. */
function exportOf(filters: object): string {
  const query = new URLSearchParams(Object.entries(set(filters)).map(([k, v]) => [k, String(v)]));
  return `/api/v1/audit/export?${query}`;
}

/** Walks along the chain of hashes, on the server. */
function Verify({ customerId }: { customerId: string | undefined }) {
  const t = useText();
  const verify = useMutation({
    mutationFn: () =>
      answer(
        api.GET("/api/v1/audit/verify", { params: { query: set({ customer_id: customerId }) } }),
      ),
    onSuccess: ({ entries, broken_at }) => {
      if (broken_at === null) toast({ kind: "ok", text: t("audit-verified", { count: entries }) });
      else toast({ kind: "bad", text: t("audit-broken", { at: broken_at }) });
    },
    onError: (error) => toast({ kind: "bad", text: explain(error, t) }),
    meta: { quiet: true },
  });
  return (
    <Button icon={ShieldCheck} isPending={verify.isPending} onPress={() => verify.mutate()}>
      {t("audit-verify")}
    </Button>
  );
}
