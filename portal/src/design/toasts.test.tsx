import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { useShortcuts } from "./hooks";
import { TextsProvider } from "./texts";
import { toast } from "./toast";
import Toasts from "./toasts";

function Page({ onAdd }: { onAdd: () => void }) {
  useShortcuts({ add: onAdd });
  return <Toasts />;
}

it("is named by what it says, and leaves the page its keys", async () => {
  const onAdd = vi.fn();
  render(
    <TextsProvider>
      <Page onAdd={onAdd} />
    </TextsProvider>,
  );
  toast({ kind: "ok", text: "Saved." });
  await screen.findByRole("alertdialog", { name: "Saved." });
  await userEvent.keyboard("n");
  expect(onAdd).toHaveBeenCalledOnce();
});
