import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactNode } from "react";
import { expect, it, vi } from "vitest";
import type { List } from "../api/lists";
import { TableList } from "./list";
import { MOST_SELECTED, useListSelection } from "./list-selection";
import { TextsProvider } from "./texts";

interface Thing {
  id: string;
}

const things = (count: number): Thing[] =>
  Array.from({ length: count }, (_, index) => ({ id: `t${String(index)}` }));
const idOf = ({ id }: Thing) => id;

/** A list of so many, of which the first two are loaded; the rest comes two at a time. */
function listOf(total: number, given: Partial<List<Thing>> = {}): List<Thing> {
  const all = things(total);
  return {
    rows: all.slice(0, 2),
    total,
    isLoading: false,
    error: null,
    isForbidden: false,
    trouble: undefined,
    more: vi.fn(),
    retry: vi.fn(),
    source: "things",
    pages: async function* () {
      for (let from = 0; from < total; from += 500)
        yield await Promise.resolve({ items: all.slice(from, from + 500), next: null, total });
    },
    ...given,
  };
}

function Things({ list }: { list: List<Thing> }) {
  const { selection, chosen } = useListSelection(list, idOf);
  return (
    <TableList
      list={list}
      table={{
        name: "things",
        label: "Things",
        columns: [{ id: "id", label: "Id", width: "1fr", cell: idOf }],
        rowKey: idOf,
        rowLabel: idOf,
        selection,
        bulkActions: <p>Acts on {chosen.length}</p>,
        empty: null,
      }}
    />
  );
}

const show = (page: ReactNode) => render(page, { wrapper: TextsProvider });
const tickAll = (name: string) => userEvent.click(screen.getByRole("checkbox", { name }));
const press = (name: string) => userEvent.click(screen.getByRole("button", { name }));

it("ticks what is loaded, says so, and offers the rest of what matches", async () => {
  const list = listOf(1234);
  const { rerender } = show(<Things list={list} />);
  await tickAll("Select the 2 that are loaded, of 1,234");
  expect(screen.getByText("Acts on 2")).toBeTruthy();
  await press("Select all 1,234 that match");
  expect(await screen.findByText("Acts on 1234")).toBeTruthy();
  expect(screen.getByText("1,234 selected")).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Select all 1,234 that match" })).toBeNull();
  // Of another search they are not.
  rerender(<Things list={listOf(3, { source: "others" })} />);
  expect(await screen.findByText("Acts on 2")).toBeTruthy();
});

it("offers nothing more where all that match are loaded", async () => {
  show(<Things list={listOf(2)} />);
  await tickAll("Select all 2");
  expect(screen.getByText("Acts on 2")).toBeTruthy();
  expect(screen.queryByRole("button", { name: /that match/u })).toBeNull();
});

it("says how far it is, and stays with those that were ticked when it is stopped", async () => {
  let goOn: () => void = () => undefined;
  const asked = vi.fn<(signal: AbortSignal) => void>();
  const pages = async function* (signal: AbortSignal) {
    asked(signal);
    yield { items: things(3), next: "b", total: 5 };
    await new Promise<void>((resolve) => (goOn = resolve));
    yield { items: things(5).slice(3), next: null, total: 5 };
  };
  show(<Things list={listOf(5, { pages })} />);
  await tickAll("Select the 2 that are loaded, of 5");
  await press("Select all 5 that match");
  expect(await screen.findByText("3 of 5 looked up")).toBeTruthy();
  // Nothing is done with a part of them meanwhile.
  expect(screen.queryByText(/Acts on/u)).toBeNull();
  await press("Stop");
  expect(asked.mock.calls[0]?.[0].aborted).toBe(true);
  await act(async () => {
    goOn();
    await Promise.resolve();
  });
  expect(await screen.findByText("Acts on 2")).toBeTruthy();
});

it("takes no more than a browser holds, and says so", async () => {
  show(<Things list={listOf(MOST_SELECTED + 700)} />);
  await tickAll("Select the 2 that are loaded, of 10,700");
  await press("Select the first 10,000 of 10,700 that match");
  expect(await screen.findByText("Acts on 10000")).toBeTruthy();
});
