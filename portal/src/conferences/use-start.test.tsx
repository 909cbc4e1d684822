import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { expect, it, vi } from "vitest";
import { api } from "../api/client";
import { keys } from "../api/keys";
import { signOut } from "../session/session";
import { me, room } from "../testing/samples";
import { useDraft } from "./use-start";

function draftOf(id: string) {
  const client = new QueryClient();
  client.setQueryData(
    keys.me,
    me({ principal: { kind: "conference_manager", id, name: "conference-201" } }),
  );
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  const { result, unmount } = renderHook(() => useDraft(room({})), { wrapper });
  return { client, draft: result, leave: unmount };
}

const outside = { target: "0049301234", name: "Legal" };

it("forgets whom a started conference called, and offers them again", () => {
  const { draft } = draftOf("m1");
  act(() => draft.current.add([outside]));
  expect(draft.current.chosen).toEqual([outside]);
  expect(draft.current.last).toEqual([]);
  act(() => draft.current.used());
  expect(draft.current.chosen).toEqual([]);
  expect(draft.current.last).toEqual([outside]);
});

it("keeps a list for the one who made it, until they sign out", async () => {
  const { client, draft, leave } = draftOf("m1");
  act(() => draft.current.add([outside]));
  expect(draftOf("m2").draft.current.chosen).toEqual([]);
  leave();
  const gone = { response: new Response(null, { status: 204 }) };
  vi.spyOn(api, "DELETE").mockResolvedValue(gone as never);
  await act(() => signOut(client));
  expect(draftOf("m1").draft.current.chosen).toEqual([]);
});
