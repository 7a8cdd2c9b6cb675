import { readFileSync, writeFileSync } from "node:fs";

import { say } from "../../system/progress.ts";
import { unmetRequirements } from "./requirements.ts";
import type { Need } from "./requirements.ts";
import { inspectMachine } from "./machine.ts";
import { installPackages, missingPackages } from "./packages.ts";
import { succeeds } from "../../system/run.ts";
import { configuration } from "../configuration.ts";

/** Files that are watched through one handle each; every kubelet and containerd has several. */
const inotifyInstances = "/proc/sys/fs/inotify/max_user_instances";
const inotifyInstancesNeeded = 1024;

/** Raises the machine's limit of watches: a cluster's daemons reach the default of 128. */
function raiseInotifyLimit(): void {
  const limit = Number(readFileSync(inotifyInstances, "utf8"));
  if (limit >= inotifyInstancesNeeded) {
    return;
  }
  writeFileSync(inotifyInstances, String(inotifyInstancesNeeded));
  say(`Raised fs.inotify.max_user_instances from ${limit} to ${inotifyInstancesNeeded}.`);
}

/** The requirements of the local GKE that this machine does not meet, each with the fix. */
async function faults(need: Need): Promise<string[]> {
  if (process.platform !== "linux") {
    return [
      `it runs ${process.platform}, and the local GKE needs Linux; use a Linux machine or a virtual one`,
    ];
  }
  const { cacheDir, stateDir, advice } = configuration();
  const found = unmetRequirements(await inspectMachine([cacheDir, stateDir]), need, advice);
  const missing = missingPackages();
  if (missing.length > 0 && !(await succeeds("apt-get", ["--version"]))) {
    found.push(
      `these programs are missing and there is no apt to install them: ${missing.join(", ")}; install them as this system does`,
    );
  }
  return found;
}

/** @throws Error with every unmet requirement */
async function check(need: Need): Promise<void> {
  const wrong = await faults(need);
  if (wrong.length > 0) {
    throw new Error(`This machine cannot run the local GKE:\n- ${wrong.join("\n- ")}`);
  }
}

/**
 * Checks this machine and installs the operating system's packages that are missing.
 * @throws Error with every unmet requirement
 */
export async function ensurePrerequisites(need: Need): Promise<void> {
  await check(need);
  raiseInotifyLimit();
  const missing = missingPackages();
  if (missing.length > 0) {
    await installPackages(missing);
    // Some requirements can only be checked with these programs.
    await check(need);
  }
  if (await kernelFiltersPackets()) {
    return;
  }
  throw new Error(
    "This machine cannot run the local GKE:\n- the kernel lacks nftables with NAT, which leads Services to pods; " +
      "load the modules nf_tables, nft_chain_nat, nft_masq, nft_numgen and nft_fib_inet",
  );
}

/** Whether the rules work that kube-proxy makes; tried in a namespace that goes with its process. */
async function kernelFiltersPackets(): Promise<boolean> {
  const rules = `
    add table ip probe
    add chain ip probe pre { type nat hook prerouting priority -100; }
    add chain ip probe post { type nat hook postrouting priority 100; }
    add rule ip probe pre fib daddr type local numgen random mod 2 vmap { 0 : accept, 1 : accept }
    add rule ip probe post masquerade`;
  return await succeeds("unshare", ["--net", "nft", "-f", "-"], { input: rules });
}
