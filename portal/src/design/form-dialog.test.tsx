import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactNode } from "react";
import { expect, it, vi } from "vitest";
import { ApiError } from "../api/client";
import { Confirm } from "./confirm";
import { TextField } from "./fields";
import { useForm } from "./form";
import { FormDialog, useSubmit } from "./form-dialog";
import { TextsProvider } from "./texts";

const framed = (children: ReactNode) => (
  <QueryClientProvider client={new QueryClient()}>
    <TextsProvider>{children}</TextsProvider>
  </QueryClientProvider>
);

const refusal = (more: object) => new ApiError(422, { detail: "Not so.", ...more });

const NEW = { name: "" };
const send = vi.fn<(name: string) => Promise<string>>();
const onDone = vi.fn();

function Sample() {
  const form = useForm("sample", NEW);
  const submit = useSubmit(form, () => send(form.values.name), onDone);
  return (
    <FormDialog
      form={form}
      submit={submit}
      labelOf={() => "Name"}
      title="A form"
      action="Send"
      onClose={() => undefined}
    >
      <TextField {...form.field("name")} label="Name" />
    </FormDialog>
  );
}

it("sends a form once, and shows at the field and above it what is wrong", async () => {
  send.mockRejectedValueOnce(
    refusal({ errors: [{ field: "name", code: "taken", message: "It is taken." }] }),
  );
  send.mockReturnValueOnce(new Promise(() => undefined));
  render(framed(<Sample />));
  const field = screen.getByRole("textbox", { name: "Name" });
  await userEvent.type(field, "Anna{Enter}");
  expect((await screen.findByRole("alert")).textContent).toContain("It is taken.");
  expect(field.getAttribute("aria-invalid")).toBe("true");
  // What is said of a field is not said once more of the whole.
  expect(screen.queryByText("Not so.")).toBeNull();
  await userEvent.type(field, " B{Enter}{Enter}");
  expect(send.mock.calls).toEqual([["Anna"], ["Anna B"]]);
  expect(onDone).not.toHaveBeenCalled();
});

it("says nothing more of a refusal once its fields are changed", async () => {
  send.mockRejectedValueOnce(
    refusal({
      detail: "1 field is wrong; see errors.",
      errors: [{ field: "name", code: "taken", message: "It is taken." }],
    }),
  );
  render(framed(<Sample />));
  const field = screen.getByRole("textbox", { name: "Name" });
  await userEvent.type(field, "Anna{Enter}");
  await screen.findByRole("alert");
  await userEvent.type(field, " B");
  expect(screen.queryByText("It is taken.")).toBeNull();
  expect(screen.queryByText("1 field is wrong; see errors.")).toBeNull();
});

it("sends a form by Ctrl-S, unless a question is open over it", async () => {
  send.mockClear();
  send.mockReturnValue(new Promise(() => undefined));
  render(framed(<Sample />));
  await userEvent.type(screen.getByRole("textbox", { name: "Name" }), "Anna");
  const pressSave = () => {
    const key = new KeyboardEvent("keydown", { key: "s", ctrlKey: true, cancelable: true });
    window.dispatchEvent(key);
    return key.defaultPrevented;
  };
  await userEvent.keyboard("{Escape}");
  await screen.findByRole("alertdialog");
  expect(pressSave()).toBe(true);
  expect(send).not.toHaveBeenCalled();
  await userEvent.click(screen.getByRole("button", { name: "Stay here" }));
  expect(pressSave()).toBe(true);
  await vi.waitFor(() => expect(send.mock.calls).toEqual([["Anna"]]));
});

it("says why a decision was refused, and what stands in its way", async () => {
  const act = vi.fn().mockRejectedValueOnce(refusal({})).mockResolvedValueOnce("gone");
  const onSure = vi.fn();
  render(
    framed(
      <Confirm
        danger
        title="Delete it?"
        text="It goes."
        action="Delete"
        act={act}
        onDone={onSure}
        onClose={() => undefined}
        detail={() => "Used in a room"}
      />,
    ),
  );
  const press = () => userEvent.click(screen.getByRole("button", { name: "Delete" }));
  await press();
  expect(await screen.findByText("Not so.")).toBeDefined();
  expect(screen.getByText("Used in a room")).toBeDefined();
  expect(onSure).not.toHaveBeenCalled();
  await press();
  await vi.waitFor(() => expect(onSure).toHaveBeenCalledOnce());
});
