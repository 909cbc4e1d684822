interface CsvColumn<Row> {
  label: string;
  csv?: (row: Row) => string;
}

/**
 * A cell of a CSV file (RFC 4180). A spreadsheet runs what begins like a formula, so such a cell
 * gets an apostrophe before it; plain signed numbers and phone numbers stay as they are.
 */
export function csvCell(value: string): string {
  const formula = /^[=+\-@\t\r]/u.test(value) && !/^[+-]?[\d ().]+$/u.test(value);
  const safe = formula ? `'${value}` : value;
  return /[",\r\n]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function linesOf(rows: string[][]): string {
  return rows.map((cells) => `${cells.map(csvCell).join(",")}\r\n`).join("");
}

export interface CsvSource<Row> {
  columns: CsvColumn<Row>[];
  /** The rows, some at a time. */
  parts: AsyncIterable<Row[]> | Iterable<Row[]>;
  /** Fetches what the cells of these rows say beyond the rows. */
  prepare?: ((rows: Row[]) => Promise<unknown>) | undefined;
}

/** Rows as a CSV file. What is written is the browser's to keep, so that a long list fits. */
export async function csvFile<Row>(
  { columns, parts, prepare }: CsvSource<Row>,
  onProgress: (count: number) => void = () => undefined,
): Promise<Blob> {
  const used = columns.filter((column) => column.csv);
  const written: BlobPart[] = ["\ufeff", linesOf([used.map((column) => column.label)])];
  let count = 0;
  for await (const rows of parts) {
    await prepare?.(rows);
    const cells = rows.map((row) => used.map((column) => column.csv?.(row) ?? ""));
    written.push(new Blob([linesOf(cells)]));
    count += rows.length;
    onProgress(count);
  }
  return new Blob(written, { type: "text/csv;charset=utf-8" });
}

/** What a CSV file of this list is called. */
export function csvName(list: string): string {
  return `${list}.csv`;
}

/** Hands a file to the browser. */
export function saveFile(name: string, file: Blob): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
