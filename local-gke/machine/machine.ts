import { readFileSync } from "node:fs";
import { stat, statfs } from "node:fs/promises";
import { freemem, totalmem } from "node:os";
import { dirname } from "node:path";

import { cgroupControllers } from "./cgroups.ts";
import { run, succeeds } from "../../system/run.ts";

/** What is known about a machine before anything is done on it. */
export interface Machine {
  platform: string;
  arch: string;
  isRoot: boolean;
  /** Total memory, in GiB. */
  memory: number;
  /** Memory that can be had without swapping, in GiB. */
  availableMemory: number;
  /** Free disk space where the cache and the state are, in GiB, by folder. */
  disks: ReadonlyMap<string, number>;
  /** What the kernel supports. */
  kernel: { overlay: boolean; namespaces: boolean; bridges: boolean };
  /** The cgroup controllers that are there. */
  controllers: readonly string[];
  /** The version of Go on PATH, such as 1.25.0; undefined where there is none. */
  go: string | undefined;
  /** The versions of crun and containerd; undefined for one that is not installed. */
  runtime: { crun: string | undefined; containerd: string | undefined };
  /** Addresses of 198.18.0.0/15 on links that are no local cluster's, each with its link. */
  foreignAddresses: readonly string[];
}

/** The nearest folder that exists, of one that may not yet. */
async function existing(dir: string): Promise<string> {
  try {
    await stat(dir);
    return dir;
  } catch {
    return await existing(dirname(dir));
  }
}

async function freeGiB(dir: string): Promise<number> {
  const { bavail, bsize } = await statfs(await existing(dir));
  return (bavail * bsize) / 2 ** 30;
}

async function kernelHas(filesystem: string): Promise<boolean> {
  if (readFileSync("/proc/filesystems", "utf8").split(/\s+/).includes(filesystem)) {
    return true;
  }
  return await succeeds("modprobe", [filesystem]);
}

/** The addresses of 198.18.0.0/15 that `ip -json address` lists on links that are no local cluster's. */
export function foreignAddresses(
  links: readonly { ifname: string; addr_info: readonly { local?: string }[] }[],
): string[] {
  return links
    .filter(({ ifname }) => !/^gke\d+$/.test(ifname))
    .flatMap(({ ifname, addr_info: addresses }) =>
      addresses.flatMap(({ local = "" }) => (/^198\.1[89]\./.test(local) ? [`${local} on ${ifname}`] : [])),
    );
}

async function readForeignAddresses(): Promise<string[]> {
  return foreignAddresses(
    JSON.parse(await run("ip", ["-json", "address"])) as Parameters<typeof foreignAddresses>[0],
  );
}

/** The first version that a program prints; undefined where it is not installed. */
async function versionOf(program: string): Promise<string | undefined> {
  if (!(await succeeds(program, ["--version"]))) {
    return undefined;
  }
  return /\bv?(\d+\.\d+(?:\.\d+)?)/.exec(await run(program, ["--version"]))?.[1];
}

async function goVersion(): Promise<string | undefined> {
  if (!(await succeeds("go", ["version"]))) {
    return undefined;
  }
  return /go(\d+\.\d+(\.\d+)?)/.exec(await run("go", ["version"]))?.[1];
}

function availableGiB(): number {
  const kibibytes = /^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync("/proc/meminfo", "utf8"))?.[1];
  return kibibytes === undefined ? freemem() / 2 ** 30 : Number(kibibytes) / 2 ** 20;
}

/**
 * Looks at this machine, which runs Linux; changes nothing. What needs a program that is not installed yet is taken as
 * met.
 */
export async function inspectMachine(folders: readonly string[]): Promise<Machine> {
  // A namespace is removed with its last process, with everything in it.
  const inNamespace = (command: string) =>
    succeeds("unshare", ["--net", "--mount", "--pid", "--fork", "sh", "-ec", command]);
  const isRoot = process.getuid?.() === 0;
  const hasIp = await succeeds("ip", ["-V"]);
  const [overlay, namespaces, bridges, go, crun, containerd, foreign, ...free] = await Promise.all([
    kernelHas("overlay"),
    isRoot ? inNamespace("true") : true,
    isRoot && hasIp
      ? inNamespace("ip link add name bridge0 type bridge; ip link add name link0 type veth")
      : true,
    goVersion(),
    versionOf("crun"),
    versionOf("containerd"),
    hasIp ? readForeignAddresses() : [],
    ...folders.map(async (folder) => [folder, await freeGiB(folder)] as const),
  ]);
  return {
    platform: process.platform,
    arch: process.arch,
    isRoot,
    memory: totalmem() / 2 ** 30,
    availableMemory: availableGiB(),
    disks: new Map(free),
    kernel: { overlay, namespaces, bridges },
    controllers: cgroupControllers(),
    go,
    runtime: { crun, containerd },
    foreignAddresses: foreign,
  };
}
