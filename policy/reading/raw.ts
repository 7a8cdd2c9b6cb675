import { Secret } from "@pulumi/policy";

/** The mark for an object that is not known yet. */
export const unknownObject = "dd056dcd-154b-4c76-9bd3-c8f88648b5ff";

/**
 * The marks that the engine substitutes for values which a preview does not know yet: boolean, number, string,
 * list, asset, archive, object. They are part of the engine's protocol and have not changed since it was written.
 *
 * @see `sdk/go/common/resource/plugin/rpc.go` in pulumi/pulumi (`UnknownBoolValue` and the ones that follow)
 */
const unknownMarks: ReadonlySet<unknown> = new Set([
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  unknownObject,
]);

/** Whether the value is the engine's mark for "not known before the update". */
export function isUnknownMark(value: unknown): boolean {
  return unknownMarks.has(value);
}

/** Whether the value is a map of properties: no list, no asset, no archive, no secret. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return false;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The value inside a secret, or the value itself. */
export function unwrapSecret(value: unknown): unknown {
  return value instanceof Secret ? (value.value as unknown) : value;
}

/**
 * A resource's properties as the engine sent them, unknown marks included.
 *
 * The SDK hands policies a proxy whose property reads throw at the first unknown, which would end the whole policy.
 * Property descriptors do not pass through that proxy's read trap, so nothing is thrown and nothing has to be
 * caught: an unknown is simply seen for what it is, and the checks beside it go on.
 *
 * @see `unknownCheckingProxy` in `@pulumi/policy/proxy.js`
 */
export function rawProperties(props: object): Record<string, unknown> {
  // Not by assignment, which would take a property named __proto__ for the object's prototype.
  return Object.fromEntries(
    Object.keys(props).map((key): [string, unknown] => [
      key,
      Object.getOwnPropertyDescriptor(props, key)?.value,
    ]),
  );
}

/**
 * A copy of the properties with one place set; what is missing on the way is created, and what is secret stays so.
 * If an unknown or a value of the wrong type is in the way, nothing is changed. Lists are addressed by index.
 */
export function withValue(raw: unknown, path: readonly (string | number)[], value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) {
    return value;
  }
  if (raw instanceof Secret) {
    // The engine knows no secret of a secret, and a program may nest them without end.
    if (raw.value instanceof Secret) {
      return raw;
    }
    return new Secret(withValue(raw.value, path, value));
  }
  if (Array.isArray(raw)) {
    return raw.map((element: unknown, i) => (i === key ? withValue(element, rest, value) : element));
  }
  if (raw !== undefined && raw !== null && !isPlainObject(raw)) {
    return raw;
  }
  const base = raw ?? {};
  return { ...base, [key]: withValue(base[key], rest, value) };
}
