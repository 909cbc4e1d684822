import { act, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { api } from "../api/client";
import { useAddButton } from "../design/list";
import { PATIENT, openPage } from "../testing/page";
import { useCustomerId, useNoCustomer } from "./customer";
import { CustomerSwitcher } from "./customer-switcher";

const MAIN = { id: "k1", name: "Main", account_name: "main", created_at: "2026-01-01T00:00:00Z" };
const ACME = { id: "k2", name: "Acme", account_name: "acme", created_at: "2026-02-01T00:00:00Z" };

const onAdd = vi.fn();

let customers: (typeof MAIN)[];

/** Customers as the server answers for them: sorted by whatever field is asked for. */
beforeEach(() => {
  customers = [MAIN, ACME];
  vi.spyOn(api, "GET").mockImplementation(((
    path: string,
    { params }: { params: { path?: { id: string }; query?: { sort: "name" | "created_at" } } },
  ) => {
    const sort = params.query?.sort ?? "name";
    const sorted = [...customers].sort((a, b) => a[sort].localeCompare(b[sort]));
    const one = customers.find(({ id }) => id === params.path?.id);
    const data = path.endsWith("{id}") ? one : { items: sorted, total: sorted.length, next: null };
    return Promise.resolve(
      data === undefined
        ? { error: {}, response: new Response(null, { status: 404 }) }
        : { data, response: new Response(null, { status: 200 }) },
    );
  }) as never);
});

afterEach(() => {
  vi.restoreAllMocks();
});

function Shown() {
  return (
    <>
      <CustomerSwitcher />
      <output>{useCustomerId()}</output>
      {useAddButton("Add", true, onAdd, useNoCustomer())}
    </>
  );
}

const open = (at = "/") => openPage(<Shown />, { at, reader: { customer: null } });

const shows = (id: string) =>
  waitFor(() => expect(screen.getByRole("status").textContent).toBe(id), PATIENT);

async function choose(name: string) {
  await userEvent.click(screen.getByRole("button", { name: /Customer/u }));
  const one = { name: new RegExp(name, "u") };
  await userEvent.click(await screen.findByRole("menuitem", one, PATIENT));
}

it("begins with the oldest customer, whatever others are called", async () => {
  open();
  await shows("k1");
});

it("begins with the customer who was chosen last, as long as there is one", async () => {
  const first = open();
  await shows("k1");
  await choose("Acme");
  await shows("k2");
  first.close();
  const second = open();
  await shows("k2");
  second.close();
  customers = [MAIN];
  open();
  await shows("k1");
});

it("stays where it is when a customer is added or chosen elsewhere", async () => {
  const { client } = open();
  await shows("k1");
  customers = [...customers, { ...ACME, id: "k3", name: "Aaron" }];
  localStorage.setItem("convoke.customer.u1", JSON.stringify("k2"));
  await act(() => client.invalidateQueries({ queryKey: ["customers"] }));
  await shows("k1");
});

it("adds to a customer, and says so where none is chosen", async () => {
  open("/?customer=all");
  const add = await screen.findByRole<HTMLButtonElement>("button", { name: "Add" }, PATIENT);
  expect(add.disabled).toBe(true);
  const said = document.getElementById(add.getAttribute("aria-describedby") ?? "");
  expect(said?.textContent).toBe("Choose a customer first.");
  await userEvent.keyboard("n");
  expect(onAdd).not.toHaveBeenCalled();
  await choose("Acme");
  await shows("k2");
  await userEvent.click(screen.getByRole("button", { name: "Add" }));
  expect(onAdd).toHaveBeenCalledOnce();
});
