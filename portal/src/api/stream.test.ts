import { describe, expect, it, vi } from "vitest";
import { EventParser, EventStream, retryDelay } from "./stream";

function check(pieces: string[], expected: [id: string, name: string, data: string][]) {
  const parser = new EventParser();
  const events = pieces.flatMap((piece) => parser.push(piece));
  expect(events.map(({ id, name, data }) => [id, name, data])).toEqual(expected);
}

describe("the event parser", () => {
  it("reads events however they are cut", () => {
    const text = 'id: 7\nevent: user.changed\ndata: {"id":"a"}\n\n';
    check([text], [["7", "user.changed", '{"id":"a"}']]);
    check(Array.from(text), [["7", "user.changed", '{"id":"a"}']]);
    check([text.replaceAll("\n", "\r\n")], [["7", "user.changed", '{"id":"a"}']]);
    check(Array.from(text.replaceAll("\n", "\r\n")), [["7", "user.changed", '{"id":"a"}']]);
  });

  it("joins lines of data, keeps the id, ignores comments and empty events", () => {
    check(
      [": here\n\nid: 1\ndata: a\ndata: b\n\ndata: c\n\n\n"],
      [
        ["1", "message", "a\nb"],
        ["1", "message", "c"],
      ],
    );
  });
});

it("waits longer after each failure, within bounds", () => {
  expect([0, 1, 2, 10].map((failures) => retryDelay(failures, 0.5))).toEqual([
    500, 1000, 2000, 15_000,
  ]);
  expect(retryDelay(0, 0)).toBe(375);
  expect(retryDelay(0, 1)).toBe(625);
});

it("resumes behind the last event after a loss", async () => {
  vi.useFakeTimers();
  const asked: (string | undefined)[] = [];
  const answers = [
    "id: 41\nevent: call.started\ndata: {}\n\n",
    "id: 42\nevent: call.ended\ndata: {}\n\n",
  ];
  const fetched = vi.fn((_url: string, init: RequestInit) => {
    asked.push((init.headers as Record<string, string>)["Last-Event-ID"]);
    return Promise.resolve(
      new Response(answers[asked.length - 1] ?? null, {
        status: answers[asked.length - 1] ? 200 : 503,
      }),
    );
  });
  vi.stubGlobal("fetch", fetched);
  const seen: string[] = [];
  const states: string[] = [];
  const stream = new EventStream("/events", {
    onEvent: (event) => seen.push(event.name),
    onState: (state) => states.push(state),
    onRefused: () => undefined,
  });
  await vi.advanceTimersByTimeAsync(5000);
  stream.close();
  vi.useRealTimers();
  expect(asked.slice(0, 3)).toEqual([undefined, "41", "42"]);
  expect(seen).toEqual(["call.started", "call.ended"]);
  expect(states.slice(0, 3)).toEqual(["open", "lost", "open"]);
});
