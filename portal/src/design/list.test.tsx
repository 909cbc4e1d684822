import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { ApiError } from "../api/client";
import type { List } from "../api/lists";
import { ListPage } from "./list";
import { TextsProvider } from "./texts";

interface Thing {
  id: string;
}

const retry = vi.fn();
const LOADED: List<Thing> = {
  rows: [],
  total: 0,
  isLoading: false,
  error: null,
  isForbidden: false,
  trouble: undefined,
  more: vi.fn(),
  retry,
  source: "things",
  pages: async function* () {},
};
const refused = (status: number) =>
  new ApiError(status, { type: "about:blank", title: "No", status, detail: "It does not work." });

function show(change: Partial<List<Thing>>) {
  render(
    <TextsProvider>
      <ListPage
        title="Things"
        intro="What there is."
        list={{ ...LOADED, ...change }}
        search={{ label: "Find a thing", value: "", onChange: vi.fn() }}
        count={(count) => `${String(count)} things`}
        table={{
          name: "things",
          label: "Things",
          columns: [{ id: "id", label: "Id", width: "1fr", cell: (thing) => thing.id }],
          rowKey: (thing) => thing.id,
          rowLabel: (thing) => thing.id,
          empty: <p>Nothing yet</p>,
        }}
      >
        <p>Beside it</p>
      </ListPage>
    </TextsProvider>,
  );
}

it("shows its tools, how many there are and what is said of none", () => {
  show({});
  expect(screen.getByRole("heading", { name: "Things" })).toBeTruthy();
  expect(screen.getByRole("searchbox", { name: "Find a thing" })).toBeTruthy();
  expect(screen.getByRole("status").textContent).toBe("0 things");
  expect(screen.getByRole("button", { name: "Choose columns" })).toBeTruthy();
  expect(screen.getByText("Nothing yet")).toBeTruthy();
  expect(screen.getByText("Beside it")).toBeTruthy();
});

it("keeps its tools beside an error, and tries again", async () => {
  show({ error: refused(500), total: undefined });
  expect(screen.getByRole("searchbox")).toBeTruthy();
  expect(screen.getByRole("status").textContent).toBe("");
  expect(screen.queryByText("Nothing yet")).toBeNull();
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(retry).toHaveBeenCalledOnce();
});

it("shows nothing of a list that is not the reader's", () => {
  show({ isForbidden: true, error: refused(403) });
  expect(screen.queryByRole("heading", { name: "Things" })).toBeNull();
  expect(screen.queryByRole("searchbox")).toBeNull();
});
