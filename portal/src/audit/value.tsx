import { useQueries } from "@tanstack/react-query";
import { roomQuery } from "../conferences/queries";
import { listOf, useText } from "../design/texts";
import { roleName } from "../session/profiles";
import { useUserNames } from "../users/pick";
import { useSite } from "../users/sites";
import type { TextOr } from "./act";

/** A field as its form calls it; one that has no words yet shows its name, readable. */
export function fieldName(field: string, textOr: TextOr): string {
  const plain = field.replaceAll(/[._]/gu, " ");
  return textOr(
    `audit-field-${field.replaceAll(/[._]/gu, "-")}`,
    plain.charAt(0).toUpperCase() + plain.slice(1),
  );
}

interface ValueProps {
  field: string;
  value: string | undefined;
}

/** What a field was or is, for a reader: names in place of ids. */
export function Value({ field, value }: ValueProps) {
  const t = useText();
  if (value === undefined) return "–";
  switch (field) {
    case "owner_id":
      return <People ids={[value]} />;
    case "moderator_ids":
      return <People ids={idsOf(value)} />;
    case "room_ids":
      return <Rooms ids={idsOf(value)} />;
    case "site_id":
      return <Site id={value} />;
    case "role":
      return roleName(value, t);
  }
  if (value === "true" || value === "false") return t(value === "true" ? "audit-yes" : "audit-no");
  return value;
}

/** A list is kept as JSON. */
function idsOf(value: string): string[] {
  return JSON.parse(value) as string[];
}

function namesOf(names: string[]): string {
  return names.length === 0 ? "–" : listOf(names);
}

function People({ ids }: { ids: string[] }) {
  const nameOf = useUserNames(ids);
  return namesOf(ids.map(nameOf));
}

function Rooms({ ids }: { ids: string[] }) {
  const rooms = useQueries({ queries: ids.map((id) => roomQuery(id)) });
  return namesOf(ids.map((id, index) => rooms[index]?.data?.name ?? id));
}

function Site({ id }: { id: string }) {
  return useSite(id)?.name ?? id;
}
