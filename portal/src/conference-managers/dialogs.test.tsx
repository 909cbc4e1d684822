import { screen, waitFor } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import userEvent from "@testing-library/user-event";
import { api } from "../api/client";
import type { ConferenceManagerWithPassword } from "../api/resources";
import { PATIENT, openPage } from "../testing/page";
import { user } from "../testing/samples";
import { ManagerDialog } from "./dialogs";
import "./texts";

const ACCOUNT: ConferenceManagerWithPassword = {
  id: "m1",
  customer_id: "k1",
  username: "conference-201",
  password: "four plain words here",
  extension: "201",
  room_ids: null,
  disabled: false,
  created_at: "2026-01-01T00:00:00Z",
  version: 1,
};

const response = new Response(null, { status: 200 });

afterEach(() => {
  vi.restoreAllMocks();
});

it("hands over all that a manager signs in with, and where", async () => {
  openPage(<ManagerDialog open={{ what: "secret", account: ACCOUNT }} setOpen={vi.fn()} />);
  await screen.findByRole("button", { name: "Copy everything" });
  const told = [...document.querySelectorAll(".secret dd > span:first-child")];
  expect(told.map((one) => one.textContent)).toEqual([
    window.location.origin,
    "main",
    "conference-201",
    "four plain words here",
  ]);
  expect(screen.getByRole("button", { name: "Copy everything" }).textContent).toBe(
    "Copy everything",
  );
});

it("hands over nothing before all of it is known", async () => {
  let answer: (data: unknown) => void = () => undefined;
  vi.spyOn(api, "GET").mockReturnValue(
    new Promise((resolve) => {
      answer = (data) => resolve({ data, response });
    }) as never,
  );
  const open = { what: "secret" as const, account: ACCOUNT };
  openPage(<ManagerDialog open={open} setOpen={vi.fn()} />, { reader: { customer: null } });
  expect(await screen.findByText("Hand these over")).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Copy everything" })).toBeNull();
  answer({ id: "k1", name: "Acme", account_name: "acme" });
  expect(await screen.findByRole("button", { name: "Copy everything" }, PATIENT)).toBeTruthy();
  expect(screen.getByText("acme")).toBeTruthy();
});

it("adds an account by Ctrl-S too", async () => {
  const items = [user({ extension: "201" })];
  vi.spyOn(api, "GET").mockResolvedValue({ data: { items, total: 1 }, response } as never);
  const post = vi.spyOn(api, "POST").mockResolvedValue({ data: ACCOUNT, response });
  const setOpen = vi.fn();
  openPage(<ManagerDialog open={{ what: "add" }} setOpen={setOpen} />);
  await userEvent.click(await screen.findByRole("combobox", { name: "Extension" }));
  await userEvent.click(await screen.findByRole("option", {}, PATIENT));
  await userEvent.keyboard("{Control>}s{/Control}");
  await waitFor(() => expect(post).toHaveBeenCalledOnce(), PATIENT);
  expect(post.mock.calls[0]?.[1]).toEqual({ body: { extension: "201" } });
  await waitFor(() => expect(setOpen).toHaveBeenCalledWith({ what: "secret", account: ACCOUNT }));
});
