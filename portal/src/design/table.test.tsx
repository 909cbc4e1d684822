import { act, render } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { Table } from "./table";
import { TextsProvider } from "./texts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

it("ends where the window does, also after what is above it has gone", () => {
  let top = 600;
  const watched = new Map<Element, () => void>();
  vi.stubGlobal(
    "ResizeObserver",
    class {
      private readonly changed: () => void;
      constructor(changed: () => void) {
        this.changed = changed;
      }
      observe(element: Element) {
        watched.set(element, this.changed);
      }
      unobserve() {}
      disconnect() {}
    },
  );
  vi.spyOn(Element.prototype, "getBoundingClientRect").mockImplementation(
    () => new DOMRect(0, top, 800, 400),
  );
  const { container } = render(
    <TextsProvider>
      <section>
        <Table
          name="things"
          label="Things"
          columns={[{ id: "id", label: "Id", width: "1fr", cell: () => "1" }]}
          rows={[{ id: "1" }]}
          rowKey={({ id }) => id}
          rowLabel={({ id }) => id}
          empty={null}
        />
      </section>
    </TextsProvider>,
  );
  const begins = () =>
    container.querySelector<HTMLElement>(".table-frame")?.style.getPropertyValue("--table-top");
  expect(begins()).toBe("600px");
  top = 200;
  const section = container.querySelector("section");
  act(() => watched.get(section ?? document.body)?.());
  expect(begins()).toBe("200px");
});
