import { screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { api } from "../api/client";
import type { Me } from "../api/resources";
import { PATIENT, openPage } from "../testing/page";
import { room } from "../testing/samples";
import { PrepareConference } from "./prepare";
import "./texts";

beforeEach(() => {
  const response = new Response(null, { status: 200 });
  vi.spyOn(api, "GET").mockResolvedValue({ data: { items: [], total: 0 }, response } as never);
});

afterEach(() => {
  vi.restoreAllMocks();
});

function open(grants: Me["grants"]) {
  openPage(
    <PrepareConference
      room={room({ owner_id: "u9", call_out: ["301"] })}
      ended={undefined}
      back={null}
      more={null}
      isLive={false}
      isShown
      onOpenLive={vi.fn()}
    >
      {(prepare) => prepare}
    </PrepareConference>,
    { reader: { grants } },
  );
}

const acts = () => screen.queryAllByRole("button").map((one) => one.textContent);

it("offers nothing to those who only look at a room", async () => {
  open([
    { model: "conference_room", operation: "read", scope: "customer" },
    { model: "conference", operation: "start", scope: "own" },
  ]);
  expect(await screen.findByText(/You cannot start conferences/u, {}, PATIENT)).toBeTruthy();
  expect(screen.getByText("301")).toBeTruthy();
  expect(acts()).toEqual([]);
  expect(screen.queryAllByRole("switch")).toEqual([]);
});

it("offers a start, the list and the settings to those who may", async () => {
  open([{ model: "*", operation: "*", scope: "customer" }]);
  expect(await screen.findByRole("button", { name: "Start conference" }, PATIENT)).toBeTruthy();
  expect(screen.getByRole("button", { name: "Take 301 off the list" })).toBeTruthy();
  expect(screen.getAllByRole("switch").length).toBeGreaterThan(4);
});
