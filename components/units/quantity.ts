const multipliers: Readonly<Record<string, number>> = {
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
};

/** One mebibyte, in bytes. */
export const mebibyte = 2 ** 20;
/** One gibibyte, in bytes. */
export const gibibyte = 2 ** 30;

/**
 * The number that a Kubernetes quantity stands for: bytes for `"1Gi"`, cores for `"500m"`; undefined when the
 * text is not a quantity.
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function parseQuantity(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?|\.\d+)([A-Za-z]{0,2})$/.exec(text);
  const factor = multipliers[match?.[2] ?? ""];
  if (match?.[1] === undefined || factor === undefined) {
    return undefined;
  }
  return Number(match[1]) * factor;
}

/** Bytes as a person reads them, in the largest binary unit that keeps one digit before the point. */
export function formatBytes(bytes: number): string {
  return bytes >= gibibyte ? `${trim(bytes / gibibyte)}Gi` : `${trim(bytes / mebibyte)}Mi`;
}

function trim(value: number): string {
  return String(Math.round(value * 100) / 100);
}
