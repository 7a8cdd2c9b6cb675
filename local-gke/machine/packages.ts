import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

import { step } from "../../system/progress.ts";
import type { Progress } from "../../system/progress.ts";
import { CommandError, run, succeeds } from "../../system/run.ts";
import { configuration } from "../configuration.ts";

/** The Debian packages of every machine: a file of each, by which it is recognized. */
const packages: Readonly<Record<string, string>> = {
  catatonit: "/usr/bin/catatonit",
  containerd: "/usr/bin/containerd",
  "containernetworking-plugins": "/usr/lib/cni/ptp",
  crun: "/usr/bin/crun",
  iproute2: "/usr/bin/nstat",
  iptables: "/usr/sbin/iptables",
  nftables: "/usr/sbin/nft",
  procps: "/usr/sbin/sysctl",
  runit: "/usr/bin/runsvdir",
  umoci: "/usr/bin/umoci",
  "util-linux": "/usr/bin/unshare",
};

/** Services that packages start and enable, by package. Nodes have their own; the machine needs none. */
const services: Readonly<Record<string, string>> = { containerd: "containerd.service" };

/** The packages that this machine lacks, with those that building the images needs. */
export function missingPackages(): string[] {
  const all = Object.assign({}, packages, ...configuration().images.map((image) => image.packages)) as Record<
    string,
    string
  >;
  return Object.entries(all).flatMap(([name, file]) => (existsSync(file) ? [] : [name]));
}

/** The program that holds a lock that apt needs, as apt names it; undefined where something else is wrong. */
export function lockHolder(stderr: string): string | undefined {
  if (!stderr.includes("Could not get lock")) {
    return undefined;
  }
  return /It is held by (process \d+ \([^)]*\))/.exec(stderr)?.[1] ?? "another program";
}

/** How long apt may be in use by others, such as upgrades after a boot, in milliseconds. */
const lockedFor = 10 * 60_000;

/**
 * Runs apt-get, and waits while another program uses apt. Its own option for this covers only dpkg's lock, not those of
 * the lists and the archives.
 * @param within milliseconds to wait
 * @throws Error that names the program that uses apt; CommandError where something else is wrong
 */
export async function aptGet(
  args: readonly string[],
  progress: Pick<Progress, "update">,
  within = lockedFor,
): Promise<void> {
  const deadline = Date.now() + within;
  for (;;) {
    try {
      // Messages in English are what is read here.
      await run("apt-get", args, { env: { DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" } });
      return;
    } catch (error) {
      const holder = error instanceof CommandError ? lockHolder(error.stderr) : undefined;
      if (holder === undefined) {
        throw error;
      }
      if (Date.now() >= deadline) {
        throw new Error(`apt is in use by ${holder}; run the command again when that has ended`, {
          cause: error,
        });
      }
      progress.update(`waiting for ${holder}, which uses apt`);
      await sleep(1_000);
    }
  }
}

/**
 * Installs packages without their services running or starting at boot; existing services do not change.
 */
async function withoutServices(missing: readonly string[], install: () => Promise<void>): Promise<void> {
  const units = missing.flatMap((name) => services[name] ?? []);
  if (units.length === 0 || !(await succeeds("systemctl", ["--version"]))) {
    await install();
    return;
  }
  const booted = existsSync("/run/systemd/system");
  if (booted) {
    await run("systemctl", ["mask", "--runtime", "--quiet", ...units]);
  }
  try {
    await install();
  } finally {
    if (booted) {
      await run("systemctl", ["unmask", "--runtime", "--quiet", ...units]);
    }
  }
  await run("systemctl", ["disable", "--quiet", ...units]);
}

/** Installs Debian packages. @throws Error with what apt prints */
export async function installPackages(missing: readonly string[]): Promise<void> {
  const progress = step(`Installing ${missing.join(", ")}`);
  let unread: unknown;
  try {
    await aptGet(["update", "-q"], progress);
    progress.update("package lists read");
  } catch (error) {
    // One of the user's own sources may be out of order: the packages may be had all the same.
    if (!(error instanceof CommandError)) {
      throw error;
    }
    unread = error;
  }
  try {
    await withoutServices(missing, () =>
      aptGet(["install", "-yq", "--no-install-recommends", ...missing], progress),
    );
  } catch (error) {
    if (!(unread instanceof CommandError) || !(error instanceof Error)) {
      throw error;
    }
    throw new Error(`${error.message}\n${unread.message}`, { cause: error });
  }
  progress.end();
}
