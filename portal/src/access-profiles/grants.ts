import type { Text } from "../design/texts";

/** One line of a profile: on what, what, and how far it reaches. */
export interface GrantLine {
  model: string;
  operation: string;
  scope: string;
}

export const MODELS = [
  "*",
  "user",
  "device",
  "conference_room",
  "conference",
  "conference_manager",
  "contact",
  "call",
  "customer",
  "site",
  "api_key",
  "access_profile",
  "audit_log",
  "blocked_source",
] as const;
export const OPERATIONS = [
  "*",
  "read",
  "create",
  "update",
  "delete",
  "export",
  "start",
  "moderate",
  "join",
  "reset_password",
  "explain",
] as const;
export const SCOPES = ["own", "assigned", "site", "customer", "subtree"] as const;

/** What does not fit every model; the others do. */
const ONLY_FOR: Partial<Record<string, string[]>> = {
  start: ["conference"],
  moderate: ["conference"],
  join: ["conference"],
  reset_password: ["user", "device", "conference_manager"],
  explain: ["call"],
  export: ["user", "call", "contact", "audit_log"],
};

/** The operations that mean something for a model. */
export function operationsOf(model: string): string[] {
  return OPERATIONS.filter((operation) => ONLY_FOR[operation]?.includes(model) ?? true).concat();
}

/** A grant as a sentence's words. */
export function wordsOf(grant: GrantLine, t: Text): string {
  const word = (kind: string, value: string) =>
    t(`access-profiles-${kind}-${value === "*" ? "all" : value.replaceAll("_", "-")}`);
  return `${word("operation", grant.operation)} · ${word("model", grant.model)} · ${word("scope", grant.scope)}`;
}

/** Whether two lists grant the same, in whatever order. */
export function sameGrants(a: GrantLine[], b: GrantLine[]): boolean {
  const key = (list: GrantLine[]) =>
    list
      .map((one) => `${one.model} ${one.operation} ${one.scope}`)
      .sort()
      .join("\n");
  return key(a) === key(b);
}
