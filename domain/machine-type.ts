import { gibibyte, mebibyte } from "./quantity.ts";

/** What a machine of a type has. */
export interface MachineType {
  /** The machine series, for example `e2`. */
  readonly series: string;
  /** Virtual CPUs. */
  readonly cpus: number;
  /** Memory, in bytes. */
  readonly memory: number;
}

/** Memory per virtual CPU of the predefined types, in GiB. */
const predefined: ReadonlyMap<string, number> = new Map([
  ["e2-standard", 4],
  ["e2-highmem", 8],
  ["e2-highcpu", 1],
  ["n1-standard", 3.75],
  ["n1-highmem", 6.5],
  ["n1-highcpu", 0.9],
  ["n2-standard", 4],
  ["n2-highmem", 8],
  ["n2-highcpu", 1],
  ["n2d-standard", 4],
  ["n2d-highmem", 8],
  ["n2d-highcpu", 1],
  ["n4-standard", 4],
  ["n4-highmem", 8],
  ["n4-highcpu", 2],
  ["c2-standard", 4],
  ["c2d-standard", 4],
  ["c2d-highmem", 8],
  ["c2d-highcpu", 2],
  ["c3-standard", 4],
  ["c3-highmem", 8],
  ["c3-highcpu", 2],
  ["c3d-standard", 4],
  ["c3d-highmem", 8],
  ["c3d-highcpu", 2],
  ["c4-standard", 3.75],
  ["c4-highmem", 7.75],
  ["c4-highcpu", 2],
  ["t2d-standard", 4],
  ["t2a-standard", 4],
]);

/** The most virtual CPUs of a predefined type, by series. */
const mostCpus: ReadonlyMap<string, number> = new Map([
  ["e2", 32],
  ["n1", 96],
  ["n2", 128],
  ["n2d", 224],
  ["n4", 80],
  ["c2", 60],
  ["c2d", 112],
  ["c3", 192],
  ["c3d", 360],
  ["c4", 288],
  ["t2d", 60],
  ["t2a", 48],
]);

/** The series with types of one virtual CPU; all other counts are even. */
const oneCpu: ReadonlySet<string> = new Set(["n1", "t2d", "t2a"]);

/** The predefined types that there are with local disks (`-lssd`), and without a hypervisor (`-metal`). */
const variants: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ["lssd", new Set(["c3-standard", "c3d-standard", "c3d-highmem", "c4-standard", "c4-highmem"])],
  ["metal", new Set(["c3-standard", "c3-highmem", "c3-highcpu", "c4-standard", "c4-highmem", "c4-highcpu"])],
]);

/** What the custom types of a series may have. */
interface CustomLimits {
  /** Whether there is one with so many virtual CPUs. */
  readonly cpus: (count: number) => boolean;
  /** The least and the most memory of each virtual CPU, in MiB. */
  readonly perCpu: readonly [number, number];
  /** The most memory in all, in GiB. */
  readonly most: number;
  /** The most memory in all of types with extended memory (`-ext`), in GiB; 0 where there are none. */
  readonly extended: number;
}

const even = (count: number, most: number): boolean => count >= 2 && count <= most && count % 2 === 0;

/** @see https://cloud.google.com/compute/docs/samples/compute-custom-machine-type-helper-class */
const customLimits: ReadonlyMap<string, CustomLimits> = new Map([
  ["e2", { cpus: (count) => even(count, 32), perCpu: [512, 8192], most: 128, extended: 0 }],
  ["n1", { cpus: (count) => count === 1 || even(count, 96), perCpu: [922, 6656], most: 624, extended: 624 }],
  [
    "n2",
    {
      cpus: (count) => even(count, 128) && (count <= 32 || count % 4 === 0),
      perCpu: [512, 8192],
      most: 864,
      extended: 864,
    },
  ],
  [
    "n2d",
    {
      cpus: (count) => [2, 4, 8, 16, 32, 48, 64, 80, 96].includes(count),
      perCpu: [512, 8192],
      most: 768,
      extended: 768,
    },
  ],
  ["n4", { cpus: (count) => even(count, 80), perCpu: [2048, 8192], most: 640, extended: 640 }],
]);

/** The machines whose CPUs are shares of a core; the custom ones, `e2-custom-small-2048`, have their CPUs. */
const sharedCore: ReadonlyMap<string, MachineType> = new Map([
  ["e2-micro", { series: "e2", cpus: 2, memory: gibibyte }],
  ["e2-small", { series: "e2", cpus: 2, memory: 2 * gibibyte }],
  ["e2-medium", { series: "e2", cpus: 2, memory: 4 * gibibyte }],
  ["f1-micro", { series: "f1", cpus: 1, memory: 614 * mebibyte }],
  ["g1-small", { series: "g1", cpus: 1, memory: 1740 * mebibyte }],
]);

/**
 * What a machine of this type has; undefined when the type is not known here, or is none that Google makes.
 * @see https://cloud.google.com/compute/docs/machine-resource
 */
export function parseMachineType(text: string): MachineType | undefined {
  return parseSharedCore(text) ?? parseCustom(text) ?? parsePredefined(text);
}

/** Whether the CPUs of a machine of this type are shares of a core. */
export function hasSharedCore(text: string): boolean {
  return parseSharedCore(text) !== undefined;
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
  const [, series = "n1", cpus, mebibytes, extended] = match;
  const size = { series, cpus: Number(cpus), memory: Number(mebibytes) * mebibyte };
  const limits = customLimits.get(series);
  return limits !== undefined && isWithin(size, limits, extended !== undefined) ? size : undefined;
}

function isWithin({ cpus, memory }: MachineType, limits: CustomLimits, extended: boolean): boolean {
  const [least, most] = limits.perCpu;
  return (
    limits.cpus(cpus) &&
    isStep(memory) &&
    memory >= least * cpus * mebibyte &&
    (extended || memory <= most * cpus * mebibyte) &&
    memory <= (extended ? limits.extended : limits.most) * gibibyte
  );
}

/** Whether it is memory as custom types have it, in steps of 256 MiB. */
function isStep(memory: number): boolean {
  return memory % (256 * mebibyte) === 0;
}

function parsePredefined(text: string): MachineType | undefined {
  const match = /^([a-z]\d[a-z]?)-([a-z]+)-([1-9]\d{0,3})(?:-([a-z]+))?$/.exec(text);
  const [, series = "", kind = "", count, variant] = match ?? [];
  const family = `${series}-${kind}`;
  const perCpu = predefined.get(family);
  const cpus = Number(count);
  if (perCpu === undefined || cpus > (mostCpus.get(series) ?? 0)) {
    return undefined;
  }
  const isCount = cpus === 1 ? oneCpu.has(series) : cpus % 2 === 0;
  const isVariant = variant === undefined || variants.get(variant)?.has(family) === true;
  return isCount && isVariant ? { series, cpus, memory: cpus * perCpu * gibibyte } : undefined;
}
