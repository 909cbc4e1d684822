import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { api } from "../api/client";
import type { UsedIn } from "../api/resources";
import { PATIENT, openPage } from "../testing/page";
import { user } from "../testing/samples";
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

function open(items: UsedIn[]) {
  openPage(
    <SettleUses
      user={user({})}
      items={items}
      going={new Set(["u1"])}
      chosen={{}}
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
