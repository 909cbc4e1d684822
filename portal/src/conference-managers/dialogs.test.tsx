import { screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import type { ConferenceManagerWithPassword } from "../api/resources";
import { openPage } from "../testing/page";
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
