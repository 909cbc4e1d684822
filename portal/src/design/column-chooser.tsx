import { RotateCcw } from "lucide-react";
import { useState } from "react";
import { Button } from "./button";
import { Checkbox } from "./checkbox";
import { NARROWEST, WIDEST, bounded, useColumns } from "./columns";
import type { Column } from "./table";
import { useText } from "./texts";

interface ChooserProps<Row> {
  name: string;
  columns: Column<Row>[];
  /** Cards have no widths. */
  hasWidths: boolean;
}

/** How wide a column is now. */
function widthOf(table: string, column: string): number {
  const head = document.querySelector(
    `[data-table="${CSS.escape(table)}"] [data-column="${CSS.escape(column)}"]`,
  );
  return bounded(head?.getBoundingClientRect().width ?? NARROWEST);
}

/** Which columns are shown and how wide they are: by mouse, by keys, by touch. */
export default function ColumnChooser<Row>({ name, columns, hasWidths }: ChooserProps<Row>) {
  const t = useText();
  const { visible, widths, toggle, resize, reset, isChanged } = useColumns(name, columns);
  // Measured when the list opens: a column without a width of its own has what is left over.
  const [measured] = useState(() =>
    Object.fromEntries(columns.map(({ id }) => [id, widthOf(name, id)])),
  );
  return (
    <div className="column-chooser">
      <ul>
        {columns.map((column) => {
          const isShown = visible.includes(column);
          return (
            <li key={column.id}>
              <Checkbox
                isSelected={isShown}
                isDisabled={column.lead ?? false}
                onChange={() => toggle(column.id)}
              >
                {column.label}
              </Checkbox>
              {hasWidths && isShown && (
                <input
                  type="range"
                  min={NARROWEST}
                  max={WIDEST}
                  step={4}
                  value={widths[column.id] ?? measured[column.id] ?? NARROWEST}
                  aria-label={t("design-column-width", { name: column.label })}
                  aria-valuetext={t("design-pixels", {
                    count: widths[column.id] ?? measured[column.id] ?? NARROWEST,
                  })}
                  onChange={(event) => resize(column.id, Number(event.currentTarget.value))}
                />
              )}
            </li>
          );
        })}
      </ul>
      <Button
        small
        variant="quiet"
        icon={RotateCcw}
        isDisabled={!isChanged}
        onPress={() => reset()}
      >
        {t("design-columns-reset")}
      </Button>
    </div>
  );
}
