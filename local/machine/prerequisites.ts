import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { totalmem } from "node:os";

import { say, step } from "../progress.ts";
import { run, succeeds } from "./run.ts";

/** A Debian package and the file by which it is known to be there. */
const packages: Readonly<Record<string, string>> = {
  catatonit: "/usr/bin/catatonit",
  containerd: "/usr/bin/containerd",
  "containernetworking-plugins": "/usr/lib/cni/bridge",
  iproute2: "/usr/bin/nstat",
  maven: "/usr/bin/mvn",
  mmdebstrap: "/usr/bin/mmdebstrap",
  nftables: "/usr/sbin/nft",
  procps: "/usr/sbin/sysctl",
  runc: "/usr/sbin/runc",
  runit: "/usr/bin/runsvdir",
  umoci: "/usr/bin/umoci",
  unzip: "/usr/bin/unzip",
  "util-linux": "/usr/bin/unshare",
};

/** Memory that the local cluster with the ensemble and the builds needs, in GiB. */
const memoryGiB = 6;
/** Disk space for the toolchain's sources, caches and the images, in GiB. */
const diskGiB = 15;

function missingPackages(): string[] {
  return Object.entries(packages).flatMap(([name, file]) => (existsSync(file) ? [] : [name]));
}

async function freeGiB(dir: string): Promise<number> {
  const { bavail, bsize } = await statfs(dir);
  return (bavail * bsize) / 2 ** 30;
}

function kernelHas(filesystem: string): boolean {
  return readFileSync("/proc/filesystems", "utf8").split(/\s+/).includes(filesystem);
}

/** What stops the local GKE on this machine, each with what to do about it. */
async function faults(): Promise<string[]> {
  if (process.platform !== "linux") {
    return [
      `the local GKE needs Linux, and this is ${process.platform}; use a Linux machine or a virtual one`,
    ];
  }
  const found: string[] = [];
  if (process.getuid?.() !== 0) {
    found.push(
      "network namespaces, mounts and cgroups need root; run the command as root, for example with sudo",
    );
  }
  if (process.arch !== "x64" && process.arch !== "arm64") {
    found.push(`ZooKeeper and Kubernetes are built for amd64 and arm64, and this machine is ${process.arch}`);
  }
  const memory = totalmem() / 2 ** 30;
  if (memory < memoryGiB - 0.5) {
    found.push(`the machine has ${memory.toFixed(1)} GiB of memory, and ${memoryGiB} GiB are needed`);
  }
  const disk = await freeGiB("/");
  if (disk < diskGiB)
    found.push(`/ has ${disk.toFixed(1)} GiB free, and ${diskGiB} GiB are needed; free some`);
  if (!kernelHas("overlay") && !(await succeeds("modprobe", ["overlay"]))) {
    found.push("the kernel has no overlay file system, which containers need; load the module overlay");
  }
  if (!(await succeeds("go", ["version"]))) {
    found.push("Go 1.21 or newer is not on PATH, and builds the tools; install it from https://go.dev/dl");
  }
  return found;
}

/** Files that are watched through one handle each; every kubelet and containerd has several. */
const inotifyInstances = "/proc/sys/fs/inotify/max_user_instances";
const inotifyInstancesNeeded = 1024;

/** Raises the machine's ceiling of watches, which a cluster's daemons reach at its default of 128. */
function raiseInotifyLimit(): void {
  const limit = Number(readFileSync(inotifyInstances, "utf8"));
  if (limit >= inotifyInstancesNeeded) return;
  writeFileSync(inotifyInstances, String(inotifyInstancesNeeded));
  say(`Raised fs.inotify.max_user_instances from ${limit} to ${inotifyInstancesNeeded}.`);
}

/** Checks this machine and installs the operating system's packages that are missing. @throws Error with all that is wrong */
export async function ensurePrerequisites(): Promise<void> {
  const wrong = await faults();
  const missing = missingPackages();
  const apt = await succeeds("apt-get", ["--version"]);
  if (missing.length > 0 && !apt) {
    wrong.push(`these programs are missing and there is no apt to install them: ${missing.join(", ")}`);
  }
  if (wrong.length > 0) throw new Error(`This machine cannot run the local GKE:\n- ${wrong.join("\n- ")}`);
  raiseInotifyLimit();
  if (missing.length === 0) return;
  const progress = step(`Installing ${missing.join(", ")}`);
  const environment = { DEBIAN_FRONTEND: "noninteractive" };
  await run("apt-get", ["update", "-q"], { env: environment });
  progress.update("package lists read");
  await run("apt-get", ["install", "-yq", "--no-install-recommends", ...missing], { env: environment });
  progress.end();
}
