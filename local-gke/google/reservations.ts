import { isSharedCore, machineSize } from "./machine-types.ts";

/** An amount of a node. */
export interface Amount {
  /** In thousandths of a CPU. */
  milliCpu: number;
  /** In MiB. */
  memoryMiB: number;
}

/** Memory that GKE's kubelet keeps free before it evicts pods, in MiB. */
export const evictionMiB = 100;

/**
 * What pods can request of a node of a machine type: its size without what the kernel takes, what GKE reserves for the
 * kubelet and the system, and the eviction threshold. This is the local GKE's own calculation, so that it can
 * contradict a program's.
 * @throws Error for an unknown machine type
 * @see https://cloud.google.com/kubernetes-engine/docs/concepts/plan-node-sizes#memory_and_cpu_reservations
 * @see https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/cloudprovider/gce/reserved.go
 */
export function allocatable(machineType: string): Amount {
  const machine = machineSize(machineType);
  if (machine === undefined) {
    throw new Error(`unknown machine type ${machineType}`);
  }
  const { cpus, memoryMiB } = machine;
  const reserved = reservedMemory(memoryMiB) + kernelMemory(memoryMiB) + evictionMiB;
  return {
    // All shared-core types have the same, whatever their share.
    milliCpu: isSharedCore(machineType) ? 940 : 1000 * cpus - reservedCpu(cpus),
    memoryMiB: Math.floor(memoryMiB - reserved),
  };
}

/** The kernel's tables take 1/64 of the memory and 16 MiB, and a bounce buffer 64 MiB from 3 GiB on. */
function kernelMemory(memoryMiB: number): number {
  return memoryMiB / 64 + 16 + (memoryMiB > 3072 ? 64 : 0);
}

/** 25 % of the first 4 GB, 20 % of the next 4, 10 % of the next 8, 6 % up to 128, 2 % of the rest; 1 GB is 1000 MiB. */
function reservedMemory(memoryMiB: number): number {
  if (memoryMiB <= 1000) {
    return 255;
  }
  const first = 0.25 * Math.min(memoryMiB, 4000);
  const second = 0.2 * Math.max(0, Math.min(memoryMiB, 8000) - 4000);
  const third = 0.1 * Math.max(0, Math.min(memoryMiB, 16_000) - 8000);
  const fourth = 0.06 * Math.max(0, Math.min(memoryMiB, 128_000) - 16_000);
  return Math.floor(first + second + third + fourth + 0.02 * Math.max(0, memoryMiB - 128_000));
}

/** 6 % of the first CPU, 1 % of the second, 0.5 % of the next two, 0.25 % of the others; in thousandths of a CPU. */
function reservedCpu(cpus: number): number {
  return 60 + (cpus > 1 ? 10 : 0) + 5 * Math.max(0, Math.min(cpus, 4) - 2) + 2.5 * Math.max(0, cpus - 4);
}

/**
 * What GKE's own pods request of every node: Dataplane V2, logging, metrics, the metadata server, node-local DNS,
 * networking, the disks' driver and managed Prometheus. Read from nodes of GKE 1.36.
 */
export const everyNode: Amount = { milliCpu: 494, memoryMiB: 824 };

/** What GKE's pods for the whole cluster request beside that: cluster DNS, konnectivity and the metrics server. */
export const wholeCluster: Amount = { milliCpu: 383, memoryMiB: 405 };
