import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { useShortcuts } from "../design/hooks";
import { KEYS, type KeyName } from "../design/keys";
import { TextsProvider } from "../design/texts";
import { meQuery } from "../session/session";
import { me } from "../testing/samples";
import { GO_KEY, places, placesOf } from "./navigation";
import Shortcuts from "./shortcuts";

const reader = me({});

function listed(): string[] {
  const client = new QueryClient();
  client.setQueryData(meQuery.queryKey, reader);
  render(
    <QueryClientProvider client={client}>
      <TextsProvider>
        <Shortcuts onClose={() => undefined} />
      </TextsProvider>
    </QueryClientProvider>,
  );
  return screen.getAllByRole("term").map((term) => {
    const line = term.parentElement ?? term;
    const keys = within(line).getByRole("term").querySelectorAll(".kbd");
    return `${[...keys].map((key) => key.textContent).join(" ")}: ${within(line).getByRole("definition").textContent}`;
  });
}

it("lists every key that acts, and where the reader may go", () => {
  const lines = listed();
  expect(lines).toHaveLength(Object.keys(KEYS).length + placesOf(reader).length);
  expect(lines).toContain("g a: Audit");
  expect(lines).toContain("Shift M: Mute all but moderators");
  // A key without words would show its name.
  expect(lines.filter((line) => line.includes("shell-"))).toEqual([]);
});

it("gives each place a letter of its own", () => {
  const letters = places.map((place) => place.key);
  expect(new Set([...letters, GO_KEY]).size).toBe(letters.length + 1);
});

it.each([
  ["m", "mute"],
  ["{Shift>}M{/Shift}", "mute-all"],
  ["+", "invite"],
  ["{Escape}", "clear"],
  ["/", "search"],
] satisfies [string, KeyName][])("acts on %s as the list says", async (keys, name) => {
  const act = vi.fn();
  function Page() {
    useShortcuts({ [name]: act });
    return null;
  }
  render(<Page />);
  await userEvent.keyboard("x{Control>}m{/Control}M");
  expect(act).not.toHaveBeenCalled();
  await userEvent.keyboard(keys);
  expect(act).toHaveBeenCalledOnce();
});
