import { expect, it } from "vitest";
import { each } from "./each";

const never = new AbortController().signal;

it("goes on after a failure, and says which failed", async () => {
  const seen: number[] = [];
  const act = (item: number) => (item === 2 ? Promise.reject(new Error("no")) : Promise.resolve());
  const result = await each([1, 2, 3], act, (count) => seen.push(count), never);
  expect(result.done).toEqual([1, 3]);
  expect(result.failed.map(({ item }) => item)).toEqual([2]);
  expect(seen).toEqual([1, 2, 3]);
});

it("stops between two when it is told to", async () => {
  const stop = new AbortController();
  const act = (item: number) => {
    if (item === 1) stop.abort();
    return Promise.resolve();
  };
  const result = await each([1, 2, 3], act, () => undefined, stop.signal);
  expect(result.done).toEqual([1]);
});
