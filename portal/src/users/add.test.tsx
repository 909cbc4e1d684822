import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import { api } from "../api/client";
import { PATIENT, openPage } from "../testing/page";
import { user } from "../testing/samples";
import AddUser from "./add";
import "./texts";

afterEach(() => {
  vi.restoreAllMocks();
});

const response = new Response(null, { status: 200 });

/** What the server is sent when somebody called Ida is added at this address. */
async function added(at: string): Promise<unknown> {
  vi.spyOn(api, "GET").mockImplementation(((path: string) =>
    Promise.resolve({
      data: path.endsWith("next-extension") ? { extension: "207" } : { items: [], total: 0 },
      response,
    })) as never);
  const post = vi
    .spyOn(api, "POST")
    .mockResolvedValue({ data: { ...user({}), device: null }, response });
  openPage(<AddUser onClose={vi.fn()} />, { at, reader: { customer: null } });
  await userEvent.type(await screen.findByLabelText("First name", {}, PATIENT), "Ida");
  await userEvent.type(screen.getByLabelText("Email"), "ida@example.com");
  const extension = screen.queryByLabelText(/Extension/u);
  if (extension) await waitFor(() => expect(extension).toHaveProperty("value", "207"), PATIENT);
  await userEvent.click(screen.getByRole("button", { name: /^Add / }));
  await waitFor(() => expect(post).toHaveBeenCalled(), PATIENT);
  return post.mock.calls[0]?.[1];
}

const IDA = { first_name: "Ida", email: "ida@example.com" };

it("adds one of the provider's own people where all customers are shown", async () => {
  const sent = await added("/?customer=all");
  expect(sent).toEqual({ body: { ...IDA, role: "provider_administrator" } });
});

it("adds a customer's user, with a phone, where that customer is shown", async () => {
  const sent = await added("/?customer=k1");
  expect(sent).toEqual({ body: { ...IDA, customer_id: "k1", role: "user", extension: "207" } });
});
