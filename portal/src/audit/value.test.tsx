import { screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { api } from "../api/client";
import type { AuditEntry } from "../api/resources";
import { PATIENT, openPage } from "../testing/page";
import { EntryPanel } from "./entry";
import "./texts";

afterEach(() => {
  vi.restoreAllMocks();
});

// What is before and after has whatever fields the thing has.
const ENTRY = {
  id: "a1",
  sequence: 7,
  at: "2026-03-01T10:00:00Z",
  actor: { kind: "user", id: "u1", name: "Anna Berg" },
  door: "portal",
  source: null,
  action: "conference_room.updated",
  subject: { id: "r1", name: "Board" },
  before: { owner_id: null, lobby: false, moderator_ids: ["u2"], new_thing: 1 },
  after: { owner_id: "u3", lobby: true, moderator_ids: [], new_thing: 2 },
  hash: "0123456789abcdef0123",
} as unknown as AuditEntry;

it("calls fields as their forms do, and people by name", async () => {
  vi.spyOn(api, "GET").mockImplementation(((
    _path: string,
    { params }: { params: { path: { id: string } } },
  ) => {
    const name = params.path.id === "u2" ? "Grace Okafor" : "Li Wen";
    return Promise.resolve({ data: { name }, response: new Response(null, { status: 200 }) });
  }) as never);
  openPage(<EntryPanel entry={ENTRY} onClose={vi.fn()} />);
  await screen.findByText("Li Wen", {}, PATIENT);
  await screen.findByText("Grace Okafor", {}, PATIENT);
  const rows = screen.getAllByRole("row").slice(1);
  expect(rows.map((row) => [...row.children].map((cell) => cell.textContent))).toEqual([
    ["Lobby", "No", "Yes"],
    ["Moderators", "Grace Okafor", "–"],
    ["New thing", "1", "2"],
    ["Owner", "–", "Li Wen"],
  ]);
});
