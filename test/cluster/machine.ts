import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { clusterNamespace, podRange } from "../../local/gke/addresses.ts";
import { run } from "../../local/machine/run.ts";
import { environmentOf, unitProcesses } from "../../local/machine/processes.ts";

const slotsDir = "/run/local-gke-slots";

const entries = (dir: string): string[] => (existsSync(dir) ? readdirSync(dir) : []);

/** The slot of the cluster in this state folder. @throws Error when it has none */
export function slotOf(stateDir: string): number {
  const slot = entries(slotsDir).find((name) =>
    readFileSync(join(slotsDir, name), "utf8").startsWith(stateDir),
  );
  if (slot === undefined) throw new Error(`no cluster of ${stateDir} has a slot`);
  return Number(slot);
}

/** A process that belongs to an environment. */
export interface OwnProcess {
  pid: number;
  command: string;
}

function procText(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    // Processes end while they are listed.
    return "";
  }
}

/** Every process of an environment: commands and what they started, the services of its units, and what runs in its pods. */
export function ownProcesses(stateDir: string): OwnProcess[] {
  const units = new Set(
    unitProcesses()
      .filter(({ unit }) => unit.startsWith(`${stateDir}/`))
      .map(({ pid }) => pid),
  );
  const slot = entries(slotsDir).find((name) =>
    readFileSync(join(slotsDir, name), "utf8").startsWith(`${stateDir}/`),
  );
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter(
      (pid) =>
        units.has(pid) ||
        environmentOf(pid).get("ZOOKEEPER_ENVIRONMENT_STATE") === stateDir ||
        (slot !== undefined && procText(pid, "cgroup").includes(`/local-gke/${slot}/`)),
    )
    .map((pid) => ({ pid, command: procText(pid, "cmdline").replaceAll("\0", " ").trim() }))
    .filter(({ command }) => command !== "");
}

/**
 * Where an environment's processes listen, as ADDRESS:PORT.
 * @param netns the network namespace to look in; the machine's own when left out
 */
export async function listeners(stateDir: string, netns?: string): Promise<string[]> {
  const own = new Set(ownProcesses(stateDir).map(({ pid }) => pid));
  const where = netns === undefined ? [] : ["-N", netns];
  const sockets = (await run("ss", [...where, "-Hltunp"])).trim().split("\n");
  return sockets.flatMap((socket) => {
    const pids = [...socket.matchAll(/pid=(\d+)/g)].map(([, pid]) => Number(pid));
    return pids.some((pid) => own.has(pid)) ? [socket.trim().split(/\s+/)[4] ?? ""] : [];
  });
}

/** The machine's own packet filters, of which the local GKE makes none: its nodes' are in their namespaces. */
export async function filters(): Promise<string> {
  const [tables, rules] = await Promise.all([
    run("nft", ["list", "tables"]),
    run("sh", ["-c", "iptables-save 2>/dev/null | grep -v '^[#:]' || true"]),
  ]);
  return tables + rules;
}

/** All that the local GKE of a state folder, with its cluster in this slot, can leave on a machine, one line each. */
export async function traces(stateDir: string, slot: number): Promise<string[]> {
  const links = JSON.parse(await run("ip", ["-json", "link"])) as { ifname: string }[];
  const network = podRange(slot).split(".").slice(0, 2).join(".");
  const third = Number(podRange(slot).split(".")[2]);
  const routes = (await run("ip", ["route"]))
    .trim()
    .split("\n")
    .filter((route) => {
      const [, range = "", octet = ""] = /^(\d+\.\d+)\.(\d+)\./.exec(route) ?? [];
      return range === network && Number(octet) >> 6 === third >> 6;
    });
  const mounts = readFileSync("/proc/mounts", "utf8").split("\n");
  const names = entries("/run/netns");
  const namespaces = await Promise.all(
    names.map(async (name) => ({
      name,
      addresses: await run("ip", ["-netns", name, "-brief", "address", "show", "eth0"]).catch(() => ""),
    })),
  );
  return [
    ...ownProcesses(stateDir).map(({ pid, command }) => `process ${pid} ${command}`),
    ...links.filter(({ ifname }) => ifname.startsWith(`gke${slot}`)).map(({ ifname }) => `link ${ifname}`),
    ...routes.map((route) => `route ${route}`),
    ...mounts
      .filter((mount) => mount.includes(stateDir) || (names.length === 0 && mount.includes(" /run/netns ")))
      .map((mount) => `mount ${mount}`),
    ...namespaces
      .filter(
        ({ name, addresses }) =>
          name === clusterNamespace(slot) ||
          addresses.includes(`${podRange(slot).replace(/\d+\.\d+\/.*$/, "")}${third & 192}.`),
      )
      .map(({ name }) => `network namespace ${name}`),
    ...entries(slotsDir).filter((name) => name === String(slot)),
    // v1 has the hierarchies of its controllers there, v2 the one hierarchy itself.
    ...[".", ...entries("/sys/fs/cgroup")]
      .filter((hierarchy) => existsSync(`/sys/fs/cgroup/${hierarchy}/local-gke/${slot}`))
      .map((hierarchy) => `cgroup in ${hierarchy}`),
  ];
}
