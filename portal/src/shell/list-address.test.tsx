import { QueryClient } from "@tanstack/react-query";
import {
  RouterProvider,
  createMemoryHistory,
  createRootRoute,
  createRouter,
} from "@tanstack/react-router";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { useListAddress } from "./list-address";
import { makeRouter } from "./router";

function Sample() {
  const { q, sort, onSort, words } = useListAddress("name");
  return (
    <>
      <input
        aria-label="Search"
        value={words.value}
        onChange={(event) => words.onChange(event.target.value)}
      />
      <button onClick={() => onSort("-name")}>Turn</button>
      <output>{`${q} ${sort}`}</output>
    </>
  );
}

it("keeps what is searched and how it is sorted in the address, and follows it", async () => {
  const router = createRouter({
    routeTree: createRootRoute({ component: Sample }),
    history: createMemoryHistory({ initialEntries: ["/?q=acme&customer=k1"] }),
  });
  render(<RouterProvider router={router as never} />);
  const field = await screen.findByRole<HTMLInputElement>("textbox", { name: "Search" });
  expect(field.value).toBe("acme");
  expect(screen.getByRole("status").textContent).toBe("acme name");
  await userEvent.type(field, " ltd");
  await userEvent.click(screen.getByRole("button"));
  await waitFor(() =>
    expect(router.state.location.search).toEqual({ q: "acme ltd", sort: "-name", customer: "k1" }),
  );
  await router.navigate({ to: "/", search: { q: "else" } as never });
  await waitFor(() => expect(field.value).toBe("else"));
});

it.each(["customers", "managers", "contacts", "blocked-sources", "access-profiles"])(
  "lets a link to %s say both",
  (page) => {
    const search = { q: "ac", sort: "-name" };
    const matches = makeRouter(new QueryClient()).matchRoutes(`/${page}`, { ...search, odd: "x" });
    expect(matches.at(-1)?._strictSearch).toEqual(search);
  },
);
