import { mebibyte } from "../../domain/quantity.ts";
import { hasSharedCore, parseMachineType } from "../../domain/machine-type.ts";

/** An amount of a node, as far as pods can request it. */
export interface Room {
  /** In MiB; whole ones. */
  readonly memory: number;
  /** In thousandths of a core; whole ones. */
  readonly cpu: number;
}

/** Memory that the kernel takes for itself before the kubelet sees any, in MiB. */
function kernelMemory(machine: number): number {
  // From 3 GiB on, Linux sets aside a buffer for devices that do not reach all addresses.
  const buffer = machine > 3 * 1024 ? 64 : 0;
  return machine / 64 + 16 + buffer;
}

/** What GKE reserves of each further part of a machine. */
interface Bracket {
  /** Where the part begins, in MiB or in thousandths of a core. */
  readonly from: number;
  readonly share: number;
}

/** GKE's gigabytes are of 1000 MiB. */
const memoryBrackets: readonly Bracket[] = [
  { from: 0, share: 0.25 },
  { from: 4000, share: 0.2 },
  { from: 8000, share: 0.1 },
  { from: 16000, share: 0.06 },
  { from: 128000, share: 0.02 },
];

const cpuBrackets: readonly Bracket[] = [
  { from: 0, share: 0.06 },
  { from: 1000, share: 0.01 },
  { from: 2000, share: 0.005 },
  { from: 4000, share: 0.0025 },
];

/** What GKE reserves of a machine with up to 1000 MiB, in MiB. */
const leastReservedMemory = 255;

/** What the kubelet keeps free by evicting pods, in MiB. */
const evictionThreshold = 100;

/** What GKE leaves of the CPU of a machine whose CPUs are shares of a core, in thousandths of a core. */
const sharedCoreCpu = 940;

function reserved(capacity: number, brackets: readonly Bracket[]): number {
  const parts = brackets.map(({ from, share }, index) => {
    const to = Math.min(capacity, brackets[index + 1]?.from ?? Infinity);
    return Math.max(0, to - from) * share;
  });
  // The sum of such shares can be a little less than a whole number.
  return Math.floor(parts.reduce((sum, part) => sum + part, 0) + 1e-6);
}

/**
 * What pods can request of a node, GKE's own included: 2833 MiB and 1930m of 4 GiB and 2 CPUs. This is the calculation
 * by which Google's autoscaler predicts it; a node has up to 2 % less, as its kernel takes more.
 * @param machineType a type that `parseMachineType` knows; undefined for any other
 * @see https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/cloudprovider/gce/reserved.go
 * @see https://cloud.google.com/kubernetes-engine/docs/concepts/plan-node-sizes#memory_and_cpu_reservations
 */
export function allocatable(machineType: string): Room | undefined {
  const machine = parseMachineType(machineType);
  if (machine === undefined) {
    return undefined;
  }
  const memory = machine.memory / mebibyte;
  const reservedMemory = memory <= 1000 ? leastReservedMemory : reserved(memory, memoryBrackets);
  const cpu = 1000 * machine.cpus;
  return {
    memory: Math.floor(memory - kernelMemory(memory) - reservedMemory - evictionThreshold),
    cpu: hasSharedCore(machineType) ? sharedCoreCpu : cpu - reserved(cpu, cpuBrackets),
  };
}

/**
 * What GKE's own pods request of every node of a cluster such as the program creates, with Dataplane V2, workload
 * identity, managed Prometheus and node-local DNS; read from nodes of GKE 1.36 and the manifests of those pods.
 */
const onEveryNode: Room = { memory: 824, cpu: 494 };

/** What they request besides of the node that most of them share: cluster DNS, konnectivity and the metrics server. */
const onSomeNode: Room = { memory: 405, cpu: 383 };

/** What is left of a node beside GKE's own pods. */
export interface RoomLeft {
  /** On a node with only those pods that are on every node. */
  readonly most: Room;
  /** On the node with the most of them; every other node has more left. */
  readonly least: Room;
}

/** What is left of a node beside GKE's own pods, at least 0; undefined for an unknown machine type. */
export function roomLeft(machineType: string): RoomLeft | undefined {
  const all = allocatable(machineType);
  if (all === undefined) {
    return undefined;
  }
  const most = without(all, onEveryNode);
  return { most, least: without(most, onSomeNode) };
}

function without(room: Room, taken: Room): Room {
  return { memory: Math.max(0, room.memory - taken.memory), cpu: Math.max(0, room.cpu - taken.cpu) };
}
