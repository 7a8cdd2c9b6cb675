/** The size of a machine. */
export interface Machine {
  /** vCPUs that a full load can have all the time; less than the headline for shared cores. */
  readonly cpus: number;
  readonly memoryMiB: number;
  /** Whether the vCPUs are time slices of a core. */
  readonly shared: boolean;
}

/** The predefined types of a series. */
interface Series {
  /** Memory per vCPU in GiB, by class. */
  readonly memory: ReadonlyMap<string, number>;
  /** The most vCPUs. */
  readonly most: number;
  /** Whether there is a type of one vCPU; all other counts are even. @default false */
  readonly one?: boolean;
  /** The classes that there are with local disks (`-lssd`). @default none */
  readonly lssd?: readonly string[];
  /** The classes that there are without a hypervisor (`-metal`). @default none */
  readonly metal?: readonly string[];
}

const sizes = (memory: Readonly<Record<string, number>>): ReadonlyMap<string, number> =>
  new Map(Object.entries(memory));

/**
 * @see https://cloud.google.com/compute/docs/general-purpose-machines
 * @see https://cloud.google.com/compute/docs/compute-optimized-machines
 */
const predefinedSeries: ReadonlyMap<string, Series> = new Map<string, Series>([
  ["e2", { memory: sizes({ standard: 4, highmem: 8, highcpu: 1 }), most: 32 }],
  ["n1", { memory: sizes({ standard: 3.75, highmem: 6.5, highcpu: 0.9 }), most: 96, one: true }],
  ["n2", { memory: sizes({ standard: 4, highmem: 8, highcpu: 1 }), most: 128 }],
  ["n2d", { memory: sizes({ standard: 4, highmem: 8, highcpu: 1 }), most: 224 }],
  ["n4", { memory: sizes({ standard: 4, highmem: 8, highcpu: 2 }), most: 80 }],
  ["c2", { memory: sizes({ standard: 4 }), most: 60 }],
  ["c2d", { memory: sizes({ standard: 4, highmem: 8, highcpu: 2 }), most: 112 }],
  [
    "c3",
    {
      memory: sizes({ standard: 4, highmem: 8, highcpu: 2 }),
      most: 192,
      lssd: ["standard"],
      metal: ["standard", "highmem", "highcpu"],
    },
  ],
  [
    "c3d",
    {
      memory: sizes({ standard: 4, highmem: 8, highcpu: 2 }),
      most: 360,
      lssd: ["standard", "highmem"],
    },
  ],
  [
    "c4",
    {
      memory: sizes({ standard: 3.75, highmem: 7.75, highcpu: 2 }),
      most: 288,
      lssd: ["standard", "highmem"],
      metal: ["standard", "highmem", "highcpu"],
    },
  ],
  ["t2d", { memory: sizes({ standard: 4 }), most: 60, one: true }],
  ["t2a", { memory: sizes({ standard: 4 }), most: 48, one: true }],
]);

/** What the custom types of a series may have. */
interface CustomSeries {
  /** Whether there is one with so many vCPUs. */
  readonly counts: (cpus: number) => boolean;
  /** The least and the most memory of each vCPU, in MiB. */
  readonly perCpu: readonly [number, number];
  /** The most memory in all, in GiB. */
  readonly most: number;
  /** Whether there are types with more memory per vCPU (`-ext`). */
  readonly extended: boolean;
}

const even = (cpus: number, most: number): boolean => cpus >= 2 && cpus <= most && cpus % 2 === 0;

/** @see https://cloud.google.com/compute/docs/samples/compute-custom-machine-type-helper-class */
const customSeries: ReadonlyMap<string, CustomSeries> = new Map<string, CustomSeries>([
  ["e2", { counts: (cpus) => even(cpus, 32), perCpu: [512, 8192], most: 128, extended: false }],
  ["n1", { counts: (cpus) => cpus === 1 || even(cpus, 96), perCpu: [922, 6656], most: 624, extended: true }],
  [
    "n2",
    {
      counts: (cpus) => even(cpus, 128) && (cpus <= 32 || cpus % 4 === 0),
      perCpu: [512, 8192],
      most: 864,
      extended: true,
    },
  ],
  [
    "n2d",
    {
      counts: (cpus) => [2, 4, 8, 16, 32, 48, 64, 80, 96].includes(cpus),
      perCpu: [512, 8192],
      most: 768,
      extended: true,
    },
  ],
  ["n4", { counts: (cpus) => even(cpus, 80), perCpu: [2048, 8192], most: 640, extended: true }],
]);

/** Custom types have memory in steps of so many MiB. */
const memoryStep = 256;

/**
 * Shared-core machines: sustained vCPUs and memory in MiB.
 *
 * @see https://cloud.google.com/compute/docs/general-purpose-machines#sharedcore
 */
const sharedCore: ReadonlyMap<string, readonly [cpus: number, memoryMiB: number]> = new Map([
  ["e2-micro", [0.25, 1024]],
  ["e2-small", [0.5, 2048]],
  ["e2-medium", [1, 4096]],
  ["f1-micro", [0.2, 614]],
  ["g1-small", [0.5, 1740]],
]);

function parseSharedCore(name: string): Machine | undefined {
  const custom = /^e2-custom-(micro|small|medium)-(\d{1,7})$/.exec(name);
  const model = sharedCore.get(custom === null ? name : `e2-${custom[1] ?? ""}`);
  if (model === undefined) {
    return undefined;
  }
  const [cpus, least] = model;
  const memoryMiB = custom === null ? least : Number(custom[2]);
  // A custom one has from as much as the predefined one to twice as much.
  const fits =
    custom === null || (memoryMiB % memoryStep === 0 && memoryMiB >= least && memoryMiB <= 2 * least);
  return fits ? { cpus, memoryMiB, shared: true } : undefined;
}

function parseCustom(name: string): Machine | undefined {
  const match = /^(?:([a-z]\d[a-z]?)-)?custom-(\d{1,4})-(\d{1,7})(-ext)?$/.exec(name);
  if (match === null) {
    return undefined;
  }
  const series = customSeries.get(match[1] ?? "n1");
  const [cpus, memoryMiB] = [Number(match[2]), Number(match[3])];
  const extended = match[4] !== undefined;
  if (series === undefined || (extended && !series.extended)) {
    return undefined;
  }
  const [least, most] = series.perCpu;
  const fits =
    series.counts(cpus) &&
    memoryMiB % memoryStep === 0 &&
    memoryMiB >= least * cpus &&
    (extended || memoryMiB <= most * cpus) &&
    memoryMiB <= series.most * 1024;
  return fits ? { cpus, memoryMiB, shared: false } : undefined;
}

function parsePredefined(name: string): Machine | undefined {
  const match = /^([a-z]\d[a-z]?)-([a-z]+)-([1-9]\d{0,3})(?:-(lssd|metal))?$/.exec(name);
  if (match === null) {
    return undefined;
  }
  const [, seriesName = "", kind = "", count, variant] = match;
  const series = predefinedSeries.get(seriesName);
  const gib = series?.memory.get(kind);
  const cpus = Number(count);
  if (series === undefined || gib === undefined || cpus > series.most) {
    return undefined;
  }
  if (cpus === 1 ? series.one !== true : cpus % 2 !== 0) {
    return undefined;
  }
  const kinds = variant === "lssd" ? series.lssd : variant === "metal" ? series.metal : [kind];
  if (kinds?.includes(kind) !== true) {
    return undefined;
  }
  return { cpus, memoryMiB: Math.round(cpus * gib * 1024), shared: false };
}

/**
 * The size of a Compute Engine machine type: predefined (`n2-standard-4`, `c3-standard-4-lssd`), shared-core
 * (`e2-medium`, `e2-custom-small-2048`) or custom (`e2-custom-2-4096`, `custom-2-4096` of the n1 series).
 * Undefined if the name is none that is known here, or none that Google makes. The program knows the same ones.
 */
export function parseMachineType(name: string): Machine | undefined {
  return parseSharedCore(name) ?? parseCustom(name) ?? parsePredefined(name);
}
