import { parseJvmSize } from "../../domain/heap.ts";

/** The largest heap that JVM flags allow: bytes, or a share of the container's memory. */
export type Heap = { readonly bytes: number } | { readonly share: number };

/**
 * The largest heap that the flags set: the last `-Xmx` (or `-XX:MaxHeapSize`) counts, and it wins over
 * `-XX:MaxRAMPercentage`. Undefined if they set none.
 *
 * @see https://docs.oracle.com/en/java/javase/17/docs/specs/man/java.html
 */
export function heapInFlags(flags: string): Heap | undefined {
  const sizes = [...flags.matchAll(/(?:^|[\s"'=])(?:-Xmx|-XX:MaxHeapSize=)(\d+[kmgt]?)(?=$|[\s"'])/gi)];
  const bytes = parseJvmSize(sizes.at(-1)?.[1] ?? "");
  if (bytes !== undefined) {
    return { bytes };
  }
  const percent = [...flags.matchAll(/-XX:MaxRAMPercentage=(\d+(?:\.\d+)?)/g)].at(-1)?.[1];
  return percent === undefined ? undefined : { share: Number(percent) / 100 };
}

/** The heap that a command line asks the image's start script for: `--heap=512M`. */
export function heapInCommand(command: string): Heap | undefined {
  const bytes = parseJvmSize(/(?:^|\s)--heap[=\s]+(\d+[kmgt]?)\b/i.exec(command)?.[1] ?? "");
  return bytes === undefined ? undefined : { bytes };
}

/** Whether the text sets a heap to what it does not show: `-Xmx$HEAP`, `-Xmx$(HEAP)m`, `--heap=$HEAP`. */
export function hidesHeap(text: string): boolean {
  return /(?:-Xmx|-XX:MaxHeapSize=|-XX:MaxRAMPercentage=|--heap[= ])["']?\d*\$/.test(text);
}
