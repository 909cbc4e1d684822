import { Plus } from "lucide-react";
import { type ReactNode, useId } from "react";
import { explain } from "../api/errors";
import { type List, tableOf } from "../api/lists";
import { Button } from "./button";
import { ErrorState, ForbiddenState, PageHead } from "./display";
import { useShortcuts } from "./hooks";
import { SearchField } from "./search-field";
import { Table, type TableProps, TableTools } from "./table";
import { useText } from "./texts";

interface ListFrameProps<Row> {
  list: List<Row>;
  search?: { label: string; value: string; onChange: (typed: string) => void } | undefined;
  /** Chips beside the search. */
  filters?: ReactNode;
  /** How many there are, in words. */
  count?: ((count: number) => string) | undefined;
  tools?: ReactNode;
  children: ReactNode;
}

/** What is above a list, and the list or why it cannot be shown. */
export function ListFrame<Row>(props: ListFrameProps<Row>) {
  const t = useText();
  const { list, search, count } = props;
  if (list.isForbidden) return <ForbiddenState />;
  const hasTools = search ?? props.filters ?? count ?? props.tools;
  return (
    <>
      {hasTools && (
        <div className="table-tools">
          {search && <SearchField {...search} />}
          {props.filters}
          <div className="end">
            {count && (
              <span className="count" role="status">
                {list.total !== undefined && count(list.total)}
              </span>
            )}
            {props.tools}
          </div>
        </div>
      )}
      {list.error ? (
        <ErrorState message={explain(list.error, t)} onRetry={list.retry} />
      ) : (
        props.children
      )}
    </>
  );
}

/** What a page says of its table; the rows are the list's unless it shows fewer of them. */
export type ListTableProps<Row> = Omit<TableProps<Row>, keyof ReturnType<typeof tableOf>> & {
  rows?: Row[];
};

interface TableListProps<Row> extends Omit<ListFrameProps<Row>, "tools" | "children"> {
  table: ListTableProps<Row>;
}

/** A list as a table, with its tools. */
export function TableList<Row>({ table: given, ...frame }: TableListProps<Row>) {
  const table = { ...tableOf(frame.list), ...given };
  return (
    <ListFrame {...frame} tools={<TableTools table={table} />}>
      <Table {...table} />
    </ListFrame>
  );
}

interface ListPageProps<Row> extends TableListProps<Row> {
  title: string;
  /** What this is, in a line. */
  intro: string;
  actions?: ReactNode;
  /** What opens over or beside the list. */
  children?: ReactNode;
}

/** A page that is a list. */
export function ListPage<Row>(props: ListPageProps<Row>) {
  const { title, intro, actions, children, ...rest } = props;
  if (rest.list.isForbidden) return <ForbiddenState />;
  return (
    <div className="page">
      <PageHead title={title} sub={intro} actions={actions} />
      <TableList {...rest} />
      {children}
    </div>
  );
}

interface AddButtonProps {
  label: string;
  onAdd: () => void;
  /** Why nothing can be added now. A disabled button has no tooltip: the words stand beside it. */
  obstacle: string | undefined;
}

function AddButton({ label, onAdd, obstacle }: AddButtonProps) {
  const id = useId();
  const isBarred = obstacle !== undefined;
  return (
    <>
      {isBarred && (
        <span className="help" id={id}>
          {obstacle}
        </span>
      )}
      <Button
        variant="primary"
        icon={Plus}
        onPress={onAdd}
        isDisabled={isBarred}
        {...(isBarred ? { "aria-describedby": id } : {})}
      >
        {label}
      </Button>
    </>
  );
}

/** The button that adds to a list, and its key; nothing for those who may not. */
export function useAddButton(
  label: string,
  isAllowed: boolean,
  onAdd: () => void,
  obstacle?: string,
): ReactNode {
  useShortcuts({ add: isAllowed && obstacle === undefined ? onAdd : undefined });
  return isAllowed && <AddButton label={label} onAdd={onAdd} obstacle={obstacle} />;
}
