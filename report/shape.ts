/**
 * What a value of a JSON file has to look like: its type, a list with the shape of its items, `{ each }` for an object
 * with any keys, `{ orNull }` for null or a shape, or an object with the shapes of its properties. Further properties
 * are allowed.
 */
export type Shape =
  | "string"
  | "number"
  | "boolean"
  | "string or null"
  | "number or null"
  | "number or undefined"
  | readonly [Shape]
  | { readonly [name: string]: Shape };

const wrong = (path: string, expected: string): string => `${path === "" ? "it" : path} is not ${expected}`;

/**
 * Finds where a value does not have a shape.
 * @param path where the value is, for the answer; empty at the top
 * @returns the first property that is wrong, in words; undefined where there is none
 */
export function mismatch(value: unknown, shape: Shape, path = ""): string | undefined {
  if (typeof shape === "string") {
    const types = shape.split(" or ");
    return types.includes(value === null ? "null" : typeof value)
      ? undefined
      : wrong(path, `a ${types[0] ?? ""}`);
  }
  const { each, orNull } = isList(shape) ? {} : shape;
  if (orNull !== undefined) {
    return value === null ? undefined : mismatch(value, orNull, path);
  }
  const firstOf = (parts: readonly (readonly [string, unknown, Shape])[]): string | undefined => {
    for (const [name, part, partShape] of parts) {
      const found = mismatch(part, partShape, name);
      if (found !== undefined) {
        return found;
      }
    }
    return undefined;
  };
  if (isList(shape)) {
    return Array.isArray(value)
      ? firstOf(value.map((item: unknown, n) => [`${path}[${n}]`, item, shape[0]] as const))
      : wrong(path, "a list");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return wrong(path, "an object");
  }
  const properties = new Map<string, unknown>(Object.entries(value));
  const at = (name: string): string => (path === "" ? name : `${path}.${name}`);
  return firstOf(
    each === undefined
      ? Object.entries(shape).map(([name, part]) => [at(name), properties.get(name), part] as const)
      : [...properties].map(([name, part]) => [at(name), part, each] as const),
  );
}

const isList = (shape: Exclude<Shape, string>): shape is readonly [Shape] => Array.isArray(shape);
