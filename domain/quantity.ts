/** Powers of ten of the decimal suffixes. */
const decimal: ReadonlyMap<string, number> = new Map([
  ["n", -9],
  ["u", -6],
  ["m", -3],
  ["", 0],
  ["k", 3],
  ["M", 6],
  ["G", 9],
  ["T", 12],
  ["P", 15],
  ["E", 18],
]);

/** Powers of two of the binary suffixes. */
const binary: ReadonlyMap<string, number> = new Map([
  ["Ki", 10],
  ["Mi", 20],
  ["Gi", 30],
  ["Ti", 40],
  ["Pi", 50],
  ["Ei", 60],
]);

/** One mebibyte, in bytes. */
export const mebibyte = 2 ** 20;
/** One gibibyte, in bytes. */
export const gibibyte = 2 ** 30;

/** Kubernetes keeps no smaller part of a unit, and rounds up to it. */
const smallest = 1e-9;

/** The regular expression for the strings that `parseQuantity` accepts, in the syntax of JSON Schema. */
export const quantityPattern = "^\\+?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+|[KMGTPE]i|[numkMGTPE])?$";

/**
 * The number that a Kubernetes quantity represents: bytes for `"1Gi"`, cores for `"500m"`. Undefined if it is not a
 * quantity, is below zero, or is too large for a number.
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function parseQuantity(quantity: string | number): number | undefined {
  // No two parts can share a character, so that the time is proportional to the length.
  const match = /^\+?(\d+(?:\.\d*)?|\.\d+)(?:[eE]([+-]?\d+)|([A-Za-z]{0,2}))$/.exec(String(quantity));
  const [, digits = "", exponent, suffix = ""] = match ?? [];
  const power = binary.get(suffix);
  // Not a number without digits, or with a suffix that there is not.
  const tens = exponent ?? decimal.get(suffix) ?? "?";
  const number = power === undefined ? Number(`${digits}e${tens}`) : Number(digits) * 2 ** power;
  const amount = /[1-9]/.test(digits) ? Math.max(number, smallest) : number;
  return Number.isFinite(amount) ? amount : undefined;
}

/** Bytes as a person reads them, in the largest binary unit that keeps one digit before the point. */
export function formatBytes(bytes: number): string {
  return bytes >= gibibyte ? `${trim(bytes / gibibyte)}Gi` : `${trim(bytes / mebibyte)}Mi`;
}

function trim(value: number): string {
  return String(Math.round(value * 100) / 100);
}
