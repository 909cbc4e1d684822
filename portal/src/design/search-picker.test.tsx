import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { SearchPicker } from "./search-picker";
import { TextsProvider } from "./texts";

const PEOPLE = ["Anna Berg", "Grace Okafor"].map((label) => ({ id: label, label }));
const onPick = vi.fn();
const client = new QueryClient();
const picker = (shown: string) => (
  <QueryClientProvider client={client}>
    <TextsProvider>
      <SearchPicker
        label="Owner"
        shown={shown}
        source={["people"]}
        find={(words) => Promise.resolve(PEOPLE.filter((one) => one.label.includes(words)))}
        onPick={onPick}
      />
    </TextsProvider>
  </QueryClientProvider>
);

const list = () => screen.queryByRole("listbox");
const field = () => screen.getByRole("combobox", { name: "Owner" });

async function pick(name: string) {
  await userEvent.click(await screen.findByRole("option", { name }));
}

let show: (shown: string) => void;
beforeEach(() => {
  onPick.mockClear();
  const { rerender } = render(picker("Nobody"));
  show = (shown) => rerender(picker(shown));
});

it("closes its list after a pick, and keeps it closed when the name of it comes", async () => {
  await userEvent.click(field());
  await pick("Grace Okafor");
  await waitFor(() => expect(list()).toBeNull());
  expect(onPick).toHaveBeenCalledExactlyOnceWith(PEOPLE[1]);
  show("Grace Okafor, 212");
  expect(field()).toHaveProperty("value", "Grace Okafor, 212");
  expect(list()).toBeNull();
});

it("closes by Enter too, and lets the same be picked again", async () => {
  await userEvent.click(field());
  await userEvent.clear(field());
  await userEvent.type(field(), "Grace");
  await waitFor(() => expect(screen.getAllByRole("option")).toHaveLength(1));
  await userEvent.keyboard("{ArrowDown}{Enter}");
  await waitFor(() => expect(list()).toBeNull());
  await userEvent.keyboard("{ArrowDown}");
  await pick("Grace Okafor");
  await waitFor(() => expect(list()).toBeNull());
  expect(onPick).toHaveBeenCalledTimes(2);
});

it("closes by Escape, changes nothing, and opens again for words", async () => {
  await userEvent.click(field());
  await screen.findByRole("listbox");
  await userEvent.keyboard("{Escape}");
  await waitFor(() => expect(list()).toBeNull());
  expect(field()).toHaveProperty("value", "Nobody");
  await userEvent.clear(field());
  await userEvent.type(field(), "Anna");
  await pick("Anna Berg");
  await userEvent.tab();
  expect(onPick).toHaveBeenCalledExactlyOnceWith(PEOPLE[0]);
});
