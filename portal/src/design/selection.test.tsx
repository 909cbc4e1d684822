import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useRef, useState } from "react";
import { expect, it, vi } from "vitest";
import { useRowKeys, useSelection } from "./selection";

const opened = vi.fn();

function List() {
  const [rows, setRows] = useState(["Berta", "Carl", "Dora"]);
  const selection = useSelection();
  const body = useRef<HTMLDivElement>(null);
  const keys = useRowKeys({
    rows,
    rowKey: (row) => row,
    selection,
    onOpen: opened,
    scrollTo: () => undefined,
    body,
  });
  return (
    <>
      <div role="grid" ref={body} onKeyDown={keys.onKeyDown}>
        {rows.map((row, index) => (
          <div
            key={row}
            role="row"
            data-index={index}
            tabIndex={keys.active === index ? 0 : -1}
            onFocus={() => keys.setActive(index)}
          >
            {row}
          </div>
        ))}
      </div>
      <button onClick={() => setRows((before) => ["Anna", ...before])}>comes</button>
      <output>{[...selection.keys].join(" ")}</output>
    </>
  );
}

it("acts on the row that has the focus, also when others come above it", async () => {
  render(<List />);
  screen.getByText("Carl").focus();
  screen.getByText("comes").dispatchEvent(new MouseEvent("click", { bubbles: true }));
  await screen.findByText("Anna");
  await userEvent.keyboard(" ");
  expect(screen.getByRole("status").textContent).toBe("Carl");
  await userEvent.keyboard("{Enter}");
  expect(opened).toHaveBeenLastCalledWith("Carl");
  await userEvent.keyboard("{Shift>}{ArrowDown}{/Shift}");
  expect(screen.getByRole("status").textContent).toBe("Carl Dora");
});
