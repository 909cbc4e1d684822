import { useQuery } from "@tanstack/react-query";
import { useSettled } from "../design/hooks";
import { type Text, useTextOr } from "../design/texts";
import { reachQuery } from "./queries";

/** Undefined while it is not known. */
export type Reach =
  { ok: true; name: string } | { ok: false; text: string } | { ok: undefined; text: string };

/** More than these are not asked about at once. */
export const ASKED = 100;

/** Says at once whether a number can be reached, and whose it is. */
export function useReach(target: string | undefined, roomId: string, t: Text): Reach {
  const textOr = useTextOr();
  const settled = useSettled(target, 200);
  const asked = useQuery(reachQuery(roomId, settled === undefined ? [] : [settled]));
  if (target === undefined || target !== settled || asked.isPending)
    return { ok: undefined, text: "" };
  const found = asked.data?.items[0];
  if (found === undefined) return { ok: undefined, text: t("conferences-reach-unknown") };
  if (found.reachable) return { ok: true, name: found.name };
  return { ok: false, text: t("conferences-unreachable", { reason: why(found.reason, textOr) }) };
}

/** Why a number cannot be reached, in words. */
export function why(
  reason: string | null,
  textOr: (id: string, fallback: string) => string,
): string {
  const code = reason ?? "failed";
  return textOr(`conferences-reason-${code.replaceAll("_", "-")}`, code);
}
