import { join } from "node:path";

import { ports } from "../../components/ensemble/names.ts";
import { Ensemble } from "../../faults/ensemble.ts";
import { ensureWorkloadBuilt } from "../../faults/build.ts";
import type { Server } from "../../faults/servers.ts";
import { allClusters } from "../../local/gke/records.ts";
import { run } from "../../local/machine/run.ts";
import type { Bench, Row, Values } from "../row.ts";
import { timed } from "../timed.ts";
import { prepareTools } from "../tools.ts";

const root = join(import.meta.dirname, "../..");

/** How many reads each row takes. */
const reads = 10_000;

/** What a reader does before it reads what another server has just acknowledged, and which server it reads from. */
const ways = [
  { name: "stale-none-follower", barrier: "none", reader: "follower", budget: undefined },
  { name: "stale-sync-follower", barrier: "sync", reader: "follower", budget: 0 },
  { name: "stale-sync-leader", barrier: "sync", reader: "leader", budget: undefined },
  { name: "stale-write-leader", barrier: "write", reader: "leader", budget: 0 },
  { name: "stale-write-follower", barrier: "write", reader: "follower", budget: 0 },
] as const;

const before = { none: "at once", sync: "after a sync", write: "after a write of its own" };

const rows = ways.map(({ name, barrier, reader, budget }): Row => ({
  name,
  what: `of ${reads} reads from the ${reader}, ${before[barrier]}, those that missed what was acknowledged`,
  unit: "reads",
  ...(budget === undefined ? {} : { budget }),
}));

async function npm(...args: string[]): Promise<void> {
  await timed("npm", ["run", "--silent", ...args], { cwd: root });
}

/** The servers of the environment's ensemble, by what they are. */
async function roles(): Promise<{ leader: Server; writer: Server; follower: Server }> {
  const cluster = allClusters()[0];
  if (cluster === undefined) throw new Error("npm run up ended without a cluster");
  const { leader, followers } = await new Ensemble(cluster, "default", "zk").roles();
  const [writer, follower] = followers;
  if (writer === undefined || follower === undefined)
    throw new Error("the ensemble has fewer than two followers");
  return { leader, writer, follower };
}

/** What a read misses that was acknowledged just before, by what comes before the read. */
export const freshnessBench: Bench = {
  rows,
  measure: async (wanted) => {
    await prepareTools();
    const command = await ensureWorkloadBuilt();
    const values: Record<string, number> = {};
    try {
      await npm("up");
      const { writer, ...readers } = await roles();
      const address = ({ ip }: Server) => `${ip}:${ports.client}`;
      for (const { name, barrier, reader } of ways.filter((way) => wanted.has(way.name))) {
        const args = [
          "--writer",
          address(writer),
          "--reader",
          address(readers[reader]),
          "--barrier",
          barrier,
        ];
        const printed = await run(command, [
          "fresh",
          ...args,
          "--root",
          `/${name}`,
          "--reads",
          String(reads),
        ]);
        values[name] = (JSON.parse(printed) as { stale: number }).stale;
      }
    } finally {
      await npm("down", "--", "--delete-volumes");
    }
    return values satisfies Values;
  },
};
