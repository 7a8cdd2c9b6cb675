import { gibibyte, mebibyte } from "../units/quantity.ts";

/** What a machine of a type has. */
export interface MachineType {
  /** The machine series, for example `e2`. */
  readonly series: string;
  /** Virtual CPUs. */
  readonly cpus: number;
  /** Memory, in bytes. */
  readonly memory: number;
}

/** Memory per virtual CPU of the predefined types, in GiB; `e2-highcpu` is 1, `n2-highmem` 8, and so on. */
const predefined: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  e2: { standard: 4, highmem: 8, highcpu: 1 },
  n1: { standard: 3.75, highmem: 6.5, highcpu: 0.9 },
  n2: { standard: 4, highmem: 8, highcpu: 1 },
  n2d: { standard: 4, highmem: 8, highcpu: 1 },
  n4: { standard: 4, highmem: 8, highcpu: 2 },
  c2: { standard: 4 },
  c2d: { standard: 4, highmem: 8, highcpu: 2 },
  c3: { standard: 4, highmem: 8, highcpu: 2 },
  c3d: { standard: 4, highmem: 8, highcpu: 2 },
  c4: { standard: 3.75, highmem: 7.75, highcpu: 2 },
  t2d: { standard: 4 },
  t2a: { standard: 4 },
};

/** The series with types of a chosen size, `e2-custom-2-4096`. */
const customSeries = ["e2", "n1", "n2", "n2d", "n4"];

const shared: Readonly<Record<string, MachineType>> = {
  "e2-micro": { series: "e2", cpus: 2, memory: gibibyte },
  "e2-small": { series: "e2", cpus: 2, memory: 2 * gibibyte },
  "e2-medium": { series: "e2", cpus: 2, memory: 4 * gibibyte },
};

/**
 * What a machine of this type has; undefined when the type is not known here.
 * @see https://cloud.google.com/compute/docs/machine-resource
 */
export function parseMachineType(text: string): MachineType | undefined {
  const small = shared[text];
  if (small !== undefined) {
    return small;
  }
  // N1's custom types have no series in their name.
  const custom = /^(?:([a-z]\d[a-z]?)-)?custom-(\d+)-(\d+)$/.exec(text);
  if (custom !== null) {
    const series = custom[1] ?? "n1";
    const size = { series, cpus: Number(custom[2]), memory: Number(custom[3]) * mebibyte };
    return customSeries.includes(series) && isCustomSize(size) ? size : undefined;
  }
  const match = /^([a-z]\d[a-z]?)-([a-z]+)-(\d+)$/.exec(text);
  const series = match?.[1] ?? "";
  const perCpu = predefined[series]?.[match?.[2] ?? ""];
  const cpus = Number(match?.[3] ?? 0);
  return perCpu === undefined || cpus < 1 ? undefined : { series, cpus, memory: cpus * perCpu * gibibyte };
}

/** Custom sizes come in steps of 256 MiB, from 0.5 to 8 GiB for each CPU, with one CPU or an even number. */
function isCustomSize({ cpus, memory }: MachineType): boolean {
  const perCpu = memory / Math.max(1, cpus) / gibibyte;
  return (
    (cpus === 1 || (cpus > 0 && cpus % 2 === 0)) &&
    memory % (256 * mebibyte) === 0 &&
    perCpu >= 0.5 &&
    perCpu <= 8
  );
}

/** Whether machines of a series take only Hyperdisk volumes. @see https://cloud.google.com/compute/docs/disks/hyperdisks */
export function needsHyperdisk(series: string): boolean {
  return ["n4", "c4"].includes(series);
}

/** What GKE keeps of a machine's memory: a share of each further part of it. */
const memoryReservations: readonly { readonly part: number; readonly share: number }[] = [
  { part: 4 * gibibyte, share: 0.25 },
  { part: 4 * gibibyte, share: 0.2 },
  { part: 8 * gibibyte, share: 0.1 },
  { part: 112 * gibibyte, share: 0.06 },
  { part: Infinity, share: 0.02 },
];

/** What the kubelet keeps free before it evicts pods. */
const evictionThreshold = 100 * mebibyte;

/**
 * The memory of a node that pods can be promised, in bytes: for 4 GiB about 2.9 GiB.
 * @see https://cloud.google.com/kubernetes-engine/docs/concepts/plan-node-sizes#memory_and_cpu_reservations
 */
export function allocatableMemory(memory: number): number {
  if (memory < gibibyte) {
    return memory - 255 * mebibyte - evictionThreshold;
  }
  let rest = memory;
  let reserved = evictionThreshold;
  for (const { part, share } of memoryReservations) {
    const here = Math.min(rest, part);
    reserved += here * share;
    rest -= here;
  }
  return memory - reserved;
}

/** What GKE keeps of a machine's first, second, third and fourth, and every further CPU. */
const cpuReservations = [0.06, 0.01, 0.005, 0.005];

/**
 * The CPUs of a node that pods can be promised, in cores: 1.93 of 2. Shared-core E2 machines give 0.94.
 * @see https://cloud.google.com/kubernetes-engine/docs/concepts/plan-node-sizes#memory_and_cpu_reservations
 */
export function allocatableCpu(machineType: string, cpus: number): number {
  if (shared[machineType] !== undefined) {
    return 0.94;
  }
  let allocatable = cpus;
  for (let cpu = 0; cpu < cpus; cpu++) {
    allocatable -= cpuReservations[cpu] ?? 0.0025;
  }
  return allocatable;
}
