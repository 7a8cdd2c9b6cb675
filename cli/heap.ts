import { listServers } from "../faults/servers.ts";
import { ask, parseMntr } from "../kubernetes/four-letter-words.ts";
import type { ClusterRecord } from "../local-gke/cluster/records.ts";

/** How full the memory of a server is. */
export interface Heap {
  /** What the database takes, in bytes, as far as can be told: data, paths, and what Java adds for each znode. */
  database: number;
  /** What Java has for what lives long, in bytes; undefined where the server has no metrics. */
  room: number | undefined;
}

/** What Java keeps of a znode beside its path and data, in bytes: measured, 100,000 znodes of 10 bytes took 31 MB. */
const bytesPerZnode = 300;
/** From which share on there is too little room for the last 500 writes, which are kept in memory, too. */
const fullShare = 0.8;

/** What the answer to `mntr` tells; undefined where the server is in no quorum, and tells nothing of its database. */
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

/** What is wrong with a server's memory; undefined where nothing is. */
export function heapFault(pod: string, heap: Heap): string | undefined {
  if (heap.room === undefined || heap.database < fullShare * heap.room) {
    return undefined;
  }
  return (
    `${describeHeap(pod, heap)} of the heap, and soon no longer fits: ` +
    'docs/runbook.md, "The database no longer fits into memory"'
  );
}

/** The memory of the servers of these ensembles, by pod, as far as they answer. @param ensembles as namespace/name */
export async function readHeaps(
  cluster: ClusterRecord,
  ensembles: readonly string[],
): Promise<ReadonlyMap<string, Heap>> {
  const heaps = new Map<string, Heap>();
  for (const ensemble of ensembles) {
    const [namespace = "", name = ""] = ensemble.split("/");
    const servers = await listServers(cluster, namespace, name);
    const answers = await Promise.all(servers.map(async ({ ip }) => await ask(ip, "mntr")));
    for (const [n, { pod }] of servers.entries()) {
      const heap = parseHeap(answers[n] ?? "");
      if (heap !== undefined) {
        heaps.set(`${namespace}/${pod}`, heap);
      }
    }
  }
  return heaps;
}
