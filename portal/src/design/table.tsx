import { useWindowVirtualizer, useVirtualizer } from "@tanstack/react-virtual";
import {
  ArrowDown,
  ArrowUp,
  ArrowUpDown,
  Columns3,
  Download,
  EllipsisVertical,
  X,
} from "lucide-react";
import {
  type KeyboardEvent,
  type MouseEvent,
  type PointerEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { Dialog, DialogTrigger, Popover } from "react-aria-components";
import { bounded, tracks, useColumns } from "./columns";
import { csvFile, csvName, saveFile } from "./csv";
import { Button, IconButton } from "./button";
import { Skeleton, SkeletonLines } from "./display";
import { Checkbox } from "./checkbox";
import { Menu, MenuItem } from "./overlays";
import { useNarrow } from "./hooks";
import { lazyPart } from "./lazy";
import { ProgressLine } from "./progress";
import { type SelectionState, useRowKeys } from "./selection";
import { useText } from "./texts";
import { toast } from "./toast";
import type { Trouble } from "../api/lists";
import type { Page } from "../api/resources";
import { explain } from "../api/errors";

export interface Column<Row> {
  id: string;
  label: string;
  /** A grid track: `minmax(180px, 2fr)`. */
  width: string;
  cell: (row: Row) => ReactNode;
  /** What goes into a CSV file; a column without it stays out. */
  csv?: (row: Row) => string;
  /** The name that the server sorts by. */
  sort?: string;
  /** The column that names the row; always shown, and heads the card. */
  lead?: boolean;
  /** Hidden until chosen. */
  optional?: boolean;
  align?: "end";
}

/** `name` or `-name`, as the API has it. */
export type Sort = string;

export interface TableProps<Row> {
  /** Remembers the chosen columns under this name. */
  name: string;
  label: string;
  columns: Column<Row>[];
  rows: Row[];
  rowKey: (row: Row) => string;
  /** For screen readers and row buttons. */
  rowLabel: (row: Row) => string;
  /** How many there are on the server; rows beyond those loaded are fetched near the end. */
  total?: number;
  isLoading?: boolean;
  onEndReached?: () => void;
  /** All rows there are, also those that are not loaded. */
  pages?: (signal: AbortSignal) => AsyncIterable<Page<Row>>;
  /** Fetches what the cells of a CSV file say beyond these rows. */
  prepareCsv?: (rows: Row[]) => Promise<unknown>;
  /** Rows that could not be fetched beside those that are there. */
  trouble?: Trouble | undefined;
  sort?: Sort | undefined;
  onSort?: (sort: Sort) => void;
  onOpen?: (row: Row) => void;
  selection?: SelectionState;
  /** Buttons of the selection bar. */
  bulkActions?: ReactNode;
  /** Items of a row's menu. */
  rowMenu?: (row: Row) => ReactNode;
  /** Shown in place of rows when there are none. */
  empty: ReactNode;
}

const OVERSCAN = 8;

const ColumnChooser = lazyPart(() => import("./column-chooser"), <SkeletonLines lines={4} />);
const CsvExport = lazyPart(() => import("./csv-export"));

/** Choosing columns and taking the rows out: for the tools above a table. */
export function TableTools<Row>({ table }: { table: TableProps<Row> }) {
  const t = useText();
  const narrow = useNarrow();
  return (
    <>
      <DialogTrigger>
        <IconButton small icon={Columns3} label={t("design-columns")} />
        <Popover className="popover" placement="bottom end" offset={4}>
          <Dialog aria-label={t("design-columns")}>
            <ColumnChooser
              name={table.name}
              columns={table.columns as Column<unknown>[]}
              hasWidths={!narrow}
            />
          </Dialog>
        </Popover>
      </DialogTrigger>
      {narrow && table.onSort && (
        <Menu
          label={t("design-sort")}
          trigger={<IconButton small icon={ArrowUpDown} label={t("design-sort")} />}
        >
          {table.columns.map(
            ({ id, label, sort: by }) =>
              by && (
                <MenuItem
                  key={id}
                  label={label}
                  end={table.sort === by ? "↑" : table.sort === `-${by}` ? "↓" : ""}
                  onAction={() => table.onSort?.(table.sort === by ? `-${by}` : by)}
                />
              ),
          )}
        </Menu>
      )}
      <CsvButton table={table} />
    </>
  );
}

/** Everything that the filters find as a file: at once where it is loaded, else page by page. */
function CsvButton<Row>({ table }: { table: TableProps<Row> }) {
  const t = useText();
  const { visible: columns } = useColumns(table.name, table.columns);
  const [isWriting, setWriting] = useState(false);
  const { name, rows, total = 0, pages, prepareCsv: prepare } = table;
  const saveLoaded = () =>
    csvFile({ columns, prepare, parts: [rows] }).then(
      (file) => saveFile(csvName(name), file),
      (error: unknown) => toast({ kind: "bad", text: explain(error, t) }),
    );
  const isPart = pages !== undefined && total > rows.length;
  return (
    <>
      <IconButton
        small
        icon={Download}
        label={t("design-csv")}
        onPress={() => (isPart ? setWriting(true) : void saveLoaded())}
      />
      {isWriting && pages && (
        <CsvExport
          name={name}
          columns={columns as Column<unknown>[]}
          prepare={prepare as ((rows: unknown[]) => Promise<unknown>) | undefined}
          pages={pages}
          total={total}
          onClose={() => setWriting(false)}
        />
      )}
    </>
  );
}

/**
 * Rows in a grid of which only those in view exist. Where it is narrow they are cards that scroll
 * with the page. Arrow keys and j/k move, space selects, shift extends, Enter opens.
 */
export function Table<Row>(props: TableProps<Row>) {
  const narrow = useNarrow();
  return narrow ? <Cards {...props} /> : <Grid {...props} />;
}

function Grid<Row>(props: TableProps<Row>) {
  const scroller = useRef<HTMLDivElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  useTop(frame);
  const virtualizer = useVirtualizer({
    count: rowCount(props),
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight(52),
    overscan: OVERSCAN,
  });
  return (
    <div className="table-frame" ref={frame}>
      <Bar {...props} />
      <div className="table-scroll" ref={scroller} tabIndex={-1}>
        <Body {...props} virtual={virtualizer} offset={0} narrow={false} />
      </div>
      <TroubleLine trouble={props.trouble} />
    </div>
  );
}

function Cards<Row>(props: TableProps<Row>) {
  const list = useRef<HTMLDivElement>(null);
  const [offset, setOffset] = useState(0);
  useLayoutEffect(() => {
    const measure = () => {
      const top = list.current?.getBoundingClientRect().top ?? 0;
      setOffset(Math.round(top + window.scrollY));
    };
    measure();
    // What is above them comes and goes.
    const watch = new ResizeObserver(measure);
    watch.observe(document.body);
    return () => watch.disconnect();
  }, []);
  const virtualizer = useWindowVirtualizer({
    count: rowCount(props),
    estimateSize: () => 112,
    overscan: OVERSCAN,
    scrollMargin: offset,
    gap: 8,
  });
  return (
    <div className="table-frame cards" ref={list}>
      <Bar {...props} />
      <div className="table-scroll">
        <Body {...props} virtual={virtualizer} offset={offset} narrow />
      </div>
      <TroubleLine trouble={props.trouble} />
    </div>
  );
}

/** Says that rows are missing or old, and how to try again. */
export function TroubleLine({ trouble }: { trouble: Trouble | undefined }) {
  const t = useText();
  if (trouble === undefined) return null;
  return (
    <div className="trouble" role="alert">
      <span>
        {t("design-more-failed")} {explain(trouble.error, t)}
      </span>
      <Button small onPress={trouble.retry}>
        {t("design-try-again")}
      </Button>
    </div>
  );
}

function rowCount<Row>({ rows, total, isLoading, trouble }: TableProps<Row>): number {
  if (isLoading && rows.length === 0) return 8;
  // Nothing is on its way.
  if (trouble !== undefined) return rows.length;
  return (
    rows.length +
    (total !== undefined && total > rows.length ? Math.min(5, total - rows.length) : 0)
  );
}

function rowHeight(fallback: number): number {
  const raw = getComputedStyle(document.documentElement).getPropertyValue("--row");
  return Number.parseFloat(raw) || fallback;
}

/** Tells the style sheet where the table begins, so that it ends where the window does. */
function useTop(frame: RefObject<HTMLDivElement | null>) {
  useLayoutEffect(() => {
    const element = frame.current;
    if (!element) return;
    const measure = () =>
      element.style.setProperty(
        "--table-top",
        `${String(element.getBoundingClientRect().top + window.scrollY)}px`,
      );
    measure();
    window.addEventListener("resize", measure);
    // What is above it comes and goes, and one of those around both changes its size with that.
    const watch = new ResizeObserver(measure);
    for (let at = element.parentElement; at; at = at.parentElement) watch.observe(at);
    return () => {
      window.removeEventListener("resize", measure);
      watch.disconnect();
    };
  }, [frame]);
}

function Bar<Row>(props: TableProps<Row>) {
  const t = useText();
  const { selection, bulkActions } = props;
  if (!selection || selection.keys.size === 0) return null;
  const isGathering = selection.all?.gathered !== undefined;
  return (
    <div className="selection-bar" role="toolbar" aria-label={t("design-selection")}>
      <b>{t("design-selected", { count: selection.keys.size })}</b>
      <TakeAll {...props} />
      {!isGathering && bulkActions}
      <span className="end">
        <IconButton small icon={X} label={t("design-clear-selection")} onPress={selection.clear} />
      </span>
    </div>
  );
}

/** Offers the rest of what matches once all that is loaded is ticked, and says how far that is. */
function TakeAll<Row>({ selection, rows, rowKey }: TableProps<Row>) {
  const t = useText();
  const all = selection?.all;
  if (!all) return null;
  const { total, count, gathered } = all;
  if (gathered !== undefined)
    return (
      <ProgressLine
        text={t("design-gathering", { done: gathered, total: count })}
        onStop={all.stop}
      />
    );
  const isOffered =
    selection.keys.size < count && rows.every((row) => selection.keys.has(rowKey(row)));
  return (
    isOffered && (
      <Button small onPress={all.gather}>
        {t(count < total ? "design-select-first" : "design-select-rest", { count, total })}
      </Button>
    )
  );
}

interface VirtualRows {
  getVirtualItems: () => { index: number; start: number; key: React.Key }[];
  getTotalSize: () => number;
  scrollToIndex: (index: number) => void;
  measureElement: (element: HTMLElement | null) => void;
}

interface BodyProps<Row> extends TableProps<Row> {
  virtual: VirtualRows;
  offset: number;
  narrow: boolean;
}

function leadFirst<Row>(columns: Column<Row>[]): Column<Row>[] {
  return [...columns].sort((a, b) => Number(b.lead ?? 0) - Number(a.lead ?? 0));
}

/** Says so when the last row that is drawn is near the end of those that are there. */
function useEndReached(last: number, count: number, onEndReached: (() => void) | undefined) {
  useEffect(() => {
    if (onEndReached && count > 0 && last >= count - OVERSCAN) onEndReached();
  }, [last, count, onEndReached]);
}

function Body<Row>(props: BodyProps<Row>) {
  const { rows, columns, selection, virtual, total, onEndReached, isLoading } = props;
  const { visible, ...sizes } = useColumns(props.name, columns);
  const shown = props.narrow ? leadFirst(visible) : visible;
  const grid = useRef<HTMLDivElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const keys = useRowKeys({
    rows,
    rowKey: props.rowKey,
    selection,
    onOpen: props.onOpen,
    scrollTo: virtual.scrollToIndex,
    body,
  });
  const items = virtual.getVirtualItems();
  useEndReached(items.at(-1)?.index ?? 0, rows.length, onEndReached);
  const templateOf = (given: Record<string, number>) =>
    [selection ? "40px" : "", tracks(shown, given), props.rowMenu ? "48px" : ""].join(" ");
  if (rows.length === 0 && !isLoading) return props.empty;
  const template = { "--columns": templateOf(sizes.widths) } as React.CSSProperties;
  return (
    <div
      role="grid"
      ref={grid}
      aria-label={props.label}
      aria-rowcount={(total ?? rows.length) + 1}
      aria-multiselectable={selection ? true : undefined}
      aria-busy={isLoading}
      data-table={props.name}
      style={template}
      onKeyDown={keys.onKeyDown}
    >
      <HeadRow {...props} columns={shown} grid={grid} templateOf={templateOf} sizes={sizes} />
      <div
        role="rowgroup"
        className="table-rows"
        ref={body}
        style={{ height: virtual.getTotalSize() }}
      >
        {items.map((item) => {
          const row = rows[item.index];
          return (
            <Line
              key={row === undefined ? `waiting-${String(item.index)}` : props.rowKey(row)}
              {...props}
              columns={shown}
              row={row}
              index={item.index}
              top={item.start - props.offset}
              isActive={keys.active === item.index}
              onFocus={() => keys.setActive(item.index)}
              onPick={keys.pick}
            />
          );
        })}
      </div>
    </div>
  );
}

interface HeadRowProps<Row> extends BodyProps<Row> {
  grid: RefObject<HTMLDivElement | null>;
  /** The tracks of the grid, with columns so wide. */
  templateOf: (widths: Record<string, number>) => string;
  sizes: Pick<ReturnType<typeof useColumns<Column<Row>>>, "widths" | "resize" | "reset">;
}

function HeadRow<Row>(props: HeadRowProps<Row>) {
  const { columns, selection, grid, templateOf, sizes } = props;
  const t = useText();
  return (
    <div role="rowgroup">
      <div role="row" className="table-head" aria-rowindex={1}>
        {selection && <TickAll {...props} selection={selection} />}
        {columns.map((column) => (
          <Head
            key={column.id}
            column={column}
            sort={props.sort}
            // What cannot be seen above cards is not to be reached: the tools sort there.
            onSort={props.narrow ? undefined : props.onSort}
            onDrag={(pixels) => {
              // Rows follow the style; they need not be drawn anew for each pixel.
              const all = templateOf({ ...sizes.widths, [column.id]: bounded(pixels) });
              grid.current?.style.setProperty("--columns", all);
            }}
            onResize={(pixels) => sizes.resize(column.id, pixels)}
            onReset={() => sizes.reset(column.id)}
          />
        ))}
        {props.rowMenu && (
          <div role="columnheader" className="end">
            <span className="visually-hidden">{t("design-actions")}</span>
          </div>
        )}
      </div>
    </div>
  );
}

interface TickAllProps<Row> extends Pick<TableProps<Row>, "rows" | "rowKey"> {
  selection: SelectionState;
}

function TickAll<Row>({ rows, rowKey, selection }: TickAllProps<Row>) {
  const t = useText();
  const count = rows.length;
  const label = selection.all
    ? t("design-select-loaded", { count, total: selection.all.total })
    : t("design-select-all", { count });
  return (
    <div role="columnheader" className="tick" title={label}>
      <Checkbox
        aria-label={label}
        isSelected={rows.length > 0 && rows.every((row) => selection.keys.has(rowKey(row)))}
        isIndeterminate={
          selection.keys.size > 0 && rows.some((row) => !selection.keys.has(rowKey(row)))
        }
        onChange={(on) => (on ? selection.replace(rows.map(rowKey)) : selection.clear())}
      />
    </div>
  );
}

interface HeadProps<Row> extends GripProps {
  column: Column<Row>;
  sort: Sort | undefined;
  onSort: ((sort: Sort) => void) | undefined;
}

function Head<Row>({ column, sort, onSort, ...grip }: HeadProps<Row>) {
  const { sort: by } = column;
  const direction =
    by && sort === by ? "ascending" : by && sort === `-${by}` ? "descending" : undefined;
  const className = column.align === "end" ? "end-align" : undefined;
  const canSort = by !== undefined && onSort !== undefined;
  return (
    <div
      role="columnheader"
      aria-sort={canSort ? (direction ?? "none") : undefined}
      className={className}
      data-column={column.id}
    >
      {canSort ? (
        <button type="button" onClick={() => onSort(direction === "ascending" ? `-${by}` : by)}>
          {column.label}
          {direction === "ascending" && <ArrowUp aria-hidden />}
          {direction === "descending" && <ArrowDown aria-hidden />}
        </button>
      ) : (
        column.label
      )}
      <Grip {...grip} />
    </div>
  );
}

interface GripProps {
  onDrag: (pixels: number) => void;
  onResize: (pixels: number) => void;
  onReset: () => void;
}

/** The edge of a heading, to drag; two clicks put it back. Keys do the same in the tools. */
function Grip({ onDrag, onResize, onReset }: GripProps) {
  const from = useRef<{ x: number; width: number }>(undefined);
  const widthAt = (event: PointerEvent) =>
    from.current ? from.current.width + event.clientX - from.current.x : 0;
  return (
    <span
      className="grip"
      aria-hidden
      onDoubleClick={onReset}
      onPointerDown={(event) => {
        const head = event.currentTarget.closest("[role=columnheader]");
        if (event.button !== 0 || !head) return;
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
        from.current = { x: event.clientX, width: head.getBoundingClientRect().width };
      }}
      onPointerMove={(event) => {
        if (from.current) onDrag(widthAt(event));
      }}
      onPointerUp={(event) => {
        // A click that moved nothing is half of a double click.
        if (from.current && event.clientX !== from.current.x) onResize(widthAt(event));
        from.current = undefined;
      }}
      onPointerCancel={() => {
        if (from.current) onDrag(from.current.width);
        from.current = undefined;
      }}
    />
  );
}

interface LineProps<Row> extends BodyProps<Row> {
  row: Row | undefined;
  index: number;
  top: number;
  isActive: boolean;
  onFocus: () => void;
  onPick: (index: number, extend: boolean) => void;
}

function placeOf(top: number) {
  return { transform: `translateY(${String(top)}px)` };
}

/** Whether a click was meant for something inside the row. */
function onControl(event: MouseEvent | KeyboardEvent): boolean {
  return (
    event.target instanceof Element &&
    event.target.closest("a, button, label, input, [role=menuitem]") !== null
  );
}

function Line<Row>(props: LineProps<Row>) {
  const { row, index, columns, selection, onOpen, rowMenu } = props;
  const t = useText();
  if (row === undefined) return <WaitingLine {...props} />;
  const key = props.rowKey(row);
  const label = props.rowLabel(row);
  const selected = selection?.keys.has(key) ?? false;
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selection ? selected : undefined}
      data-index={index}
      className={onOpen ? "table-row opens" : "table-row"}
      style={placeOf(props.top)}
      ref={props.narrow ? props.virtual.measureElement : undefined}
      tabIndex={props.isActive ? 0 : -1}
      onFocus={props.onFocus}
      onClick={(event) => {
        if (onControl(event)) return;
        if (selection && (event.shiftKey || event.ctrlKey || event.metaKey)) {
          props.onPick(index, event.shiftKey);
        } else {
          onOpen?.(row);
        }
      }}
    >
      {selection && (
        <div role="gridcell" className="tick">
          <Checkbox
            aria-label={t("design-select-row", { name: label })}
            excludeFromTabOrder={!props.isActive}
            isSelected={selected}
            onChange={() => props.onPick(index, false)}
          />
        </div>
      )}
      {columns.map((column) => (
        <div
          role="gridcell"
          key={column.id}
          className={`${column.lead ? "lead" : "meta"}${column.align === "end" ? " end-align" : ""}`}
          data-label={column.label}
        >
          {column.cell(row)}
        </div>
      ))}
      {rowMenu && (
        <RowMenu label={label} isActive={props.isActive}>
          {rowMenu(row)}
        </RowMenu>
      )}
    </div>
  );
}

/** A row on its way. */
function WaitingLine<Row>({ index, top, columns, selection }: LineProps<Row>) {
  return (
    <div role="row" aria-rowindex={index + 2} className="table-row" style={placeOf(top)}>
      {selection && <div role="gridcell" className="tick" />}
      {columns.map((column, place) => (
        <div role="gridcell" key={column.id} className={column.lead ? "lead" : "meta"}>
          <Skeleton width={`${String(80 - ((index + place) % 4) * 14)}%`} />
        </div>
      ))}
    </div>
  );
}

interface RowMenuProps {
  label: string;
  isActive: boolean;
  children: ReactNode;
}

function RowMenu({ label, isActive, children }: RowMenuProps) {
  const t = useText();
  return (
    <div role="gridcell" className="end">
      <Menu
        label={t("design-row-menu", { name: label })}
        trigger={
          <Button
            variant="quiet"
            small
            className="icon"
            icon={EllipsisVertical}
            aria-label={t("design-row-menu", { name: label })}
            excludeFromTabOrder={!isActive}
          />
        }
      >
        {children}
      </Menu>
    </div>
  );
}
