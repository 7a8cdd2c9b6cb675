import { gibibyte, mebibyte } from "./quantity.ts";

/** The size of a machine of one type. */
export interface MachineType {
  /** The machine series, for example `e2`. */
  readonly series: string;
  /** Virtual CPUs, as the machine shows them. */
  readonly cpus: number;
  /** Virtual CPUs that a lasting load can have: fewer than `cpus` where they are time slices of a core. */
  readonly sustainedCpus: number;
  /** Memory, in bytes. */
  readonly memory: number;
}

/** The predefined types of a series. */
interface Series {
  /** Memory of each virtual CPU in GiB, by class. */
  readonly memory: Readonly<Record<string, number>>;
  /** The most virtual CPUs. */
  readonly most: number;
  /** Whether there is a type with one virtual CPU; all other counts are even. @default false */
  readonly one?: boolean;
  /** The classes that exist with local disks (`-lssd`). @default none */
  readonly lssd?: readonly string[];
  /** The classes that exist without a hypervisor (`-metal`). @default none */
  readonly metal?: readonly string[];
  /** Whether machines have whole GiB: `c4d-highcpu-2` has 3. @default false */
  readonly wholeGib?: boolean;
}

/**
 * @see https://cloud.google.com/compute/docs/general-purpose-machines
 * @see https://cloud.google.com/compute/docs/compute-optimized-machines
 */
const predefined: ReadonlyMap<string, Series> = new Map<string, Series>([
  ["e2", { memory: { standard: 4, highmem: 8, highcpu: 1 }, most: 32 }],
  ["n1", { memory: { standard: 3.75, highmem: 6.5, highcpu: 0.9 }, most: 96, one: true }],
  ["n2", { memory: { standard: 4, highmem: 8, highcpu: 1 }, most: 128 }],
  ["n2d", { memory: { standard: 4, highmem: 8, highcpu: 1 }, most: 224 }],
  ["n4", { memory: { standard: 4, highmem: 8, highcpu: 2 }, most: 80 }],
  ["c2", { memory: { standard: 4 }, most: 60 }],
  ["c2d", { memory: { standard: 4, highmem: 8, highcpu: 2 }, most: 112 }],
  [
    "c3",
    {
      memory: { standard: 4, highmem: 8, highcpu: 2 },
      most: 192,
      lssd: ["standard"],
      metal: ["standard", "highmem", "highcpu"],
    },
  ],
  ["c3d", { memory: { standard: 4, highmem: 8, highcpu: 2 }, most: 360, lssd: ["standard", "highmem"] }],
  [
    "c4",
    {
      memory: { standard: 3.75, highmem: 7.75, highcpu: 2 },
      most: 288,
      lssd: ["standard", "highmem"],
      metal: ["standard", "highmem", "highcpu"],
    },
  ],
  [
    "c4d",
    {
      memory: { standard: 3.875, highmem: 7.875, highcpu: 1.875 },
      most: 384,
      lssd: ["standard", "highmem"],
      wholeGib: true,
    },
  ],
  [
    "c4a",
    {
      memory: { standard: 4, highmem: 8, highcpu: 2 },
      most: 72,
      one: true,
      lssd: ["standard", "highmem"],
    },
  ],
  ["n4a", { memory: { standard: 4, highmem: 8, highcpu: 2 }, most: 64, one: true }],
  ["n4d", { memory: { standard: 4, highmem: 8, highcpu: 2 }, most: 96 }],
  ["t2d", { memory: { standard: 4 }, most: 60, one: true }],
  ["t2a", { memory: { standard: 4 }, most: 48, one: true }],
]);

/** What the custom types of a series may have. */
interface CustomSeries {
  /** Whether there is one with so many virtual CPUs. */
  readonly counts: (cpus: number) => boolean;
  /** The least and the most memory of each virtual CPU, in MiB. */
  readonly perCpu: readonly [number, number];
  /** The most memory in all, in GiB. */
  readonly most: number;
  /** Whether there are types with more memory for each virtual CPU (`-ext`). */
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
      counts: (cpus) => even(cpus, 128) && (cpus <= 30 || cpus % 4 === 0),
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

/**
 * The machines whose CPUs are time slices of a core.
 * @see https://cloud.google.com/compute/docs/general-purpose-machines#sharedcore
 */
const sharedCore: ReadonlyMap<string, MachineType> = new Map([
  ["e2-micro", { series: "e2", cpus: 2, sustainedCpus: 0.25, memory: gibibyte }],
  ["e2-small", { series: "e2", cpus: 2, sustainedCpus: 0.5, memory: 2 * gibibyte }],
  ["e2-medium", { series: "e2", cpus: 2, sustainedCpus: 1, memory: 4 * gibibyte }],
  ["f1-micro", { series: "f1", cpus: 1, sustainedCpus: 0.2, memory: 614 * mebibyte }],
  ["g1-small", { series: "g1", cpus: 1, sustainedCpus: 0.5, memory: 1740 * mebibyte }],
]);

/**
 * The size of a Compute Engine machine type: predefined (`n2-standard-4`, `c3-standard-4-lssd`), shared-core
 * (`e2-medium`, `e2-custom-small-2048`) or custom (`e2-custom-2-4096`, `custom-2-4096` of the n1 series). Undefined if
 * the series is not in these tables, or Google has no type of this size.
 * @see https://cloud.google.com/compute/docs/machine-resource
 */
export function parseMachineType(text: string): MachineType | undefined {
  return parseSharedCore(text) ?? parseCustom(text) ?? parsePredefined(text);
}

/** Whether the CPUs of a machine of this type are time slices of a core. */
export function hasSharedCore(text: string): boolean {
  return parseSharedCore(text) !== undefined;
}

/** The series with Arm processors. @see https://cloud.google.com/kubernetes-engine/docs/concepts/arm-on-gke */
const armSeries: ReadonlySet<string> = new Set(["t2a", "c4a", "n4a"]);

/** Whether machines of this type have Arm processors. */
export function isArm(text: string): boolean {
  return armSeries.has(parseMachineType(text)?.series ?? "");
}

function parseSharedCore(text: string): MachineType | undefined {
  const custom = /^e2-custom-(micro|small|medium)-(\d{1,7})$/.exec(text);
  if (custom === null) {
    return sharedCore.get(text);
  }
  const model = sharedCore.get(`e2-${custom[1]}`);
  const memory = Number(custom[2]) * mebibyte;
  // From as much as the predefined one has to twice as much.
  return model !== undefined && isStep(memory) && memory >= model.memory && memory <= 2 * model.memory
    ? { ...model, memory }
    : undefined;
}

function parseCustom(text: string): MachineType | undefined {
  // N1's custom types have no series in their name.
  const match = /^(?:([a-z]\d[a-z]?)-)?custom-(\d{1,4})-(\d{1,7})(-ext)?$/.exec(text);
  if (match === null) {
    return undefined;
  }
  const series = match[1] ?? "n1";
  const limits = customSeries.get(series);
  const [cpus, memory] = [Number(match[2]), Number(match[3]) * mebibyte];
  const extended = match[4] !== undefined;
  if (limits === undefined || (extended && !limits.extended)) {
    return undefined;
  }
  const [least, most] = limits.perCpu;
  const fits =
    limits.counts(cpus) &&
    isStep(memory) &&
    memory >= least * cpus * mebibyte &&
    (extended || memory <= most * cpus * mebibyte) &&
    memory <= limits.most * gibibyte;
  return fits ? { series, cpus, sustainedCpus: cpus, memory } : undefined;
}

/** Whether it is memory as custom types have it, in steps of 256 MiB. */
function isStep(memory: number): boolean {
  return memory % (256 * mebibyte) === 0;
}

function parsePredefined(text: string): MachineType | undefined {
  const match = /^([a-z]\d[a-z]?)-([a-z]+)-([1-9]\d{0,3})(?:-(lssd|metal))?$/.exec(text);
  const [, series = "", kind = "", count, variant] = match ?? [];
  const types = predefined.get(series);
  const cpus = Number(count);
  if (types === undefined || !Object.hasOwn(types.memory, kind) || cpus > types.most) {
    return undefined;
  }
  const isCount = cpus === 1 ? types.one === true : cpus % 2 === 0;
  const kinds = variant === "lssd" ? types.lssd : variant === "metal" ? types.metal : [kind];
  if (!isCount || kinds?.includes(kind) !== true) {
    return undefined;
  }
  const gibibytes = cpus * (types.memory[kind] ?? 0);
  // Compute Engine counts whole MiB.
  const memory = Math.round((types.wholeGib === true ? Math.floor(gibibytes) : gibibytes) * 1024) * mebibyte;
  return { series, cpus, sustainedCpus: cpus, memory };
}
