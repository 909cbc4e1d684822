import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, expect, it, vi } from "vitest";
import { api } from "../api/client";
import { TextsProvider } from "../design/texts";
import { useRoles } from "./profiles";

afterEach(() => {
  vi.restoreAllMocks();
});

it("offers inside a customer only what can be given there", async () => {
  vi.spyOn(api, "GET").mockImplementation(((
    _path: string,
    { params }: { params: { query: { customer_id?: string } } },
  ) => {
    const names = params.query.customer_id === undefined ? ["provider_administrator"] : [];
    const items = [...names, "user", "api"].map((name) => ({ id: name, name }));
    return Promise.resolve({ data: { items }, response: new Response(null, { status: 200 }) });
  }) as never);
  const client = new QueryClient();
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>
      <TextsProvider>{children}</TextsProvider>
    </QueryClientProvider>
  );
  const initialProps: { of: string | undefined } = { of: "k1" };
  const { result, rerender } = renderHook(({ of }) => useRoles(of)?.map(({ id }) => id), {
    wrapper,
    initialProps,
  });
  await waitFor(() => expect(result.current).toEqual(["user"]));
  rerender({ of: undefined });
  await waitFor(() => expect(result.current).toEqual(["provider_administrator", "user"]));
});
