import { parseJvmSize } from "../../domain/heap.ts";
import { mebibyte, parseQuantity } from "../../domain/quantity.ts";

/** The share of a server's memory that is Java heap by default: the tutorial's 512 MB of 1 GiB. */
export const heapShare = 0.5;

/**
 * The heap of a server, in MiB: the given one, or half of the container's memory.
 * @param memory the container's memory, a Kubernetes quantity
 * @param heap a Java size such as `512m` or `1g`, or a Kubernetes quantity; empty or undefined to derive it
 * @returns undefined if one of the two is invalid
 */
export function heapMebibytes(memory: string, heap: string | undefined): number | undefined {
  const bytes = parseQuantity(memory);
  if (bytes === undefined) {
    return undefined;
  }
  return heap === undefined || heap === "" ? Math.floor((bytes * heapShare) / mebibyte) : parseHeap(heap);
}

/** A heap size in MiB, rounded down: as Java writes it (`512m`, `1G`), or a Kubernetes quantity (`512Mi`). */
export function parseHeap(text: string): number | undefined {
  const bytes = parseJvmSize(text) ?? parseQuantity(text);
  return bytes === undefined ? undefined : Math.floor(bytes / mebibyte);
}
