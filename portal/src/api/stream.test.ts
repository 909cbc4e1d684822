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

  it("takes an id that comes alone, so that a quiet connection can be resumed", () => {
    const parser = new EventParser();
    expect(parser.push(": connected\nid: 9\n\n")).toEqual([]);
    expect(parser.lastId).toBe("9");
    parser.push("id: 10\ndata: cut o");
    expect(parser.lastId).toBe("9");
  });

  it("reads a large event in pieces without looking through it again and again", () => {
    const parser = new EventParser();
    parser.push("data: ");
    const piece = "x".repeat(16_384);
    const started = performance.now();
    for (let count = 0; count < 500; count += 1) parser.push(piece);
    expect(parser.push("\n\n")[0]?.data).toHaveLength(500 * 16_384);
    expect(performance.now() - started).toBeLessThan(2000);
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
    onEvents: (events) => seen.push(...events.map(({ name }) => name)),
    onState: (state, hasGap) => states.push(hasGap ? `${state} with a gap` : state),
    onRefused: () => undefined,
  });
  await vi.advanceTimersByTimeAsync(5000);
  stream.close();
  vi.useRealTimers();
  expect(asked.slice(0, 3)).toEqual([undefined, "41", "42"]);
  expect(seen).toEqual(["call.started", "call.ended"]);
  // Before the first event nothing says behind what to go on: pages look again.
  expect(states.slice(0, 3)).toEqual(["open with a gap", "lost", "open"]);
});
