import type { AuditEntry } from "../api/resources";

export type TextOr = (id: string, fallback: string) => string;

/** `user.created` as people say it; an act that has no words yet shows its name. */
export function actOf(entry: Pick<AuditEntry, "action">, textOr: TextOr): string {
  const [noun = "", verb = ""] = entry.action.split(".");
  const what = textOr(`audit-model-${noun.replaceAll("_", "-")}`, noun.replaceAll("_", " "));
  const did = textOr(`audit-verb-${verb.replaceAll("_", "-")}`, verb.replaceAll("_", " "));
  return `${what} ${did}`;
}
