import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactNode } from "react";
import { beforeEach, expect, it, vi } from "vitest";
import type { Choice } from "./fields";
import SearchList from "./search-list";
import { SearchPicker } from "./search-picker";
import { TextsProvider } from "./texts";

const PEOPLE = ["Anna Berg", "Grace Okafor"].map((label) => ({ id: label, label }));
const onPick = vi.fn();
const answer = (words: string) => PEOPLE.filter((one) => one.label.includes(words));
/** Answers at once unless a test lets it wait. */
const find = vi.fn<(words: string) => Promise<Choice<string>[]>>();
let client: QueryClient;
const framed = (children: ReactNode) => (
  <QueryClientProvider client={client}>
    <TextsProvider>{children}</TextsProvider>
  </QueryClientProvider>
);
const people = { source: ["people"], find, onPick };
const picker = (shown: string) => framed(<SearchPicker {...people} label="Owner" shown={shown} />);

const list = () => screen.queryByRole("listbox");
const field = () => screen.getByRole("combobox", { name: "Owner" });

async function pick(name: string) {
  await userEvent.click(await screen.findByRole("option", { name }));
}

let show: (shown: string) => void;
beforeEach(() => {
  client = new QueryClient();
  onPick.mockClear();
  find.mockClear();
  find.mockImplementation((words) => Promise.resolve(answer(words)));
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
  await waitFor(() => expect(screen.getAllByRole("option")).toHaveLength(1));
  await pick("Anna Berg");
  await userEvent.tab();
  expect(onPick).toHaveBeenCalledExactlyOnceWith(PEOPLE[0]);
});

/** What is typed is answered when the test says so. */
function answerLater(): () => void {
  let arrive: () => void = () => undefined;
  const said = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  find.mockImplementation(async (words) => {
    if (words !== "") await said;
    return answer(words);
  });
  return arrive;
}

it("takes no row of earlier words while the answer to those typed is on its way", async () => {
  const arrive = answerLater();
  await userEvent.click(field());
  await screen.findByRole("option", { name: "Anna Berg" });
  await userEvent.clear(field());
  await userEvent.type(field(), "Grace{ArrowDown}{Enter}");
  await waitFor(() => expect(find).toHaveBeenCalledWith("Grace", expect.anything()));
  await userEvent.keyboard("{ArrowDown}{Enter}");
  await pick("Anna Berg");
  expect(onPick).not.toHaveBeenCalled();
  // What is typed stays, and so does the list.
  expect(field()).toHaveProperty("value", "Grace");
  arrive();
  await waitFor(() => expect(screen.getAllByRole("option")).toHaveLength(1));
  await userEvent.keyboard("{ArrowDown}{Enter}");
  expect(onPick).toHaveBeenCalledExactlyOnceWith(PEOPLE[1]);
});

it("shows none of them in a menu with a search, where Enter takes the first", async () => {
  const arrive = answerLater();
  const menu = { label: "Menu", searchLabel: "Find", value: "", first: { id: "", label: "All" } };
  render(framed(<SearchList {...people} {...menu} onPick={onPick} />));
  const search = screen.getByRole("searchbox", { name: "Find" });
  await screen.findByRole("menuitem", { name: "Anna Berg" });
  await userEvent.type(search, "Grace{Enter}");
  await waitFor(() => expect(find).toHaveBeenCalledWith("Grace", expect.anything()));
  expect(screen.queryAllByRole("menuitem")).toEqual([]);
  arrive();
  await screen.findByRole("menuitem", { name: "Grace Okafor" });
  await userEvent.keyboard("{Enter}");
  expect(onPick).toHaveBeenCalledExactlyOnceWith("Grace Okafor");
});
