import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import type { Me } from "../api/resources";
import { openPage } from "../testing/page";
import { AccountMenu } from "./account";

const OWN: Me["grants"] = [{ model: "user", operation: "read", scope: "own" }];

const open = (reader: Partial<Me>) => openPage(<AccountMenu onShortcuts={vi.fn()} />, { reader });

const openMenu = async () =>
  userEvent.click(await screen.findByRole("button", { name: /Account/u }));

it("leads people to their own page", async () => {
  const { router } = open({ profile: "user", grants: OWN });
  await openMenu();
  await userEvent.click(await screen.findByRole("menuitem", { name: "My settings" }));
  await waitFor(() => expect(router.state.location.pathname).toBe("/users/u1"));
});

it("leads nobody to a page that they have not or may not read", async () => {
  open({ principal: { kind: "conference_manager", id: "m1", name: "Manager 201" }, grants: OWN });
  await openMenu();
  await screen.findByRole("menuitem", { name: "Change password" });
  expect(screen.queryByRole("menuitem", { name: "My settings" })).toBeNull();
});
