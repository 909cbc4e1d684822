import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { expect, it, vi } from "vitest";
import { ApiError } from "../api/client";
import { useForm } from "./form";
import { useSaving } from "./saving";

interface Thing {
  version: number;
  name: string;
}

function start(send: (version: number) => Promise<Thing>, look: () => Promise<Thing>) {
  const client = new QueryClient();
  const onSaved = vi.fn();
  const { result } = renderHook(
    () => {
      const record = FIRST;
      const form = useForm("thing", LOADED);
      const saving = useSaving({
        form,
        record,
        send: (_, version) => send(version),
        onSaved,
        look,
        fieldOf: (field) => field.replace("title", "name"),
      });
      return { form, saving };
    },
    {
      wrapper: ({ children }: { children: ReactNode }) => (
        <QueryClientProvider client={client}>{children}</QueryClientProvider>
      ),
    },
  );
  act(() => result.current.form.set("name", "mine"));
  return { result, onSaved };
}

const FIRST: Thing = { version: 1, name: "loaded" };
const LOADED = { name: "loaded" };

it("tells a conflict before it saves over what somebody else has changed", async () => {
  const sent: number[] = [];
  const send = (version: number) => {
    sent.push(version);
    return version === 7
      ? Promise.resolve({ version: 8, name: "mine" })
      : Promise.reject(new ApiError(412, {}));
  };
  const { result, onSaved } = start(send, () => Promise.resolve({ version: 7, name: "theirs" }));
  act(() => result.current.saving.bar.onSave());
  await waitFor(() => expect(result.current.saving.isConflict).toBe(true));
  expect(result.current.saving.error).toBeNull();
  expect(result.current.form.values.name).toBe("mine");
  expect(onSaved).not.toHaveBeenCalled();
  act(() => result.current.saving.bar.onSave());
  await waitFor(() => expect(onSaved).toHaveBeenCalledWith({ version: 8, name: "mine" }));
  expect(sent).toEqual([1, 7]);
  expect(result.current.saving.isConflict).toBe(false);
  expect(result.current.saving.bar.changed).toEqual([]);
});

it("puts what is wrong to its field, and forgets it when the edits are discarded", async () => {
  const wrong = new ApiError(422, {
    errors: [{ code: "taken", field: "title", message: "is taken" }],
  });
  const { result } = start(
    () => Promise.reject(wrong),
    () => Promise.reject(wrong),
  );
  act(() => result.current.saving.bar.onSave());
  await waitFor(() => expect(result.current.form.problems).toHaveLength(1));
  expect(result.current.form.problems[0]).toEqual({ field: "name", message: "is taken" });
  expect(result.current.saving.error).toBeNull();
  act(() => result.current.saving.bar.onDiscard());
  expect(result.current.form.values.name).toBe("loaded");
  expect(result.current.form.problems).toEqual([]);
});
