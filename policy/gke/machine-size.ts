import { parseMachineType } from "../../domain/machine-type.ts";
import { gibibyte, mebibyte } from "../../domain/quantity.ts";

/** The least and the most of something; from 0 to infinity if nothing is known. */
export type Range = readonly [least: number, most: number];

/** What the name of a machine type shows of the machine's size. */
export interface MachineSize {
  readonly cpus: Range;
  /** In bytes. */
  readonly memory: Range;
  /** Virtual CPUs that a lasting load can have, if the CPUs are time slices of a core; otherwise undefined. */
  readonly sharedCpus: number | undefined;
}

const exactly = (amount: number): Range => [amount, amount];
const atLeast = (amount: number): Range => [amount, Infinity];

/**
 * Memory of each virtual CPU in GiB, by series and class, of series whose machines the program does not create.
 * Machines have whole GiB.
 *
 * @see https://cloud.google.com/compute/docs/general-purpose-machines
 * @see https://cloud.google.com/compute/docs/accelerator-optimized-machines
 */
const perCpu: ReadonlyMap<string, number> = new Map([
  ["g2-standard", 4],
  ["g4-standard", 3.75],
  ["h3-standard", 4],
  ["z3-highmem", 8],
]);

/**
 * Series that have large machines only: those with accelerators, for HPC, for SAP, and with much local storage. The
 * names of most of them do not show the size.
 */
const largeSeries = /^(?:a[2-4]x?|ct\d\w{0,3}|tpu\d\w{0,3}|h[34]d?|m[1-4]|x4|z3)-/;

/** The classes of machines with more than 12 GiB for each virtual CPU, in every series that has them. */
const largeMemory = /^[a-z]\d[a-z]?-(?:mega|ultra|hyper)mem-([1-9]\d{0,3})(?:-[a-z]{1,16}){0,2}$/;

/** No machine of the large series is smaller than `z3-highmem-8`. */
const large: MachineSize = { cpus: atLeast(8), memory: atLeast(32 * gibibyte), sharedCpus: undefined };

/**
 * The size of a machine, as far as its type's name shows it; undefined if it does not, as in names of series that are
 * newer than these tables. Whether Google has the type is not validated: a machine that does not exist loses no server.
 */
export function sizeOf(type: string): MachineSize | undefined {
  const known = parseMachineType(type);
  if (known !== undefined) {
    const { cpus, sustainedCpus, memory } = known;
    const sharedCpus = sustainedCpus < cpus ? sustainedCpus : undefined;
    return { cpus: exactly(cpus), memory: exactly(memory), sharedCpus };
  }
  return customSize(type) ?? predefinedSize(type) ?? (largeSeries.test(type) ? large : undefined);
}

/** Custom types of every series show both amounts. */
function customSize(type: string): MachineSize | undefined {
  const match = /^(?:[a-z]\d[a-z]?-)?custom-([1-9]\d{0,3})-([1-9]\d{0,7})(?:-ext)?$/.exec(type);
  if (match === null) {
    return undefined;
  }
  const [cpus, memory] = [Number(match[1]), Number(match[2]) * mebibyte];
  return { cpus: exactly(cpus), memory: exactly(memory), sharedCpus: undefined };
}

/** Predefined types end in the number of virtual CPUs, and in what else the machine has. */
function predefinedSize(type: string): MachineSize | undefined {
  const largeCpus = largeMemory.exec(type)?.[1];
  if (largeCpus !== undefined) {
    const cpus = Number(largeCpus);
    return { cpus: exactly(cpus), memory: atLeast(12 * cpus * gibibyte), sharedCpus: undefined };
  }
  const match = /^([a-z]\d[a-z]?-(?:standard|highmem|highcpu))-([1-9]\d{0,3})(?:-[a-z]{1,16}){0,2}$/.exec(
    type,
  );
  if (match === null) {
    return undefined;
  }
  const [, family = "", count] = match;
  const cpus = Number(count);
  const each = perCpu.get(family);
  const least = largeSeries.test(type) ? large.memory : atLeast(0);
  const memory = each === undefined ? least : exactly(Math.floor(cpus * each) * gibibyte);
  return { cpus: exactly(cpus), memory, sharedCpus: undefined };
}
