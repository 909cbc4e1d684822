import { createContext, useContext } from "react";
import { useStored } from "./hooks";

/** Who reads: what is remembered for one person is not another's. */
export const Reader = createContext("");

interface Sized {
  id: string;
  /** A grid track: `minmax(180px, 2fr)`. */
  width: string;
  /** The column that names the row; always shown. */
  lead?: boolean;
  /** Hidden until chosen. */
  optional?: boolean;
}

/** Narrower than this a heading cannot be read, wider nobody needs. */
export const NARROWEST = 64;
export const WIDEST = 900;

interface Kept {
  /** Ids of the shown columns; missing: as the table comes. */
  shown?: string[] | undefined;
  /** Pixels of those that somebody has resized. */
  widths?: Record<string, number>;
}

const NOTHING: Kept = {};

/** Which columns a table shows and how wide they are, remembered for its reader. */
export function useColumns<C extends Sized>(name: string, columns: C[]) {
  const reader = useContext(Reader);
  const [kept, keep] = useStored<Kept>(`table.${reader}.${name}`, NOTHING);
  const chosen = Array.isArray(kept.shown) ? kept.shown : undefined;
  const shown = chosen ?? columns.filter((column) => !column.optional).map((column) => column.id);
  const widths = kept.widths ?? {};
  return {
    visible: columns.filter((column) => column.lead || shown.includes(column.id)),
    widths,
    isChanged: chosen !== undefined || Object.keys(widths).length > 0,
    toggle: (id: string) =>
      keep({
        ...kept,
        shown: shown.includes(id) ? shown.filter((one) => one !== id) : [...shown, id],
      }),
    resize: (id: string, pixels: number) =>
      keep({ ...kept, widths: { ...widths, [id]: bounded(pixels) } }),
    /** One column, or all of them and which are shown, as the table comes. */
    reset: (id?: string) => {
      const rest = Object.entries(widths).filter(([one]) => one !== id);
      keep(id === undefined ? {} : { ...kept, widths: Object.fromEntries(rest) });
    },
  };
}

export function bounded(pixels: number): number {
  return Math.min(WIDEST, Math.max(NARROWEST, Math.round(pixels)));
}

/** The tracks of these columns; where all are of a fixed width, the last takes what is left. */
export function tracks(columns: Sized[], widths: Record<string, number>): string {
  const fixed = columns.map((column) => widths[column.id]);
  const isFull = fixed.every((pixels) => pixels !== undefined);
  return columns
    .map((column, index) => {
      const pixels = fixed[index];
      if (pixels === undefined) return column.width;
      const last = isFull && index === columns.length - 1;
      return last ? `minmax(${String(pixels)}px, 1fr)` : `${String(pixels)}px`;
    })
    .join(" ");
}
