import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { onSignedOut, rememberCsrf, send } from "./client";

const sent: { url: string; key: string | null; csrf: string | null; body: string }[] = [];
let answers: (number | Error)[] = [];

beforeEach(() => {
  sent.length = 0;
  vi.stubGlobal("fetch", async (request: Request) => {
    sent.push({
      url: request.url,
      key: request.headers.get("Idempotency-Key"),
      csrf: request.headers.get("X-CSRF-Token"),
      body: await request.clone().text(),
    });
    const next = answers.shift() ?? 200;
    if (next instanceof Error) throw next;
    return new Response(null, { status: next });
  });
  vi.spyOn(AbortSignal, "any").mockImplementation(([signal]) => signal as AbortSignal);
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  rememberCsrf(undefined);
});

const post = (body: string) =>
  new Request("http://portal.test/api/v1/users", { method: "POST", body });

it("repeats a POST that was not answered under the same key, and a new one under another", async () => {
  answers = [new TypeError("network"), 201, 201];
  await expect(send(post("anna"))).rejects.toThrow();
  await send(post("anna"));
  await send(post("anna"));
  expect(sent[0]?.key).toMatch(/^[0-9a-f]{32}$/u);
  expect(sent[1]?.key).toBe(sent[0]?.key);
  expect(sent[2]?.key).not.toBe(sent[0]?.key);
});

it("waits for a sign-in where the session has ended, then repeats what was asked", async () => {
  rememberCsrf("old");
  onSignedOut(() => {
    rememberCsrf("new");
    return Promise.resolve(true);
  });
  answers = [401, 201];
  const response = await send(post("anna"));
  expect(response.status).toBe(201);
  expect(sent.map(({ csrf, body }) => [csrf, body])).toEqual([
    ["old", "anna"],
    ["new", "anna"],
  ]);
  expect(sent[1]?.key).toBe(sent[0]?.key);
});

it("asks nobody to sign in again who has not been signed in", async () => {
  const ask = vi.fn(() => Promise.resolve(true));
  onSignedOut(ask);
  answers = [401];
  expect((await send(new Request("http://portal.test/api/v1/me"))).status).toBe(401);
  expect(ask).not.toHaveBeenCalled();
});
