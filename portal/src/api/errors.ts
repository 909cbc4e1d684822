import type { FieldProblem } from "../design/form";
import type { Text } from "../design/texts";
import { ApiError } from "./client";

/** A sentence for the reader: what is wrong and what to do. */
export function explain(error: unknown, t: Text): string {
  if (!(error instanceof ApiError)) return t("api-unexpected");
  switch (error.status) {
    case 0:
      return t("api-unreachable");
    case 412:
      return t("api-changed-elsewhere");
    case 429:
      return error.retryAfter === undefined
        ? t("api-too-many")
        : t("api-too-many-for", { seconds: error.retryAfter });
    case 503:
      return error.problem.detail ?? t("api-unavailable");
    default:
      return error.problem.detail ?? t("api-unexpected");
  }
}

/** The wrong fields of a form; a refusal that names none is an empty list. */
export function fieldProblems(error: unknown): FieldProblem[] {
  return error instanceof ApiError
    ? error.fields.map(({ field, message }) => ({ field, message }))
    : [];
}

/** Whether trying again can help. */
export function mayRetry(failures: number, error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  return (error.status === 0 || error.status >= 500) && failures < 2;
}
