import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import type { Page } from "../api/resources";
import { saveFile } from "./csv";
import CsvExport from "./csv-export";
import { TextsProvider } from "./texts";

interface Thing {
  name: string;
}

vi.mock("./csv", async (original) => ({ ...(await original()), saveFile: vi.fn() }));

const close = vi.fn();

function show(pages: (signal: AbortSignal) => AsyncIterable<Page<Thing>>) {
  return render(
    <TextsProvider>
      <CsvExport
        name="things"
        columns={[{ label: "Name", csv: (thing: Thing) => thing.name }]}
        pages={pages}
        total={3}
        onClose={close}
      />
    </TextsProvider>,
  );
}

const page = (names: string[]): Page<Thing> => ({
  items: names.map((name) => ({ name })),
  next: null,
  total: 3,
});

beforeEach(() => {
  vi.mocked(saveFile).mockClear();
  close.mockClear();
});

it("writes all pages, says how far it is, and that it is done", async () => {
  let goOn: () => void = () => undefined;
  show(async function* () {
    yield page(["a", "b"]);
    await new Promise<void>((resolve) => (goOn = resolve));
    yield page(["c"]);
  });
  expect(await screen.findByText("2 of 3 rows")).toBeTruthy();
  expect(saveFile).not.toHaveBeenCalled();
  goOn();
  expect(await screen.findByText("things.csv has all 3 rows that match.")).toBeTruthy();
  const [name, file] = vi.mocked(saveFile).mock.calls[0] ?? [];
  expect(name).toBe("things.csv");
  // A mark for spreadsheets, the heading, and three rows.
  expect(file?.size).toBe(3 + "Name\r\na\r\nb\r\nc\r\n".length);
});

it("fetches nothing more and keeps nothing once it is cancelled", async () => {
  let given: AbortSignal | undefined;
  const { unmount } = show(async function* (signal) {
    given = signal;
    yield page(["a"]);
    await new Promise(() => undefined);
  });
  expect(await screen.findByText("1 of 3 rows")).toBeTruthy();
  await userEvent.click(screen.getByRole("button", { name: "Cancel" }));
  expect(close).toHaveBeenCalledOnce();
  unmount();
  expect(given?.aborted).toBe(true);
  expect(saveFile).not.toHaveBeenCalled();
});

it("says when rows are missing, and begins again", async () => {
  let isAway = true;
  show(async function* () {
    yield await Promise.resolve(page(["a"]));
    if (isAway) throw new Error("away");
    yield page(["b", "c"]);
  });
  expect(await screen.findByText(/could not be written/u)).toBeTruthy();
  expect(saveFile).not.toHaveBeenCalled();
  isAway = false;
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("things.csv has all 3 rows that match.")).toBeTruthy();
  expect(saveFile).toHaveBeenCalledOnce();
});
