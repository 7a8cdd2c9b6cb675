import { suggest } from "../../domain/suggest.ts";
import { secret, type Report } from "./report.ts";
import type { Known } from "./values.ts";

/**
 * The values whose types are those of the examples. The others are noted, and so are keys that no example has:
 * programs in JavaScript, and objects that the compiler did not see being written, get past the compiler.
 * @param examples a value for every key that there is
 */
export function ofTypes<T extends object>(values: Known<T>, examples: T, report: Report): Known<T> {
  const wanted = new Map<string, unknown>(Object.entries(examples));
  const right = Object.entries(values).filter(([key, value]: [string, unknown]) => {
    if (value === undefined || typeof value === "function") {
      return false;
    }
    if (!wanted.has(key)) {
      const meant = suggest(key, [...wanted.keys()]);
      const fix =
        meant === undefined ? `use one of ${[...wanted.keys()].join(", ")}` : `did you mean ${meant}?`;
      report.error(key, secret, "is not a setting", fix);
      return false;
    }
    const type = typeOf(wanted.get(key));
    if (typeOf(value) !== type) {
      report.error(key, value, `is not ${type}`, `use ${type}`);
      return false;
    }
    return true;
  });
  // The filter has proved the types, which Object.entries does not carry.
  return Object.fromEntries(right) as Known<T>;
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) {
    return value.every((item) => typeof item === "string") ? "a list of texts" : "another list";
  }
  return (
    { string: "a text", number: "a number", boolean: "true or false" }[typeof value as string] ??
    "of use here"
  );
}
