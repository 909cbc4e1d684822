import { act, renderHook } from "@testing-library/react";
import { expect, it } from "vitest";
import { useBatch } from "./use-batch";

it("keeps those that failed to be tried again, and is over when none is left", async () => {
  const { result } = renderHook(() => useBatch([1, 2, 3]));
  let isTwoBroken = true;
  const work = (item: number) =>
    item === 2 && isTwoBroken ? Promise.reject(new Error("no")) : Promise.resolve();
  const run = () => result.current.run(result.current.left, work);
  expect(await act(run)).toMatchObject({ done: [1, 3], isOver: false });
  expect(result.current.left).toEqual([2]);
  expect(result.current.failed).toHaveLength(1);
  isTwoBroken = false;
  expect(await act(run)).toMatchObject({ done: [2], isOver: true });
  expect(result.current.isBusy).toBe(false);
});

it("changes nothing more once it was stopped", async () => {
  const { result } = renderHook(() => useBatch([1, 2]));
  const stopAtOnce = () => {
    result.current.stop();
    return Promise.reject(new Error("no"));
  };
  expect(await act(() => result.current.run([1, 2], stopAtOnce))).toMatchObject({
    done: [],
    isOver: false,
  });
  expect(result.current.left).toEqual([1, 2]);
  // What was stopped can be begun again.
  const work = () => Promise.resolve();
  expect(await act(() => result.current.run([1, 2], work))).toMatchObject({ done: [1, 2] });
});
