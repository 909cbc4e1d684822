import { expect, it, vi } from "vitest";
import { allPages } from "./pages";

const PAGES = [
  { items: [1, 2], next: "b", total: 5 },
  { items: [3, 4], next: "c", total: 5 },
  { items: [5], next: null, total: 5 },
];

function fetching() {
  let at = 0;
  return vi.fn(() => Promise.resolve(PAGES[at++] ?? { items: [], next: null, total: 5 }));
}

it("follows the cursors to the last page", async () => {
  const fetchPage = fetching();
  const found: number[] = [];
  const { signal } = new AbortController();
  for await (const page of allPages(fetchPage, signal)) found.push(...page.items);
  expect(found).toEqual([1, 2, 3, 4, 5]);
  expect(fetchPage.mock.calls).toEqual([
    [{ limit: 500 }, signal],
    [{ limit: 500, cursor: "b" }, signal],
    [{ limit: 500, cursor: "c" }, signal],
  ]);
});

it("asks for nothing more once it is stopped", async () => {
  const fetchPage = fetching();
  const stop = new AbortController();
  const walk = async () => {
    for await (const page of allPages(fetchPage, stop.signal))
      if (page.items.includes(3)) stop.abort();
  };
  await expect(walk()).rejects.toThrow();
  expect(fetchPage).toHaveBeenCalledTimes(2);
});
