import { isDeepStrictEqual } from "node:util";

/** The path of a property: names, and indices of lists. */
type Path = readonly (string | number)[];

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Reads a property's path as the engine writes it: `spec.ports[0].name`, `data["zoo.cfg"]`. */
export function parsePath(text: string): Path {
  const parts = text.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g);
  return [...parts].map(([, quoted, index, plain]) =>
    index === undefined ? (plain ?? (quoted ?? "").replaceAll(/\\(.)/g, "$1")) : Number(index),
  );
}

function formatPath(path: Path): string {
  return path
    .map((part, place) => {
      if (typeof part === "number") {
        return `[${part}]`;
      }
      if (!/^[^.[\]"]+$/.test(part)) {
        return `[${JSON.stringify(part)}]`;
      }
      return place === 0 ? part : `.${part}`;
    })
    .join("");
}

/** The value at a path; undefined where there is none. */
export function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, part) => {
    if (Array.isArray(value)) {
      return typeof part === "number" ? (value as unknown[])[part] : undefined;
    }
    return isRecord(value) ? value[part] : undefined;
  }, root);
}

/** The paths at which two values differ, as the engine writes them; a list that got longer or shorter is one. */
export function differences(one: unknown, other: unknown, path: Path = []): string[] {
  if (isDeepStrictEqual(one, other)) {
    return [];
  }
  if (isRecord(one) && isRecord(other)) {
    const names = new Set([...Object.keys(one), ...Object.keys(other)]);
    return [...names].flatMap((name) => differences(one[name], other[name], [...path, name]));
  }
  if (Array.isArray(one) && Array.isArray(other) && one.length === other.length) {
    return one.flatMap((value: unknown, index) => differences(value, other[index], [...path, index]));
  }
  return [formatPath(path)];
}

/** Whether one path is the other, or leads to it. */
export function overlap(one: string, other: string): boolean {
  const [a, b] = [parsePath(one), parsePath(other)];
  const length = Math.min(a.length, b.length);
  return isDeepStrictEqual(a.slice(0, length), b.slice(0, length));
}
