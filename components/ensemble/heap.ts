import { mebibyte, parseQuantity } from "../units/quantity.ts";

/** The share of a server's memory that becomes Java heap when none is given: the tutorial's 512 MB of 1 GiB. */
export const heapShare = 0.5;

/**
 * The largest share of a server's memory that may be heap. The rest is what Java needs beside it (class data,
 * threads, buffers), and the tools that are run inside the container.
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

/** A heap size in MiB; Java's letters (`m`, `g`, either case) are binary, as Java reads them. */
export function parseHeap(text: string): number | undefined {
  const java = /^(\d+)([mMgG])$/.exec(text);
  const bytes =
    java === null ? parseQuantity(text) : Number(java[1]) * mebibyte * (/g/i.test(text) ? 1024 : 1);
  return bytes === undefined ? undefined : Math.floor(bytes / mebibyte);
}
