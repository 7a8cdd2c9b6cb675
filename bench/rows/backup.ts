import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

import { BackupJob } from "../../test/fixtures/cluster/backup-job.ts";
import { TestEnvironment } from "../../test/fixtures/cluster/environment.ts";
import { Kazoo, nodeAddresses } from "../../test/fixtures/cluster/kazoo.ts";
import { CutShort, type Bench, type Row } from "../row.ts";

const service = "zk-cs.default.svc.cluster.local:2181";

/** Sizes of a database, in MiB: of znodes of 100 KB, whose content cannot be compressed. */
const sizes = [1, 100, 400] as const;
const znode = 100_000;

const time = (size: number): string => `backup-${size}`;
const file = (size: number): string => `backup-${size}-file`;

const rows: readonly Row[] = sizes.flatMap((size): Row[] => [
  { name: time(size), what: `a job that saves a database of ${size} MiB, from its creation`, unit: "s" },
  { name: file(size), what: `the stored file of ${size} MiB`, unit: "MiB" },
]);

/** An ensemble whose servers, and so the jobs that save backups, have room for the largest of these databases. */
const settings = {
  clients: JSON.stringify(["default", nodeAddresses]),
  memory: "1600Mi",
  heap: "1200m",
  backupSchedule: '"0 0 29 2 *"',
};

/** Backups of a database that grows, one after the other. */
export const backupBench: Bench = {
  rows,
  measure: async () => {
    const environment = new TestEnvironment();
    const kubectl = async (...args: string[]) => await environment.kubectl(...args);
    const values: Record<string, number> = {};
    try {
      const { code, output } = await environment.npm(
        ...(["up", "--config-file", environment.stackFile(settings)] as const),
      );
      if (code !== 0) {
        throw new Error(output);
      }
      const kazoo = await Kazoo.install(join(environment.stateDir, "kazoo"), kubectl, ["zk-0"]);
      let stored = 0;
      for (const size of sizes) {
        const count = Math.ceil((size * 2 ** 20) / znode) - stored;
        await kazoo.run("fill", service, `/upto${size}`, count, znode, 8, "repeat");
        stored += count;
        const job = new BackupJob(environment, `upto-${size}`);
        const began = performance.now();
        await job.start();
        const { succeeded, log } = await job.end();
        if (!succeeded) {
          throw new Error(log);
        }
        values[time(size)] = (performance.now() - began) / 1000;
        const volume = await environment.disk("zk-backups");
        const [newest = ""] = readdirSync(volume)
          .filter((name) => name.endsWith(".tar.gz"))
          .sort()
          .reverse();
        values[file(size)] = statSync(join(volume, newest)).size / 2 ** 20;
      }
    } catch (error) {
      throw new CutShort(values, error);
    } finally {
      await environment.remove();
    }
    return values;
  },
};
