import createClient, { type Middleware } from "openapi-fetch";
import type { components, paths } from "./schema";

export type Problem = components["schemas"]["Problem"];
export type FieldError = components["schemas"]["FieldError"];

/** A refusal by the server, or the failure to reach it (status 0). */
export class ApiError extends Error {
  readonly status: number;
  readonly problem: Partial<Problem>;

  constructor(status: number, problem: Partial<Problem>) {
    super(problem.detail ?? problem.title ?? `status ${String(status)}`);
    this.name = "ApiError";
    this.status = status;
    this.problem = problem;
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
let signedOut: () => void = () => undefined;

/** The token that this session sends back with every change. */
export function rememberCsrf(token: string | null | undefined): void {
  csrf = token ?? undefined;
}

/** What to do when the server no longer knows the session. */
export function onSignedOut(act: () => void): void {
  signedOut = act;
}

const guard: Middleware = {
  onRequest({ request }) {
    if (csrf && request.method !== "GET") request.headers.set("X-CSRF-Token", csrf);
    return request;
  },
  onResponse({ request, response }) {
    if (response.status === 401 && !request.url.endsWith("/session")) signedOut();
  },
};

/** The typed client; pass its calls through {@link answer}. */
export const api = createClient<paths>({ baseUrl: "/", credentials: "same-origin" });
api.use(guard);

interface Outcome<T> {
  data?: T;
  error?: unknown;
  response: Response;
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
    const { error } = outcome;
    const problem = typeof error === "object" && error !== null ? (error as Partial<Problem>) : {};
    throw new ApiError(outcome.response.status, problem);
  }
  return outcome.data as T;
}

/** The header that makes a change apply only to the version that was seen. */
export function ifMatch(version: number): { "If-Match": string } {
  return { "If-Match": `"${String(version)}"` };
}
