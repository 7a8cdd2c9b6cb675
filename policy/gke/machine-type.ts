/** The size of a machine. */
export interface Machine {
  /** vCPUs that a full load can have all the time; less than the headline for shared cores. */
  readonly cpus: number;
  readonly memoryMiB: number;
  /** Whether the vCPUs are time slices of a core. */
  readonly shared: boolean;
}

/**
 * Memory per vCPU in GiB, by series and class.
 *
 * @see https://cloud.google.com/compute/docs/general-purpose-machines
 * @see https://cloud.google.com/compute/docs/compute-optimized-machines
 */
const memoryPerCpu: Readonly<Record<string, Readonly<Record<string, number>>>> = {
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

/**
 * Shared-core machines: sustained vCPUs and memory in MiB.
 *
 * @see https://cloud.google.com/compute/docs/general-purpose-machines#sharedcore
 */
const sharedCore: Readonly<Record<string, readonly [number, number]>> = {
  "e2-micro": [0.25, 1024],
  "e2-small": [0.5, 2048],
  "e2-medium": [1, 4096],
  "f1-micro": [0.2, 614],
  "g1-small": [0.5, 1740],
};

/**
 * The size of a Compute Engine machine type: predefined (`n2-standard-4`, `c3-standard-4-lssd`), shared-core
 * (`e2-medium`, `e2-custom-small-2048`) or custom (`e2-custom-2-4096`, `custom-2-4096` of the n1 series).
 * Undefined if the name is none that is known here.
 */
export function parseMachineType(name: string): Machine | undefined {
  const known = sharedCore[name];
  if (known !== undefined) return { cpus: known[0], memoryMiB: known[1], shared: true };

  const sharedCustom = /^e2-custom-(micro|small|medium)-(\d+)$/.exec(name);
  if (sharedCustom !== null) {
    const cpus = sharedCore[`e2-${sharedCustom[1] ?? ""}`]?.[0] ?? 0;
    return { cpus, memoryMiB: Number(sharedCustom[2]), shared: true };
  }

  const custom = /^(?:(e2|n1|n2|n2d|n4)-)?custom-(\d+)-(\d+)(?:-ext)?$/.exec(name);
  if (custom !== null) return { cpus: Number(custom[2]), memoryMiB: Number(custom[3]), shared: false };

  const predefined = /^([a-z]\d[a-z]?)-(standard|highmem|highcpu)-(\d+)(?:-lssd|-metal)?$/.exec(name);
  const gib = memoryPerCpu[predefined?.[1] ?? ""]?.[predefined?.[2] ?? ""];
  if (predefined === null || gib === undefined) return undefined;
  const cpus = Number(predefined[3]);
  return { cpus, memoryMiB: Math.round(cpus * gib * 1024), shared: false };
}
