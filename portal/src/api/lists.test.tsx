import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import { type ReactNode, useEffect } from "react";
import { expect, it, vi } from "vitest";
import { ApiError } from "./client";
import { useList } from "./lists";

it("asks once for a page that fails, and again when its reader says so", async () => {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  let fails = true;
  const fetchPage = vi.fn(({ cursor }: { cursor?: string }) => {
    if (cursor !== undefined && fails) return Promise.reject(new ApiError(429, {}, 3));
    return Promise.resolve({
      items: [{ id: cursor ?? "first" }],
      next: cursor === undefined ? "second" : null,
      total: 2,
    });
  });
  const { result } = renderHook(
    () => {
      const list = useList("things", {}, fetchPage);
      // As a table does whose end is in view.
      useEffect(() => list.more(), [list.more, list]);
      return list;
    },
    { wrapper },
  );
  await waitFor(() => expect(result.current.trouble).toBeDefined());
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(fetchPage).toHaveBeenCalledTimes(2);
  fails = false;
  act(() => result.current.trouble?.retry());
  await waitFor(() => expect(result.current.rows).toHaveLength(2));
  expect(result.current.trouble).toBeUndefined();
});
