import { existsSync, readdirSync, readFileSync } from "node:fs";

import { run } from "../../local/machine/run.ts";
import { unitProcesses } from "../../local/machine/processes.ts";

const entries = (dir: string): string[] => (existsSync(dir) ? readdirSync(dir) : []);

/** All that a local GKE can leave on a machine, one line each. */
export async function traces(): Promise<string[]> {
  const links = JSON.parse(await run("ip", ["-json", "link"])) as { ifname: string }[];
  const routes = (await run("ip", ["route"])).trim().split("\n");
  const tables = await run("nft", ["list", "tables"]);
  const mounts = readFileSync("/proc/mounts", "utf8").trim().split("\n");
  const cgroups = entries("/sys/fs/cgroup").flatMap((hierarchy) =>
    entries(`/sys/fs/cgroup/${hierarchy}/local-gke`)
      .filter((name) => /^\d+$/.test(name))
      .map((name) => `cgroup ${hierarchy}/local-gke/${name}`),
  );
  return [
    ...unitProcesses().map(({ unit, argv }) => `process ${argv.join(" ")} of ${unit}`),
    ...links.map(({ ifname }) => `link ${ifname}`),
    ...routes.map((route) => `route ${route}`),
    ...tables
      .trim()
      .split("\n")
      .map((table) => `nftables ${table}`),
    ...mounts.map((mount) => `mount ${mount}`),
    ...entries("/run/netns").map((name) => `network namespace ${name}`),
    ...entries("/run/local-gke-slots").map((slot) => `slot ${slot}`),
    ...cgroups,
  ];
}
