/** Reading the address: what does not fit is as if it were not there. */

export function word(value: unknown): string | undefined {
  if (typeof value === "string" && value !== "" && value.length <= 500) return value;
  // The router reads `?q=201` as a number.
  return typeof value === "number" ? String(value) : undefined;
}

export function oneOf<T extends string>(value: unknown, choices: readonly T[]): T | undefined {
  return choices.find((choice) => choice === value);
}

export function flag(value: unknown): boolean | undefined {
  return typeof value === "boolean" ? value : undefined;
}
