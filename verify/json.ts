/** A value as JSON has it: what kubectl's `-o json` prints, read without trusting its shape. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** Parses a text. @throws SyntaxError when it is not JSON */
export function parse(text: string): Json {
  return JSON.parse(text) as Json;
}

/** The value at a path of field names and indices, or undefined where the path leads nowhere. */
export function at(value: Json | undefined, ...path: (string | number)[]): Json | undefined {
  let here = value;
  for (const step of path) {
    if (Array.isArray(here)) {
      here = typeof step === "number" ? here[step] : undefined;
    } else if (typeof here === "object" && here !== null) {
      here = here[step];
    } else {
      return undefined;
    }
  }
  return here;
}

/** The text at a path. @default "" where there is none */
export function text(value: Json | undefined, ...path: (string | number)[]): string {
  const found = at(value, ...path);
  return typeof found === "string" ? found : "";
}

/** The number at a path. @default 0 where there is none, as Kubernetes leaves out zeros */
export function number(value: Json | undefined, ...path: (string | number)[]): number {
  const found = at(value, ...path);
  return typeof found === "number" ? found : 0;
}

/** The elements of the list at a path. @default [] where there is none */
export function list(value: Json | undefined, ...path: (string | number)[]): Json[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** The names and texts of the object at a path, such as labels. @default {} where there is none */
export function texts(value: Json | undefined, ...path: (string | number)[]): Record<string, string> {
  const found = at(value, ...path);
  if (typeof found !== "object" || found === null || Array.isArray(found)) {
    return {};
  }
  return Object.fromEntries(
    Object.entries(found).flatMap(([k, v]) => (typeof v === "string" ? [[k, v]] : [])),
  );
}

/** The name of an object. */
export const nameOf = (object: Json | undefined): string => text(object, "metadata", "name");

/** The object without these fields of it. */
export function without(value: Json | undefined, ...names: string[]): { [name: string]: Json } {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return {};
  }
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));
}
