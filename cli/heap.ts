import { bytesPerZnode, fullShare } from "../domain/heap.ts";
import { parseMntr } from "../kubernetes/four-letter-words.ts";

/** How full the memory of a server is. */
export interface Heap {
  /** What the database takes, in bytes, as far as it is known: data, paths, and what Java adds for each znode. */
  database: number;
  /** Java's room for long-lived objects, in bytes; undefined where the server has no metrics. */
  room: number | undefined;
}

/** Reads a server's memory from its answer to `mntr`; undefined while the server is not in a quorum. */
export function parseHeap(mntr: string): Heap | undefined {
  const values = parseMntr(mntr);
  const value = (name: string) => {
    const text = values.get(name);
    return text === undefined ? undefined : Number(text);
  };
  const data = value("zk_approximate_data_size");
  const znodes = value("zk_znode_count");
  if (data === undefined || znodes === undefined) {
    return undefined;
  }
  const [room] = ["Tenured Gen", "G1 Old Gen"].flatMap(
    (pool) => value(`zk_jvm_memory_pool_bytes_max{pool="${pool}"}`) ?? [],
  );
  return { database: data + znodes * bytesPerZnode, room };
}

const mebibytes = (bytes: number): number => Math.round(bytes / 2 ** 20);

/** A server's memory in a line. */
export function describeHeap(pod: string, { database, room }: Heap): string {
  const share =
    room === undefined ? "" : ` of ${mebibytes(room)} MiB (${Math.round((100 * database) / room)} %)`;
  return `${pod}: the database takes ${mebibytes(database)} MiB${share}`;
}

/** The problem with a server's memory; undefined where there is none. */
export function heapProblem(pod: string, heap: Heap): string | undefined {
  if (heap.room === undefined || heap.database < fullShare * heap.room) {
    return undefined;
  }
  return (
    `${describeHeap(pod, heap)} of the heap and will soon no longer fit: ` +
    'docs/runbook.md, "The database no longer fits into memory"'
  );
}
