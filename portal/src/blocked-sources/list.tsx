import { useQueryClient } from "@tanstack/react-query";
import { ShieldCheck, ShieldOff } from "lucide-react";
import { useState } from "react";
import { ApiError, plain } from "../api/client";
import { set, useList } from "../api/lists";
import type { Page } from "../api/resources";
import { Confirm } from "../design/confirm";
import { EmptyState } from "../design/display";
import { ListPage, type ListTableProps } from "../design/list";
import { MenuItem } from "../design/overlays";
import type { Column } from "../design/table";
import { type Text, useText } from "../design/texts";
import { Ago, When } from "../design/time";
import { toast } from "../design/toast";
import { useMay } from "../session/session";
import { useListAddress } from "../shell/list-address";
import "./texts";

/** An address from which wrong passwords came too often. */
interface Blocked {
  address: string;
  prefix: number;
  since: string;
  until: string;
  failures: number;
  /** The last one tried: whatever somebody typed there. */
  username: string;
}

/** Blocks end by themselves within minutes, and no event says so. */
const LOOK_MS = 5000;
const ROOT = "blocked-sources";

/** How a block is written: an IPv6 one is of a whole network. */
function sourceOf({ address, prefix }: Blocked): string {
  return prefix === 32 || prefix === 128 ? address : `${address}/${String(prefix)}`;
}

function columns(t: Text): Column<Blocked>[] {
  return [
    {
      id: "address",
      label: t("blocked-sources-address"),
      width: "minmax(190px, 1.3fr)",
      lead: true,
      sort: "address",
      csv: sourceOf,
      cell: (one) => <code>{sourceOf(one)}</code>,
    },
    {
      id: "username",
      label: t("blocked-sources-username"),
      width: "minmax(150px, 1fr)",
      csv: (one) => one.username,
      cell: (one) => one.username || <span className="dim">{t("blocked-sources-nobody")}</span>,
    },
    {
      id: "failures",
      label: t("blocked-sources-failures"),
      width: "minmax(160px, 0.7fr)",
      sort: "failures",
      align: "end",
      csv: (one) => String(one.failures),
      cell: (one) => one.failures,
    },
    {
      id: "since",
      label: t("blocked-sources-since"),
      width: "minmax(130px, 0.8fr)",
      sort: "since",
      csv: (one) => one.since,
      cell: (one) => <Ago at={one.since} />,
    },
    {
      id: "until",
      label: t("blocked-sources-until"),
      width: "minmax(160px, 1fr)",
      sort: "until",
      csv: (one) => one.until,
      cell: (one) => <When at={one.until} />,
    },
  ];
}

function useBlockedSources(q: string, sort: string) {
  return useList<Blocked>(
    ROOT,
    { q, sort },
    (page) => {
      const query = new URLSearchParams({ ...set({ q, sort, cursor: page.cursor }) });
      query.set("limit", String(page.limit));
      return plain<Page<Blocked>>("GET", `/api/v1/blocked-sources?${query.toString()}`);
    },
    { everyMs: LOOK_MS },
  );
}

/** Who is kept out for guessing passwords, and the way to let them in again. */
export function BlockedSourcesPage() {
  const t = useText();
  const may = useMay();
  const { q, sort, onSort, words } = useListAddress("-since");
  const list = useBlockedSources(q, sort);
  const [lifting, setLifting] = useState<Blocked>();
  const canLift = may("blocked_source", "delete");
  const table: ListTableProps<Blocked> = {
    name: ROOT,
    label: t("blocked-sources-title"),
    columns: columns(t),
    rowKey: (one) => one.address,
    rowLabel: sourceOf,
    sort,
    onSort,
    ...(canLift
      ? {
          onOpen: setLifting,
          rowMenu: (one: Blocked) => (
            <MenuItem
              icon={ShieldOff}
              label={t("blocked-sources-lift")}
              onAction={() => setLifting(one)}
            />
          ),
        }
      : {}),
    empty: (
      <EmptyState
        icon={ShieldCheck}
        title={t(q ? "blocked-sources-none-found" : "blocked-sources-none")}
        text={t(q ? "blocked-sources-none-found-text" : "blocked-sources-none-text")}
      />
    ),
  };
  return (
    <ListPage
      title={t("blocked-sources-title")}
      intro={t("blocked-sources-intro")}
      list={list}
      search={{ label: t("blocked-sources-search"), ...words }}
      count={(count) => t("blocked-sources-count", { count })}
      table={table}
    >
      {lifting && <Lift blocked={lifting} onClose={() => setLifting(undefined)} />}
    </ListPage>
  );
}

async function lift({ address }: Blocked): Promise<void> {
  try {
    await plain("DELETE", `/api/v1/blocked-sources/${encodeURIComponent(address)}`);
  } catch (error) {
    // It has ended by itself meanwhile: what was wanted is so.
    if (!(error instanceof ApiError && error.status === 404)) throw error;
  }
}

function Lift({ blocked, onClose }: { blocked: Blocked; onClose: () => void }) {
  const t = useText();
  const client = useQueryClient();
  return (
    <Confirm
      title={t("blocked-sources-lift-title", { address: sourceOf(blocked) })}
      text={t("blocked-sources-lift-text", { count: blocked.failures })}
      action={t("blocked-sources-lift-do")}
      act={() => lift(blocked)}
      onDone={() => {
        void client.invalidateQueries({ queryKey: [ROOT, "list"] });
        toast({ kind: "ok", text: t("blocked-sources-lifted", { address: sourceOf(blocked) }) });
        onClose();
      }}
      onClose={onClose}
    />
  );
}
