/** The size of a machine. */
export interface MachineSize {
  /** Virtual CPUs. */
  cpus: number;
  /** Memory, in MiB. */
  memoryMiB: number;
}

/** The predefined types of one name, such as e2-standard. */
interface Family {
  /** The virtual CPUs of its types. */
  cpus: readonly number[];
  /** Memory of each virtual CPU, in MiB. */
  perCpu: number;
  /** Whether its types also come with local disks (`-lssd`). @default false */
  localDisks?: boolean;
  /** The virtual CPUs of its type without a hypervisor (`-metal`). @default none */
  metal?: number;
  /** Whether its types have whole GiB. @default false */
  wholeGiB?: boolean;
}

const counts = (list: string): number[] => list.split(" ").map(Number);

const e2 = counts("2 4 8 16 32");
const n1 = counts("1 2 4 8 16 32 64 96");
const n2 = counts("2 4 8 16 32 48 64 80 96 128");
const n2d = counts("2 4 8 16 32 48 64 80 96 128 224");
const n4 = counts("2 4 8 16 32 48 64 80");
const c2d = counts("2 4 8 16 32 56 112");
const c3 = counts("4 8 22 44 88 176");
const c3d = counts("4 8 16 30 60 90 180 360");
const c4 = counts("2 4 8 16 24 32 48 96 144 192 288");
const c4a = counts("1 2 4 8 16 32 48 64 72");
const c4d = counts("2 4 8 16 32 48 64 96 192 384");
const n4a = counts("1 2 4 8 16 32 48 64");
const n4d = counts("2 4 8 16 32 48 64 80 96");
const t2a = counts("1 2 4 8 16 32 48");

/** @see https://cloud.google.com/compute/docs/general-purpose-machines */
const families: Readonly<Record<string, Family>> = {
  "e2-standard": { cpus: e2, perCpu: 4096 },
  "e2-highmem": { cpus: counts("2 4 8 16"), perCpu: 8192 },
  "e2-highcpu": { cpus: e2, perCpu: 1024 },
  "n1-standard": { cpus: n1, perCpu: 3840 },
  "n1-highmem": { cpus: n1.slice(1), perCpu: 6656 },
  "n1-highcpu": { cpus: n1.slice(1), perCpu: 921.6 },
  "n2-standard": { cpus: n2, perCpu: 4096 },
  "n2-highmem": { cpus: n2, perCpu: 8192 },
  "n2-highcpu": { cpus: n2.slice(0, -1), perCpu: 1024 },
  "n2d-standard": { cpus: n2d, perCpu: 4096 },
  "n2d-highmem": { cpus: n2d.slice(0, -2), perCpu: 8192 },
  "n2d-highcpu": { cpus: n2d, perCpu: 1024 },
  "n4-standard": { cpus: n4, perCpu: 4096 },
  "n4-highmem": { cpus: n4, perCpu: 8192 },
  "n4-highcpu": { cpus: n4, perCpu: 2048 },
  "c2-standard": { cpus: counts("4 8 16 30 60"), perCpu: 4096 },
  "c2d-standard": { cpus: c2d, perCpu: 4096 },
  "c2d-highmem": { cpus: c2d, perCpu: 8192 },
  "c2d-highcpu": { cpus: c2d, perCpu: 2048 },
  "c3-standard": { cpus: c3, perCpu: 4096, localDisks: true, metal: 192 },
  "c3-highmem": { cpus: c3, perCpu: 8192, metal: 192 },
  "c3-highcpu": { cpus: c3, perCpu: 2048, metal: 192 },
  "c3d-standard": { cpus: c3d, perCpu: 4096, localDisks: true },
  "c3d-highmem": { cpus: c3d, perCpu: 8192, localDisks: true },
  "c3d-highcpu": { cpus: c3d, perCpu: 2048 },
  "c4-standard": { cpus: c4, perCpu: 3840, localDisks: true, metal: 288 },
  "c4-highmem": { cpus: c4, perCpu: 7936, localDisks: true, metal: 288 },
  "c4-highcpu": { cpus: c4, perCpu: 2048, metal: 288 },
  "c4a-standard": { cpus: c4a, perCpu: 4096, localDisks: true },
  "c4a-highmem": { cpus: c4a, perCpu: 8192, localDisks: true },
  "c4a-highcpu": { cpus: c4a, perCpu: 2048 },
  "c4d-standard": { cpus: c4d, perCpu: 3968, localDisks: true, wholeGiB: true },
  "c4d-highmem": { cpus: c4d, perCpu: 8064, localDisks: true, wholeGiB: true },
  "c4d-highcpu": { cpus: c4d, perCpu: 1920, wholeGiB: true },
  "n4a-standard": { cpus: n4a, perCpu: 4096 },
  "n4a-highmem": { cpus: n4a, perCpu: 8192 },
  "n4a-highcpu": { cpus: n4a, perCpu: 2048 },
  "n4d-standard": { cpus: n4d, perCpu: 4096 },
  "n4d-highmem": { cpus: n4d, perCpu: 8192 },
  "n4d-highcpu": { cpus: n4d, perCpu: 2048 },
  "t2d-standard": { cpus: [...t2a, 60], perCpu: 4096 },
  "t2a-standard": { cpus: t2a, perCpu: 4096 },
};

/** Types whose virtual CPUs are shares of a core. @see https://cloud.google.com/compute/docs/general-purpose-machines#e2-shared-core */
const sharedCore: Readonly<Record<string, MachineSize>> = {
  "e2-micro": { cpus: 2, memoryMiB: 1024 },
  "e2-small": { cpus: 2, memoryMiB: 2048 },
  "e2-medium": { cpus: 2, memoryMiB: 4096 },
  "f1-micro": { cpus: 1, memoryMiB: 614 },
  "g1-small": { cpus: 1, memoryMiB: 1740 },
};

/** What the custom types of a series may have. */
interface CustomSeries {
  /** Whether there is a type with this number of virtual CPUs. */
  allows: (cpus: number) => boolean;
  /** The least and the most memory of each virtual CPU, in MiB. */
  perCpu: readonly [least: number, most: number];
  /** The most memory of a type, in MiB. */
  most: number;
  /** Whether its types may have extended memory (`-ext`): more of it for each virtual CPU. */
  extended: boolean;
}

const even = (cpus: number, most: number): boolean => cpus >= 2 && cpus <= most && cpus % 2 === 0;

/** @see https://cloud.google.com/compute/docs/instances/creating-instance-with-custom-machine-type */
const customSeries: Readonly<Record<string, CustomSeries>> = {
  e2: { allows: (cpus) => even(cpus, 32), perCpu: [512, 8192], most: 131_072, extended: false },
  n1: {
    allows: (cpus) => cpus === 1 || even(cpus, 96),
    perCpu: [922, 6656],
    most: 638_976,
    extended: true,
  },
  n2: {
    allows: (cpus) => even(cpus, 128) && (cpus <= 32 || cpus % 4 === 0),
    perCpu: [512, 8192],
    most: 884_736,
    extended: true,
  },
  n2d: {
    allows: (cpus) => [2, 4, 8, 16, 32, 48, 64, 80, 96].includes(cpus),
    perCpu: [512, 8192],
    most: 786_432,
    extended: true,
  },
  n4: { allows: (cpus) => even(cpus, 80), perCpu: [2048, 8192], most: 655_360, extended: true },
};

/** Custom types have memory in steps of 256 MiB. */
const isStep = (memoryMiB: number): boolean => memoryMiB > 0 && memoryMiB % 256 === 0;

/** Whether the virtual CPUs of a machine type are shares of a core. */
export const isSharedCore = (name: string): boolean =>
  Object.hasOwn(sharedCore, name) || /^e2-custom-(micro|small|medium)-/.test(name);

function customSize(name: string): MachineSize | undefined {
  const [, shared, sharedMemory] = /^e2-custom-(micro|small|medium)-(\d{1,7})$/.exec(name) ?? [];
  if (shared !== undefined) {
    const model = sharedCore[`e2-${shared}`];
    const memoryMiB = Number(sharedMemory);
    return model !== undefined &&
      isStep(memoryMiB) &&
      memoryMiB >= model.memoryMiB &&
      memoryMiB <= 2 * model.memoryMiB
      ? { ...model, memoryMiB }
      : undefined;
  }
  // The custom types of N1 have no series in their name.
  const match = /^(?:([a-z]\d[a-z]?)-)?custom-(\d{1,4})-(\d{1,7})(-ext)?$/.exec(name);
  const series = customSeries[match?.[1] ?? "n1"];
  if (match === null || series === undefined) {
    return undefined;
  }
  const [cpus, memoryMiB, extended] = [Number(match[2]), Number(match[3]), match[4] !== undefined];
  const most = extended ? series.most : Math.min(series.perCpu[1] * cpus, series.most);
  return series.allows(cpus) &&
    isStep(memoryMiB) &&
    memoryMiB >= series.perCpu[0] * cpus &&
    memoryMiB <= most &&
    (series.extended || !extended)
    ? { cpus, memoryMiB }
    : undefined;
}

function predefinedSize(name: string): MachineSize | undefined {
  const [, family = "", count = "", variant] = /^(\w+-[a-z]+)-([1-9]\d{0,3})(?:-([a-z]+))?$/.exec(name) ?? [];
  const known = Object.hasOwn(families, family) ? families[family] : undefined;
  if (known === undefined) {
    return undefined;
  }
  const cpus = Number(count);
  const exists =
    variant === "metal"
      ? known.metal === cpus
      : known.cpus.includes(cpus) &&
        (variant === undefined || (variant === "lssd" && known.localDisks === true));
  const unit = known.wholeGiB === true ? 1024 : 1;
  return exists ? { cpus, memoryMiB: Math.floor((cpus * known.perCpu) / unit) * unit } : undefined;
}

/** The taint that GKE gives nodes with Arm processors. @see https://cloud.google.com/kubernetes-engine/docs/how-to/prepare-arm-workloads-for-deployment */
export const armTaint = "kubernetes.io/arch=arm64:NoSchedule";

/** Whether machines of this type have Arm processors. */
export const isArm = (name: string): boolean => /^(t2a|c4a|n4a)-/.test(name);

/**
 * The size of a machine type; undefined where Google has none of this name. This is the local GKE's own table, so that
 * it can reject what a program takes for a machine type.
 * @see https://cloud.google.com/compute/docs/machine-resource
 */
export function machineSize(name: string): MachineSize | undefined {
  return (
    (Object.hasOwn(sharedCore, name) ? sharedCore[name] : undefined) ??
    customSize(name) ??
    predefinedSize(name)
  );
}
