import createClient from "openapi-fetch";
import { setClockOffset } from "../design/hooks";
import type { components, paths } from "./schema";

export type Problem = components["schemas"]["Problem"];
export type FieldError = components["schemas"]["FieldError"];

/** A refusal by the server, or the failure to reach it (status 0). */
export class ApiError extends Error {
  readonly status: number;
  readonly problem: Partial<Problem>;
  /** The server asks to wait so many seconds before the next try. */
  readonly retryAfter: number | undefined;

  constructor(status: number, problem: Partial<Problem>, retryAfter?: number) {
    super(problem.detail ?? problem.title ?? `status ${String(status)}`);
    this.name = "ApiError";
    this.status = status;
    this.problem = problem;
    this.retryAfter = retryAfter;
  }

  /** All wrong fields, for invalid input. */
  get fields(): FieldError[] {
    return this.problem.errors ?? [];
  }

  /** Whether its type ends so: `in-use`, `changed-elsewhere`. */
  is(kind: string): boolean {
    return this.problem.type?.endsWith(`/${kind}`) ?? false;
  }
}

let csrf: string | undefined;

/** The token that this session sends back with every change. */
export function rememberCsrf(token: string | null | undefined): void {
  csrf = token ?? undefined;
}

/**
 * Asked when the server no longer knows a session that there was: true once the same person has
 * signed in again. Until then the page and what was typed into it stay.
 */
let signInAgain: () => Promise<boolean> = () => Promise.resolve(false);

export function onSignedOut(ask: () => Promise<boolean>): void {
  signInAgain = ask;
}

/** No answer for so long is none. */
const LIMIT_MS = 60_000;

/** Keys of POSTs whose answer never came: the same one tried again must not be done twice. */
const unanswered = new Map<string, { key: string; at: number }>();
const KEPT_MS = 10 * 60_000;

function randomKey(): string {
  // `randomUUID` is missing where the page is not served over HTTPS.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function keyFor(attempt: string): string {
  const now = Date.now();
  for (const [name, { at }] of unanswered) if (now - at > KEPT_MS) unanswered.delete(name);
  const key = unanswered.get(attempt)?.key ?? randomKey();
  unanswered.set(attempt, { key, at: now });
  return key;
}

async function once(request: Request): Promise<Response> {
  const { signal } = request;
  const response = await fetch(request, {
    signal: AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]),
  });
  noteTime(response);
  return response;
}

/** Clocks of readers differ from the server's; small differences are the network's. */
function noteTime(response: Response): void {
  const at = Date.parse(response.headers.get("Date") ?? "");
  if (Number.isNaN(at)) return;
  // The header has whole seconds: half of one is the fairest guess.
  const offset = at + 500 - Date.now();
  setClockOffset(Math.abs(offset) > 2000 ? offset : 0);
}

/**
 * Sends a request: changes with the session's token, POSTs with a key that makes them count once.
 * Where the session has ended, it waits until there is one again.
 */
export async function send(request: Request): Promise<Response> {
  const isSession = request.url.endsWith("/session");
  const isChange = request.method !== "GET";
  let attempt: string | undefined;
  if (request.method === "POST" && !isSession) {
    attempt = `${request.url} ${await request.clone().text()}`;
    request.headers.set("Idempotency-Key", keyFor(attempt));
  }
  const hadSession = csrf !== undefined;
  const again = hadSession && !isSession ? request.clone() : undefined;
  const mark = (sent: Request) => {
    if (csrf && isChange) sent.headers.set("X-CSRF-Token", csrf);
    return sent;
  };
  let response = await once(mark(request));
  if (response.status === 401 && again && (await signInAgain())) {
    response = await once(mark(again));
  }
  // What failed inside the server may have been done all the same.
  if (attempt !== undefined && response.status < 500) unanswered.delete(attempt);
  return response;
}

/** The typed client; pass its calls through {@link answer}. */
export const api = createClient<paths>({ baseUrl: "/", credentials: "same-origin", fetch: send });

interface Outcome<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

function waitOf(response: Response): number | undefined {
  const seconds = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
  return Number.isNaN(seconds) ? undefined : seconds;
}

/** The body of a call, or an {@link ApiError}. */
export async function answer<T>(call: Promise<Outcome<T>>): Promise<T> {
  let outcome: Outcome<T>;
  try {
    outcome = await call;
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new ApiError(0, {});
  }
  if (!outcome.response.ok) {
    const { error, response } = outcome;
    const problem = typeof error === "object" && error !== null ? (error as Partial<Problem>) : {};
    throw new ApiError(response.status, problem, waitOf(response));
  }
  return outcome.data as T;
}

/** The header that makes a change apply only to the version that was seen. */
export function ifMatch(version: number): { "If-Match": string } {
  return { "If-Match": `"${String(version)}"` };
}

/** A call of an operation that answers with what the caller says: for what has no types yet. */
export function plain<T>(
  method: string,
  path: string,
  body?: unknown,
  version?: number,
): Promise<T> {
  const call = async (): Promise<Outcome<T>> => {
    const request = new Request(new URL(path, window.location.href), {
      method,
      credentials: "same-origin",
      headers: {
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...(version === undefined ? {} : ifMatch(version)),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const response = await send(request);
    const text = await response.text();
    const read: unknown = text === "" ? undefined : JSON.parse(text);
    return response.ok ? { data: read as T, response } : { error: read, response };
  };
  return answer(call());
}
