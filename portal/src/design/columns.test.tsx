import { act, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { describe, expect, it } from "vitest";
import { Reader, tracks, useColumns } from "./columns";

const columns = [
  { id: "name", width: "minmax(200px, 2fr)", lead: true },
  { id: "number", width: "minmax(90px, 1fr)" },
  { id: "email", width: "minmax(190px, 1fr)", optional: true },
];

function columnsOf(reader: string) {
  const wrapper = ({ children }: { children: ReactNode }) => (
    <Reader value={reader}>{children}</Reader>
  );
  return renderHook(() => useColumns("people", columns), { wrapper }).result;
}

describe("the columns of a table", () => {
  it("are remembered for their reader, and for nobody else", () => {
    const anna = columnsOf("anna");
    act(() => anna.current.toggle("email"));
    act(() => anna.current.resize("number", 140.4));
    const again = columnsOf("anna");
    expect(again.current.visible.map(({ id }) => id)).toEqual(["name", "number", "email"]);
    expect(again.current.widths).toEqual({ number: 140 });
    const ben = columnsOf("ben");
    expect(ben.current.visible.map(({ id }) => id)).toEqual(["name", "number"]);
    expect(ben.current.isChanged).toBe(false);
  });

  it("keep the name, stay readable, and can be put back", () => {
    const { current } = columnsOf("cleo");
    act(() => current.toggle("name"));
    const after = columnsOf("cleo");
    act(() => after.current.resize("number", 3));
    expect(after.current.visible.map(({ id }) => id)).toContain("name");
    expect(after.current.widths).toEqual({ number: 64 });
    act(() => after.current.reset("number"));
    expect(after.current.widths).toEqual({});
    act(() => after.current.reset());
    expect(after.current.isChanged).toBe(false);
  });

  it("survive what something else has written there", () => {
    localStorage.setItem("convoke.table.dora.people", '{"shown":"all"}');
    expect(columnsOf("dora").current.visible).toHaveLength(2);
  });

  it("fill the table also when every one has its width", () => {
    expect(tracks(columns.slice(0, 2), { number: 120 })).toBe("minmax(200px, 2fr) 120px");
    expect(tracks(columns.slice(0, 2), { name: 300, number: 120 })).toBe(
      "300px minmax(120px, 1fr)",
    );
  });
});
