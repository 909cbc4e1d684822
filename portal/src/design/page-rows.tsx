import { Bell, Trash2, Users } from "lucide-react";
import { useState } from "react";
import type { List } from "../api/lists";
import { Button, IconButton } from "./button";
import { Card, EmptyState } from "./display";
import { FilterChip } from "./filters";
import { ListFrame, TableList } from "./list";
import { MenuItem } from "./overlays";
import { useSelection } from "./selection";
import { Table, TableTools, type TableProps, TroubleLine } from "./table";
import { SAMPLES, type Sample } from "./page-samples";
import { toast } from "./toast";

const SAMPLE_COLUMNS: TableProps<Sample>["columns"] = [
  {
    id: "name",
    label: "Name",
    width: "minmax(200px, 2fr)",
    lead: true,
    sort: "name",
    csv: (row) => row.name,
    cell: (row) => <b>{row.name}</b>,
  },
  {
    id: "number",
    label: "Number",
    width: "minmax(100px, 1fr)",
    sort: "number",
    csv: (row) => row.number,
    cell: (row) => row.number,
  },
];

export function Rows() {
  const selection = useSelection();
  const [sort, setSort] = useState("name");
  const [filter, setFilter] = useState<"a" | "b">();
  const table: TableProps<Sample> = {
    name: "design",
    label: "People",
    columns: SAMPLE_COLUMNS,
    rows: SAMPLES,
    rowKey: (row) => row.id,
    rowLabel: (row) => row.name,
    sort,
    onSort: setSort,
    selection,
    onOpen: (row) => toast({ kind: "info", text: row.name }),
    bulkActions: (
      <Button small variant="danger">
        Delete
      </Button>
    ),
    rowMenu: () => <MenuItem icon={Trash2} danger label="Delete" />,
    empty: <EmptyState icon={Users} title="Nobody" text="There is nobody." />,
  };
  return (
    <>
      <div className="table-tools">
        <FilterChip
          label="Filter"
          value={filter}
          onChange={setFilter}
          choices={[
            { id: "a", label: "one way" },
            { id: "b", label: "the other" },
          ]}
        />
        <span className="count">2,000 people</span>
        <TableTools table={table} />
      </div>
      <div className="states-table">
        <Table {...table} />
      </div>
    </>
  );
}

/** A table without rows: on their way, none, or not to be had. */
export function RowStates() {
  const table: TableProps<Sample> = {
    name: "design-states",
    label: "People",
    columns: [
      {
        id: "name",
        label: "Name",
        width: "minmax(120px, 2fr)",
        lead: true,
        cell: (row) => row.name,
      },
      {
        id: "number",
        label: "Number",
        width: "minmax(80px, 1fr)",
        align: "end",
        optional: true,
        cell: (row) => row.number,
      },
    ],
    rows: [],
    rowKey: (row) => row.id,
    rowLabel: (row) => row.name,
    empty: <EmptyState icon={Users} title="Nobody" text="There is nobody." />,
  };
  const trouble = { error: new Error("away"), retry: () => undefined };
  return (
    <div className="design-columns">
      <Table {...table} isLoading />
      <Table {...table} />
      <Table
        {...table}
        rows={SAMPLES.slice(0, 2)}
        total={40}
        onEndReached={() => undefined}
        trouble={trouble}
        pages={async function* () {}}
        prepareCsv={() => Promise.resolve()}
      />
      <Card>
        <TroubleLine trouble={trouble} />
      </Card>
    </div>
  );
}

export function Lists() {
  const [typed, setTyped] = useState("");
  const rows = SAMPLES.slice(0, 3).filter((row) => row.name.includes(typed));
  const nothing = () => undefined;
  const list: List<Sample> = {
    rows,
    total: rows.length,
    isLoading: false,
    error: null,
    isForbidden: false,
    trouble: undefined,
    more: nothing,
    retry: nothing,
    source: "people",
    pages: async function* () {},
  };
  const search = { label: "Find a person", value: typed, onChange: setTyped };
  const count = (many: number) => `${String(many)} people`;
  const filters = (
    <FilterChip
      label="State"
      value={undefined}
      choices={[{ id: "a", label: "one" }]}
      onChange={nothing}
    />
  );
  return (
    <div className="stack">
      <TableList
        list={list}
        search={search}
        filters={filters}
        count={count}
        table={{
          name: "design-list",
          label: "People in a list",
          columns: [
            { id: "name", label: "Name", width: "1fr", lead: true, cell: (row) => row.name },
          ],
          rowKey: (row) => row.id,
          rowLabel: (row) => row.name,
          empty: <EmptyState icon={Users} title="Nobody" text="There is nobody." />,
        }}
      />
      <ListFrame
        list={{ ...list, total: undefined, error: new Error("away") }}
        search={search}
        filters={filters}
        count={count}
        tools={<IconButton small icon={Bell} label="A tool" />}
      >
        <p>Only seen when it is there.</p>
      </ListFrame>
    </div>
  );
}
