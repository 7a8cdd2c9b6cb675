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

/** What an amount looks like, for the schemas of settings. */
export const quantityPattern = "^\\+?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+|[KMGTPE]i|[numkMGTPE])?$";

/** Kubernetes keeps no smaller part of a unit, and rounds up to it. */
const smallest = 1e-9;

/**
 * A Kubernetes quantity as a number: bytes for memory and storage, cores for CPU. Undefined if the text is none, or
 * one below zero or beyond all numbers, which is an amount of nothing. The program reads amounts in the same way.
 *
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function parseQuantity(quantity: number | string): number | undefined {
  // No two parts can share a character, so that the time is proportional to the length.
  const match = /^\+?(\d+(?:\.\d*)?|\.\d+)(?:[eE]([+-]?\d+)|([A-Za-z]{0,2}))$/.exec(String(quantity));
  const [, digits, exponent, suffix = ""] = match ?? [];
  if (digits === undefined) {
    return undefined;
  }
  const power = binary.get(suffix);
  const tens = exponent ?? decimal.get(suffix);
  if (power === undefined && tens === undefined) {
    return undefined;
  }
  const number = power === undefined ? Number(`${digits}e${tens}`) : Number(digits) * 2 ** power;
  if (number < smallest && /[1-9]/.test(digits)) {
    return smallest;
  }
  return Number.isFinite(number) ? number : undefined;
}
