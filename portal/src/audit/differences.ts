export interface Difference {
  field: string;
  before: string | undefined;
  after: string | undefined;
}

function flat(value: unknown, path: string, into: Map<string, string>): void {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    for (const [name, inner] of Object.entries(value))
      flat(inner, path ? `${path}.${name}` : name, into);
  } else if (value !== undefined && value !== null && path) {
    into.set(path, typeof value === "string" ? value : JSON.stringify(value));
  }
}

/** The fields that an act changed, by their full names. */
export function differences(before: unknown, after: unknown): Difference[] {
  const was = new Map<string, string>();
  const is = new Map<string, string>();
  flat(before ?? {}, "", was);
  flat(after ?? {}, "", is);
  const fields = [...new Set([...was.keys(), ...is.keys()])].sort();
  return fields
    .filter((field) => was.get(field) !== is.get(field))
    .map((field) => ({ field, before: was.get(field), after: is.get(field) }));
}
