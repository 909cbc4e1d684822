import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, expect, it, vi } from "vitest";
import { ApiError } from "../api/client";
import { TextsProvider } from "../design/texts";
import { conference, participant } from "../testing/samples";
import { actions as send } from "./queries";
import { refusal } from "./refusal";
import { useActions } from "./use-actions";

afterEach(() => vi.restoreAllMocks());

function acting() {
  const client = new QueryClient();
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>
      <TextsProvider>{children}</TextsProvider>
    </QueryClientProvider>
  );
  return renderHook(() => useActions("c1"), { wrapper }).result;
}

const people = [participant({ id: "p1" })];

it("draws an act over newer states until it is answered", async () => {
  let finish: (after: ReturnType<typeof conference>) => void = () => undefined;
  vi.spyOn(send, "mute").mockReturnValue(new Promise((resolve) => (finish = resolve)));
  const result = acting();
  const before = result.current.actions;
  act(() => result.current.actions.mute(["p1"]));
  // A talking event from before the act: the button must not flicker.
  const later = conference({ version: 9, participants: people });
  expect(result.current.drawn(later).participants[0]?.muted).toBe(true);
  act(() => finish(conference({ version: 10, participants: people })));
  await waitFor(() => expect(result.current.drawn(later)).toBe(later));
  // Rows that hold it need not draw again.
  expect(result.current.actions).toBe(before);
});

it("sends one act after the other", async () => {
  const order: string[] = [];
  let finish: () => void = () => undefined;
  vi.spyOn(send, "mute").mockImplementation(() => {
    order.push("mute");
    return new Promise((resolve) => (finish = () => resolve(conference({}))));
  });
  vi.spyOn(send, "unmute").mockImplementation(() => {
    order.push("unmute");
    return Promise.resolve(conference({}));
  });
  const result = acting();
  act(() => result.current.actions.mute(["p1"]));
  act(() => result.current.actions.unmute(["p1"]));
  await act(() => Promise.resolve());
  expect(order).toEqual(["mute"]);
  act(() => finish());
  await waitFor(() => expect(order).toEqual(["mute", "unmute"]));
});

it("says whose entry of a list is wrong", () => {
  const error = new ApiError(422, {
    errors: [{ field: "targets[1]", code: "invalid", message: "is no number" }],
  });
  const list = [
    { target: "202", name: "Kim" },
    { target: "0+49", name: "Legal" },
  ];
  expect(refusal(error, (id) => id, list)).toBe("Legal: is no number");
});
