import { parseQuantity } from "../../domain/quantity.ts";

/**
 * Whether an object of the cluster has everything that a manifest says. The cluster fills in what a manifest leaves
 * out, and writes quantities in its own way (0.5 is 500m). Lists must have the same length.
 */
export function covers(live: unknown, wanted: unknown): boolean {
  if (wanted === undefined || wanted === null) {
    return true;
  }
  if (Array.isArray(wanted)) {
    return (
      (Array.isArray(live) &&
        live.length === wanted.length &&
        wanted.every((item, n) => covers(live[n], item))) ||
      (wanted.length === 0 && live === undefined)
    );
  }
  if (typeof wanted === "object") {
    const there =
      typeof live === "object" && live !== null ? new Map(Object.entries(live)) : new Map<string, unknown>();
    return Object.entries(wanted).every(
      ([key, value]) => covers(there.get(key), value) || isDefault(there.get(key), value),
    );
  }
  return live === wanted || sameQuantity(live, wanted);
}

/** The cluster does not store what is empty. */
function isDefault(live: unknown, wanted: unknown): boolean {
  return live === undefined && (wanted === false || wanted === "" || isEmptyObject(wanted));
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

function sameQuantity(live: unknown, wanted: unknown): boolean {
  const [left, right] = [live, wanted].map((value) =>
    typeof value === "string" || typeof value === "number" ? parseQuantity(String(value)) : undefined,
  );
  return left !== undefined && left === right;
}
