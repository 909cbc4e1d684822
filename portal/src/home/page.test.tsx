import { screen, waitFor } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { api } from "../api/client";
import type { Me } from "../api/resources";
import { PATIENT, openPage } from "../testing/page";
import { conference, participant, room } from "../testing/samples";
import { HomePage } from "./page";

afterEach(() => {
  vi.restoreAllMocks();
});

/** What the server has, by the path it is asked for. */
function serve(things: Record<string, { items: unknown[]; total: number }>, one: unknown = {}) {
  vi.spyOn(api, "GET").mockImplementation(((path: string) =>
    Promise.resolve({
      data: path.endsWith("{id}")
        ? one
        : { next: null, ...(things[path] ?? { items: [], total: 0 }) },
      response: new Response(null, { status: 200 }),
    })) as never);
}

const open = (reader: Partial<Me> = {}) => openPage(<HomePage />, { reader });

it("shows what goes on, with the way to it", async () => {
  const running = conference({ room_id: "r1", participants: [participant({}), participant({})] });
  serve(
    {
      "/api/v1/users": { items: [], total: 12 },
      "/api/v1/conferences": { items: [running], total: 1 },
    },
    room({ id: "r1", name: "Board" }),
  );
  open();
  const link = await screen.findByRole("link", { name: "Board" }, PATIENT);
  expect(link.getAttribute("href")).toBe("/conferences/r1");
  expect(screen.getByText(/2 in the room/u)).toBeDefined();
  expect(screen.getByText("Nobody is on a call.")).toBeDefined();
  expect(screen.queryByText("First steps")).toBeNull();
});

it("shows the latest changes, and not who came and went", async () => {
  const entry = (sequence: number, action: string) => ({
    id: String(sequence),
    sequence,
    action,
    actor: { kind: "user", id: "u1", name: "Anna Berg" },
    subject: { id: "u2", name: "Dana Ek" },
    at: "2026-03-01T10:00:00Z",
  });
  const changed = Array.from({ length: 6 }, (_, at) => entry(20 + at, "user.updated"));
  serve({ "/api/v1/audit": { items: changed, total: 17 } });
  open();
  await waitFor(() => {
    expect(screen.getAllByRole("link", { name: "User changed" })).toHaveLength(6);
  }, PATIENT);
  const asked = vi.mocked(api).GET.mock.calls as [string, { params?: { query?: unknown } }][];
  const queries = asked
    .filter(([path]) => path === "/api/v1/audit")
    .map(([, { params }]) => params);
  expect(queries).toHaveLength(1);
  expect(queries[0]?.query).toMatchObject({ except_action: "session.", limit: 6 });
});

it("leads who is alone to the first steps", async () => {
  serve({ "/api/v1/users": { items: [], total: 1 } });
  open();
  const add = await screen.findByRole("link", { name: "Add a user" }, PATIENT);
  expect(add.getAttribute("href")).toBe("/users?add=true");
});

it("shows and asks for nothing that its reader may not read", async () => {
  serve({});
  open({
    grants: [
      { model: "user", operation: "read", scope: "customer" },
      { model: "call", operation: "read", scope: "customer" },
    ],
  });
  await screen.findByText("Nobody is on a call.", {}, PATIENT);
  for (const words of ["Latest changes", "Conferences now", "Rooms", "First steps"])
    expect(screen.queryByText(words)).toBeNull();
  const asked = new Set(vi.mocked(api).GET.mock.calls.map(([path]: unknown[]) => path));
  expect([...asked].sort()).toEqual(["/api/v1/calls", "/api/v1/users"]);
});
