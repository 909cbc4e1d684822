import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { api } from "../api/client";
import type { UsedIn } from "../api/resources";
import { PATIENT, openPage } from "../testing/page";
import { user } from "../testing/samples";
import { type Chosen, keyOfUse } from "./settle";
import { SettleUses } from "./settle-uses";

const onChoose = vi.fn();

beforeEach(() => {
  vi.spyOn(api, "GET").mockImplementation(((
    _path: string,
    { params }: { params: { query: { q?: string } } },
  ) => {
    const people = [user({ id: "u2", name: "Grace Okafor" }), user({ id: "u3", name: "Li Wen" })];
    const items = people.filter(({ name }) => name.includes(params.query.q ?? ""));
    return Promise.resolve({ data: { items }, response: new Response(null, { status: 200 }) });
  }) as never);
});

afterEach(() => {
  vi.restoreAllMocks();
});

function open(items: UsedIn[], chosen: Chosen = {}) {
  openPage(
    <SettleUses
      user={user({})}
      items={items}
      going={new Set(["u1"])}
      chosen={chosen}
      onChoose={onChoose}
    />,
  );
}

it("takes whom the words find, and asks of a forwarding where its calls go", async () => {
  open([{ kind: "user", id: "u9", name: "Dana Ek" }]);
  const name = /^Where do the forwarded calls of .*Dana Ek.* go$/u;
  const field = await screen.findByRole("combobox", { name }, PATIENT);
  await userEvent.click(field);
  const options = () => screen.queryAllByRole("option").map((one) => one.textContent);
  await waitFor(() => expect(options()).toHaveLength(3), PATIENT);
  await userEvent.type(field, "Grace");
  await waitFor(() => expect(options()).toEqual(["Grace Okafor201"]), PATIENT);
  await userEvent.keyboard("{ArrowDown}{Enter}");
  expect(onChoose).toHaveBeenCalledExactlyOnceWith(expect.anything(), {
    id: "u2",
    name: "Grace Okafor",
  });
});

it("says that an account goes with a person to whom nobody succeeds", async () => {
  const account = { kind: "conference_manager", id: "m1", name: "conference-201" };
  const board = { kind: "conference_room", id: "r1", name: "Board" };
  const nobody = { id: null, name: "Nobody" };
  open([account, board], {
    [keyOfUse("u1", account)]: nobody,
    [keyOfUse("u1", board)]: nobody,
  });
  // The room stays: only the account is deleted.
  const said = await screen.findAllByText(/is deleted too/u, {}, PATIENT);
  expect(said.map((one) => one.textContent)).toEqual([
    "With nobody to take it over, the account conference-201 is deleted too, and signed out.",
  ]);
  await userEvent.click(screen.getByRole("combobox", { name: /conference-201/u }));
  expect(await screen.findByText("The account is deleted too", {}, PATIENT)).toBeTruthy();
});
