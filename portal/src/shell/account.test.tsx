import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import {
  RouterProvider,
  createMemoryHistory,
  createRootRoute,
  createRouter,
} from "@tanstack/react-router";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import type { Me } from "../api/resources";
import { TextsProvider } from "../design/texts";
import { meQuery } from "../session/session";
import { me } from "../testing/samples";
import { AccountMenu } from "./account";

const OWN: Me["grants"] = [{ model: "user", operation: "read", scope: "own" }];

function open(reader: Me) {
  const client = new QueryClient();
  client.setQueryData(meQuery.queryKey, reader);
  const router = createRouter({
    routeTree: createRootRoute({
      component: () => (
        <QueryClientProvider client={client}>
          <TextsProvider>
            <AccountMenu onShortcuts={vi.fn()} />
          </TextsProvider>
        </QueryClientProvider>
      ),
      notFoundComponent: () => null,
    }),
    history: createMemoryHistory({ initialEntries: ["/"] }),
  });
  render(<RouterProvider router={router as never} />);
  return router;
}

const openMenu = async () =>
  userEvent.click(await screen.findByRole("button", { name: /Account/u }));

it("leads people to their own page", async () => {
  const router = open(me({ profile: "user", grants: OWN }));
  await openMenu();
  await userEvent.click(await screen.findByRole("menuitem", { name: "My settings" }));
  await waitFor(() => expect(router.state.location.pathname).toBe("/users/u1"));
});

it("leads nobody to a page that they have not or may not read", async () => {
  open(
    me({ principal: { kind: "conference_manager", id: "m1", name: "Manager 201" }, grants: OWN }),
  );
  await openMenu();
  await screen.findByRole("menuitem", { name: "Change password" });
  expect(screen.queryByRole("menuitem", { name: "My settings" })).toBeNull();
});
