import { isPlainObject, isUnknownMark, unwrapSecret } from "./raw.ts";

/**
 * What reading one field gave. Only `known` carries a value; `wrong` describes the value of the wrong type, and what is
 * expected at its path if that is above the field that was read.
 */
export type Reading<T> =
  | { readonly state: "known"; readonly path: string; readonly value: T }
  | { readonly state: "absent"; readonly path: string }
  | { readonly state: "unknown"; readonly path: string }
  | { readonly state: "wrong"; readonly path: string; readonly observed: string; readonly expected?: string };

/** Stands for "a value on the way here has the wrong type"; never seen outside this file. */
class Obstacle {
  readonly observed: string;
  constructor(observed: string) {
    this.observed = observed;
  }
}

/** Longest string that a message shows as a whole. */
const longestShown = 200;

/** How a value is shown in a message: strings quoted, and cut if they are long; containers by their kind. */
export function show(value: unknown): string {
  if (typeof value === "string" && value.length > longestShown) {
    return `${JSON.stringify(value.slice(0, longestShown))}… (${value.length} characters)`;
  }
  if (Array.isArray(value)) {
    return "a list";
  }
  if (typeof value === "object" && value !== null) {
    return "an object";
  }
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

/**
 * One place in a resource's properties, which may hold anything at all: the wanted type, another one, nothing,
 * or a value that a preview does not know yet. Reading never throws; each reading has the state that it found.
 */
export class Field {
  readonly path: string;
  private readonly raw: unknown;
  // The same place is the same object, so that what is found out about it can be kept.
  private children: Map<string, Field> | undefined;
  private elements: readonly Field[] | undefined;

  constructor(raw: unknown, path = "") {
    this.raw = unwrapSecret(raw);
    this.path = path;
  }

  /** The field further down. Below an unknown everything is unknown; below nothing, nothing. */
  at(...keys: readonly string[]): Field {
    return keys.reduce<Field>((field, key) => field.child(key), this);
  }

  private child(key: string): Field {
    const kept = this.children?.get(key);
    if (kept !== undefined) {
      return kept;
    }
    const child = this.below(key);
    (this.children ??= new Map()).set(key, child);
    return child;
  }

  private below(key: string): Field {
    // An unknown keeps its own path: that is the one which is not known yet.
    if (isUnknownMark(this.raw) || this.raw instanceof Obstacle) {
      return this;
    }
    const path = this.path === "" ? key : `${this.path}.${key}`;
    if (this.raw === undefined || this.raw === null) {
      return new Field(undefined, path);
    }
    if (!isPlainObject(this.raw)) {
      return new Field(new Obstacle(`${show(this.raw)} instead of an object`), this.path);
    }
    return new Field(Object.hasOwn(this.raw, key) ? this.raw[key] : undefined, path);
  }

  /** Whether the value will only be known when the update has run. */
  get unknown(): boolean {
    return isUnknownMark(this.raw);
  }

  /** Whether the value is absent; `null` counts as absent, as it does for Kubernetes. */
  get absent(): boolean {
    return this.raw === undefined || this.raw === null;
  }

  string(): Reading<string> {
    return this.read((raw): raw is string => typeof raw === "string");
  }

  number(): Reading<number> {
    return this.read((raw): raw is number => typeof raw === "number");
  }

  boolean(): Reading<boolean> {
    return this.read((raw): raw is boolean => typeof raw === "boolean");
  }

  /** A number or a string, as Kubernetes' IntOrString and its quantities are. */
  scalar(): Reading<number | string> {
    return this.read((raw): raw is number | string => typeof raw === "number" || typeof raw === "string");
  }

  list(): Reading<readonly Field[]> {
    const reading = this.read((raw): raw is unknown[] => Array.isArray(raw));
    if (reading.state !== "known") {
      return reading;
    }
    // Not by map, which leaves out the holes of a sparse list.
    this.elements ??= Array.from(reading.value, (raw, i) => new Field(raw, `${this.path}[${i}]`));
    return { ...reading, value: this.elements };
  }

  map(): Reading<ReadonlyMap<string, Field>> {
    const reading = this.read(isPlainObject);
    if (reading.state !== "known") {
      return reading;
    }
    const entries = Object.keys(reading.value).map((key): [string, Field] => [key, this.child(key)]);
    return { ...reading, value: new Map(entries) };
  }

  private read<T>(is: (raw: unknown) => raw is T): Reading<T> {
    const { path, raw } = this;
    if (this.absent) {
      return { state: "absent", path };
    }
    if (this.unknown) {
      return { state: "unknown", path };
    }
    if (raw instanceof Obstacle) {
      return { state: "wrong", path, observed: raw.observed, expected: "an object" };
    }
    return is(raw) ? { state: "known", path, value: raw } : { state: "wrong", path, observed: show(raw) };
  }
}

/** The value if it is known; otherwise undefined. For places where nothing, unknown and wrong mean the same. */
export function known<T>(reading: Reading<T>): T | undefined {
  return reading.state === "known" ? reading.value : undefined;
}

/** The elements of a list that can be seen, none if there is no list to see. */
export function items(field: Field): readonly Field[] {
  return known(field.list()) ?? [];
}

/** The entries of a map that can be seen, none if there is no map to see. */
export function entries(field: Field): ReadonlyMap<string, Field> {
  return known(field.map()) ?? new Map<string, Field>();
}

/** Whether the list may hold an element with a value at `key` that is not known yet. */
export function mayHide(list: Field, ...key: readonly string[]): boolean {
  return list.unknown || items(list).some((element) => element.at(...key).unknown);
}
