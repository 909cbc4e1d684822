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

/** The rows as a CSV file. */
export function toCsv<Row>(columns: CsvColumn<Row>[], rows: Row[]): string {
  const used = columns.filter((column) => column.csv);
  const lines = [used.map((column) => csvCell(column.label))];
  for (const row of rows) lines.push(used.map((column) => csvCell(column.csv?.(row) ?? "")));
  return lines.map((cells) => cells.join(",")).join("\r\n") + "\r\n";
}

/** Hands the rows that are shown to the browser as a file. */
export function downloadCsv<Row>(name: string, columns: CsvColumn<Row>[], rows: Row[]): void {
  const file = new Blob(["\ufeff", toCsv(columns, rows)], { type: "text/csv;charset=utf-8" });
  const url = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = url;
  link.download = `${name}.csv`;
  link.click();
  URL.revokeObjectURL(url);
}
