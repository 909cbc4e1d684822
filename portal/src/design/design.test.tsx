import { act, render, renderHook, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { type ReactNode, useState } from "react";
import { describe, expect, it, vi } from "vitest";
import { csvCell, csvFile } from "./csv";
import { initials } from "./display";
import { NumberField } from "./fields";
import { nest, useForm } from "./form";
import { titleWhatIsCut, useSearchWords } from "./hooks";
import { Dialog, SidePanel } from "./overlays";
import { movedIndex } from "./selection";
import { TextsProvider } from "./texts";
import { ago, duration } from "./time";

it("defuses what a spreadsheet would run, and leaves numbers alone", () => {
  const cases: [string, string][] = [
    ["plain", "plain"],
    ['say "hi", then', '"say ""hi"", then"'],
    ["=1+1", "'=1+1"],
    ["@sum", "'@sum"],
    ["-cmd", "'-cmd"],
    ["+49 30 1234", "+49 30 1234"],
    ["-5", "-5"],
    ["two\nlines", '"two\nlines"'],
  ];
  for (const [cell, expected] of cases) expect(csvCell(cell)).toBe(expected);
});

/** What is in it; jsdom's has no `text`. */
function textOf(file: Blob): Promise<string> {
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(typeof reader.result === "string" ? reader.result : "");
    reader.readAsText(file);
  });
}

it("writes only the columns that have something to write, part by part", async () => {
  const columns = [
    { label: "Name", csv: (row: { name: string }) => row.name },
    { label: "Picture" },
  ];
  const seen: number[] = [];
  const names = new Map<string, string>();
  const file = await csvFile(
    {
      columns: [...columns, { label: "Site", csv: ({ name }) => names.get(name) ?? "?" }],
      parts: [[{ name: "Anna" }], [{ name: "Ben" }, { name: "=1" }]],
      prepare: (rows) => Promise.resolve(rows.map(({ name }) => names.set(name, "Leeds"))),
    },
    (count) => seen.push(count),
  );
  expect(await textOf(file)).toBe("Name,Site\r\nAnna,Leeds\r\nBen,Leeds\r\n'=1,Leeds\r\n");
  expect(seen).toEqual([1, 3]);
});

it("finds initials in any script", () => {
  const cases: [string, string][] = [
    ["Anna Berg", "AB"],
    ["山田 太郎", "山"],
    ["Ingrid Maria Lindqvist", "IL"],
    ["élodie", "É"],
    ["+49 151 2345", ""],
    ["", ""],
  ];
  for (const [name, expected] of cases) expect(initials(name)).toBe(expected);
});

it("names whole only what is cut", () => {
  render(
    <div role="gridcell">
      <b>Grandstream GXP2170</b>
    </div>,
  );
  const cell = screen.getByRole("gridcell");
  const target = screen.getByText("Grandstream GXP2170");
  const wide = vi.spyOn(cell, "scrollWidth", "get").mockReturnValue(120);
  titleWhatIsCut({ target });
  expect(cell.title).toBe("Grandstream GXP2170");
  wide.mockReturnValue(0);
  titleWhatIsCut({ target });
  expect(cell.hasAttribute("title")).toBe(false);
});

it("tells times as people do", () => {
  expect([0, 61_000, 3_723_000, -5].map(duration)).toEqual(["0:00", "1:01", "1:02:03", "0:00"]);
  expect(ago(90_000)).toContain("min");
});

it("nests flat names into a PATCH", () => {
  expect(nest({ email: "a", "features.ring_time": 20, "features.busy": null })).toEqual({
    email: "a",
    features: { ring_time: 20, busy: null },
  });
});

it("follows the address where it changes by itself, and tells it what is typed", async () => {
  const told = vi.fn();
  const { result, rerender } = renderHook(({ q }) => useSearchWords(q, told), {
    initialProps: { q: undefined as string | undefined },
  });
  act(() => result.current[1]("anna"));
  await vi.waitFor(() => expect(told).toHaveBeenCalledWith("anna"));
  rerender({ q: "anna" });
  expect(result.current[0]).toBe("anna");
  // Back, or a click on the area's own link.
  rerender({ q: undefined });
  expect([result.current[0], result.current[2]]).toEqual(["", ""]);
});

it("keeps what is typed while a Save is under way", () => {
  const { result } = renderHook(() => useForm("test", { name: "", number: "" }));
  act(() => result.current.set("name", "Anna"));
  const sent = result.current.values;
  act(() => result.current.set("number", "201"));
  act(() => result.current.saved(sent));
  expect(result.current.values).toEqual({ name: "", number: "201" });
  expect(result.current.changed).toEqual(["number"]);
});

describe("a panel", () => {
  const closed = vi.fn();
  const show = (overlay: ReactNode) => {
    closed.mockReset();
    render(<TextsProvider>{overlay}</TextsProvider>);
  };

  it("that something was filled into asks before it goes", async () => {
    show(
      <SidePanel isOpen isDirty onClose={closed} title="Add">
        <input aria-label="Name" />
      </SidePanel>,
    );
    await userEvent.click(screen.getByLabelText("Name"));
    await userEvent.keyboard("{Escape}");
    expect(closed).not.toHaveBeenCalled();
    await userEvent.click(await screen.findByRole("button", { name: "Stay here" }));
    // Where one typed has the focus again, a moment after the question has gone.
    await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText("Name")));
    await userEvent.keyboard("{Escape}");
    const question = await screen.findByRole("alertdialog");
    await userEvent.click(within(question).getByRole("button", { name: "Close" }));
    expect(closed).toHaveBeenCalledOnce();
  });

  it("with a secret stays until its button is pressed", async () => {
    show(
      <Dialog isOpen isDismissable={false} onClose={closed} title="Secret">
        <input aria-label="Password" />
      </Dialog>,
    );
    await userEvent.click(screen.getByRole("textbox"));
    await userEvent.keyboard("{Escape}");
    expect(closed).not.toHaveBeenCalled();
  });
});

describe("keys in a list", () => {
  it("move within it", () => {
    expect(movedIndex("j", 0, 3)).toBe(1);
    expect(movedIndex("ArrowDown", 2, 3)).toBe(2);
    expect(movedIndex("k", 0, 3)).toBe(0);
    expect(movedIndex("End", 0, 3)).toBe(2);
    expect(movedIndex("x", 0, 3)).toBeUndefined();
  });
});

describe("a number field", () => {
  function Held() {
    const [value, setValue] = useState<number | null>(20);
    return (
      <TextsProvider>
        <NumberField label="Ring time" value={value} onChange={setValue} min={5} max={300} />
        <output>{String(value)}</output>
      </TextsProvider>
    );
  }

  it("takes numbers, keeps to its bounds and can be emptied", async () => {
    render(<Held />);
    const field = screen.getByLabelText("Ring time");
    await userEvent.clear(field);
    expect(screen.getByRole("status").textContent).toBe("null");
    await userEvent.type(field, "999");
    await userEvent.tab();
    expect(screen.getByRole("status").textContent).toBe("300");
    await userEvent.clear(field);
    await userEvent.type(field, "4x");
    await userEvent.tab();
    expect(screen.getByRole("status").textContent).toBe("5");
    expect((field as HTMLInputElement).value).toBe("5");
  });
});
