import { mebibyte, parseQuantity } from "../../domain/quantity.ts";

/** The share of a server's memory that becomes Java heap when none is given: the tutorial's 512 MB of 1 GiB. */
export const heapShare = 0.5;

/**
 * The largest share of a server's memory that may be heap. The rest is what Java needs beside it (class data,
 * threads, buffers), and the tools that are run inside the container: of 1 GiB, 256 MiB. The policy pack asks for the
 * same.
 */
export const largestHeapShare = 0.75;

/**
 * The heap of a server, in MiB: the given one, or half of the container's memory.
 * @param memory the container's memory, a Kubernetes quantity
 * @param heap a Java size such as `512m` or `1g`, or a Kubernetes quantity; empty or undefined to derive it
 * @returns undefined when one of the two does not parse
 */
export function heapMebibytes(memory: string, heap: string | undefined): number | undefined {
  const bytes = parseQuantity(memory);
  if (bytes === undefined) {
    return undefined;
  }
  return heap === undefined || heap === "" ? Math.floor((bytes * heapShare) / mebibyte) : parseHeap(heap);
}

/** Powers of two of Java's letters, which are binary in either case. */
const letters: ReadonlyMap<string, number> = new Map([
  ["k", 10],
  ["m", 20],
  ["g", 30],
  ["t", 40],
]);

/** A heap size in MiB, rounded down: as Java writes it (`512m`, `1G`), or a Kubernetes quantity (`512Mi`). */
export function parseHeap(text: string): number | undefined {
  const [, digits, letter = ""] = /^(\d+)([kmgt])$/i.exec(text) ?? [];
  const power = letters.get(letter.toLowerCase());
  const bytes = power === undefined ? parseQuantity(text) : Number(digits) * 2 ** power;
  return bytes === undefined || !Number.isFinite(bytes) ? undefined : Math.floor(bytes / mebibyte);
}
