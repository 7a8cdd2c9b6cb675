import type { Advice } from "../configuration.ts";
import type { Machine } from "./machine.ts";

/** What a command will do, which decides its requirements. */
export interface Need {
  /** Whether tools or images must be built first. */
  builds: boolean;
  /** Whether the environment runs already, and so has its memory. */
  runs: boolean;
}

/** Memory that a cluster of three small nodes and the builds need, in GiB. */
const memoryGiB = 6;

/** Memory that must be free to start it, in GiB. */
const availableGiB = 2;

/** Disk space for an environment, and with the toolchain's sources, caches and the images, in GiB. */
const diskGiB = { runs: 3, builds: 15 };

/** The oldest Go that fetches the toolchain that go.mod names by itself. */
const goMinor = 21;

const controllers = ["cpu", "cpuset", "memory", "pids"];

/** What a path cannot have in it: the files and variables that contain it have no way to quote it. */
const unquotable = /[\s'"`$\\:;,#?%&|<>(){}[\]*!~]/u;

function unusablePath(folder: string, { stateVariable, cacheVariable }: Advice): string | undefined {
  const character = unquotable.exec(folder)?.[0];
  return character === undefined
    ? undefined
    : `the path ${JSON.stringify(folder)} has ${JSON.stringify(character)} in it, which kubeconfigs, Corefiles and ` +
        `URLs of backends do not allow; name folders with ${stateVariable} and ${cacheVariable}`;
}

function unusableGo(go: string | undefined): string | undefined {
  const install = "builds the tools; install it from https://go.dev/dl";
  if (go === undefined) {
    return `Go 1.${goMinor} or newer is not on PATH, and ${install}`;
  }
  const [major = 0, minor = 0] = go.split(".").map(Number);
  return major > 1 || minor >= goMinor ? undefined : `Go is ${go}; 1.${goMinor} or newer ${install}`;
}

/** The oldest crun that runs what containerd 2 writes. @see https://github.com/actions/runner-images/issues/14473 */
const crunMinor = 15;

/** Ubuntu 24.04 has crun 1.14 beside the containerd 2 of Docker's packages. */
function unusableCrun({ crun, containerd }: Machine["runtime"]): string | undefined {
  if (crun === undefined || containerd === undefined || Number(containerd.split(".")[0]) < 2) {
    return undefined;
  }
  const [major = 0, minor = 0] = crun.split(".").map(Number);
  return major > 1 || minor >= crunMinor
    ? undefined
    : `crun is ${crun}, which runs no container of containerd ${containerd} ("unknown version specified"); install ` +
        `crun 1.${crunMinor} or newer, for example from https://github.com/containers/crun/releases`;
}

/** The requirements of the local GKE that a machine does not meet, each with the fix. */
export function unmetRequirements(machine: Machine, need: Need, advice: Advice): string[] {
  const gib = (size: number) => `${size.toFixed(1)} GiB`;
  const disk = need.builds ? diskGiB.builds : diskGiB.runs;
  const missing = controllers.filter((name) => !machine.controllers.includes(name));
  const { overlay, namespaces, bridges } = machine.kernel;
  const found: (string | undefined | false)[] = [
    !machine.isRoot &&
      "network namespaces, mounts and cgroups need root; run the command as root, for example with sudo -H",
    machine.arch !== "x64" &&
      machine.arch !== "arm64" &&
      `Kubernetes is built for amd64 and arm64, and this machine is ${machine.arch}`,
    // What the firmware keeps is missing from what a machine is sold with.
    machine.memory < memoryGiB - 0.5 &&
      `the machine has ${gib(machine.memory)} of memory, and ${memoryGiB} GiB are needed`,
    !need.runs &&
      machine.availableMemory < availableGiB &&
      `${gib(machine.availableMemory)} of memory are free, and ${availableGiB} GiB are needed; end other programs`,
    ...[...machine.disks].map(
      ([folder, free]) =>
        free < disk && `${folder} has ${gib(free)} of disk free, and ${disk} GiB are needed; free some`,
    ),
    ...[...machine.disks.keys()].map((folder) => unusablePath(folder, advice)),
    !overlay && "the kernel has no overlay file system, which containers need; load the module overlay",
    !namespaces &&
      "this process may not create network, mount and PID namespaces; start a container with --privileged",
    namespaces &&
      !bridges &&
      "the kernel has no bridges or veth links, which join the nodes; load the modules bridge and veth",
    missing.length > 0 &&
      `the cgroup controllers ${missing.join(", ")} are missing; turn them on in the kernel's command line`,
    need.builds && unusableGo(machine.go),
    unusableCrun(machine.runtime),
    machine.foreignAddresses.length > 0 &&
      `addresses of 198.18.0.0/15, which the local clusters use, are taken: ${machine.foreignAddresses.join(", ")}; ` +
        "end what uses them, such as a VPN",
  ];
  return found.flatMap((fault) => (typeof fault === "string" ? [fault] : []));
}
