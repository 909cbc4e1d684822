import { useNavigate, useSearch } from "@tanstack/react-router";
import { PhoneCall } from "lucide-react";
import { useMemo } from "react";
import type { Call, CallParty } from "../api/resources";
import { Avatar, EmptyState, PageHead } from "../design/display";
import { TabPanel, Tabs } from "../design/tabs";
import { FilterChip } from "../design/filters";
import { type ListTableProps, TableList } from "../design/list";
import type { Column } from "../design/table";
import { type Text, useText } from "../design/texts";
import { When, duration } from "../design/time";
import { useMay } from "../session/session";
import { useCustomerId, useCustomerKnown } from "../shell/customer";
import { useListAddress } from "../shell/list-address";
import { ExplainTab } from "./explain";
import { daysAgo, useCalls } from "./queries";
import { CallPill, Talked, partyName } from "./words";
import "./calls.css";
import "./texts";

const PERIODS = ["0", "1", "7", "30"] as const;

function Party({ party }: { party: CallParty }) {
  return (
    <div className="person">
      <Avatar name={party.name} size="small" />
      <div>
        <span className="name">{partyName(party)}</span>
        {party.name && <span className="under">{party.number}</span>}
      </div>
    </div>
  );
}

function columns(t: Text): Column<Call>[] {
  return [
    {
      id: "from",
      label: t("calls-from"),
      width: "minmax(190px, 1.5fr)",
      lead: true,
      csv: (call) => `${call.from.name} ${call.from.number}`.trim(),
      cell: (call) => <Party party={call.from} />,
    },
    {
      id: "to",
      label: t("calls-to"),
      width: "minmax(190px, 1.5fr)",
      csv: (call) => `${call.to.name} ${call.to.number}`.trim(),
      cell: (call) => <Party party={call.to} />,
    },
    {
      id: "state",
      label: t("calls-outcome"),
      width: "minmax(150px, 1.25fr)",
      csv: (call) => call.cause ?? call.state,
      cell: (call) => (
        <div className="call-outcome">
          <CallPill call={call} />
        </div>
      ),
    },
    {
      id: "started",
      label: t("calls-started"),
      width: "minmax(170px, 1fr)",
      csv: (call) => call.started_at,
      cell: (call) => <When at={call.started_at} />,
    },
    {
      id: "talked",
      label: t("calls-talked"),
      width: "minmax(80px, 0.5fr)",
      align: "end",
      csv: (call) =>
        call.answered_at && call.ended_at
          ? duration(Date.parse(call.ended_at) - Date.parse(call.answered_at))
          : "",
      cell: (call) => <Talked call={call} />,
    },
  ];
}

/** Calls that go on, calls that were, and what would happen to one. */
export function CallsPage() {
  const t = useText();
  const may = useMay();
  const { tab = "live" } = useSearch({ from: "/frame/calls" });
  const navigate = useNavigate({ from: "/calls" });
  return (
    <div className="page">
      <PageHead title={t("calls-title")} sub={t("calls-intro")} />
      <Tabs
        label={t("calls-title")}
        value={tab}
        onChange={(next) =>
          void navigate({ search: (before) => ({ ...before, tab: next }), replace: true })
        }
        items={[
          { id: "live", label: t("calls-tab-live") },
          { id: "history", label: t("calls-tab-history") },
          ...(may("call", "explain")
            ? [{ id: "explain" as const, label: t("calls-tab-explain") }]
            : []),
        ]}
      >
        <TabPanel id="live">
          <Live />
        </TabPanel>
        <TabPanel id="history">
          <Past />
        </TabPanel>
        {may("call", "explain") && (
          <TabPanel id="explain">
            <ExplainTab />
          </TabPanel>
        )}
      </Tabs>
    </div>
  );
}

/** What the tables of both tabs say of a call. */
function useCallTable(t: Text) {
  const navigate = useNavigate();
  return {
    columns: columns(t),
    rowKey: (call: Call) => call.id,
    rowLabel: (call: Call) => `${partyName(call.from)}, ${partyName(call.to)}`,
    onOpen: (call: Call) => void navigate({ to: "/calls/$callId", params: { callId: call.id } }),
  };
}

function Live() {
  const t = useText();
  const list = useCalls({ customer_id: useCustomerId(), state: "live" }, useCustomerKnown());
  const common = useCallTable(t);
  const rows = list.rows.filter((call) => call.state !== "ended");
  const ended = list.rows.length - rows.length;
  return (
    <div className="stack">
      <TableList
        list={list}
        count={(count) => t("calls-count", { count: count - ended })}
        table={{
          name: "live-calls",
          label: t("calls-tab-live"),
          ...common,
          rows,
          empty: (
            <EmptyState
              icon={PhoneCall}
              title={t("calls-live-none")}
              text={t("calls-live-none-text")}
            />
          ),
        }}
      />
    </div>
  );
}

function Past() {
  const t = useText();
  const search = useSearch({ from: "/frame/calls" });
  const navigate = useNavigate({ from: "/calls" });
  const customer_id = useCustomerId();
  const { q, words } = useListAddress();
  const days = PERIODS.find((period) => period === search.days);
  const since = useMemo(
    () => (days === undefined ? undefined : daysAgo(Number(days), new Date())),
    [days],
  );
  const list = useCalls({ customer_id, state: "ended", q, since }, useCustomerKnown());
  const common = useCallTable(t);
  const isFiltered = q !== "" || days !== undefined;
  const table: ListTableProps<Call> = {
    name: "calls",
    label: t("calls-tab-history"),
    ...common,
    empty: (
      <EmptyState
        icon={PhoneCall}
        title={t(isFiltered ? "calls-none-found" : "calls-none")}
        text={t(isFiltered ? "calls-none-found-text" : "calls-none-text")}
      />
    ),
  };
  return (
    <div className="stack">
      <TableList
        list={list}
        search={{ label: t("calls-search"), ...words }}
        filters={
          <FilterChip
            label={t("calls-period")}
            value={days}
            choices={PERIODS.map((id) => ({ id, label: t(`calls-period-${id}`) }))}
            onChange={(next) =>
              void navigate({ search: (before) => ({ ...before, days: next }), replace: true })
            }
          />
        }
        count={(count) => t("calls-count", { count })}
        table={table}
      />
    </div>
  );
}
