import { parseMachineType } from "../../domain/machine-type.ts";
import { mebibyte } from "../../domain/quantity.ts";
import type { Field } from "../reading/field.ts";
import type { Report } from "../reading/report.ts";
import { every, type Truth } from "../reading/truth.ts";
import { count, flag, type Values } from "../settings.ts";
import { sizeOf, type MachineSize, type Range } from "./machine-size.ts";

/** The settings for the least machine that carries a ZooKeeper server. */
export const machineSettings = {
  minimumCpus: count("Least vCPUs of a node", 2, 1),
  minimumMemoryMiB: count("Least memory of a node, in MiB", 4096, 1),
  allowSharedCore: flag(
    "Whether shared-core machines are accepted, whatever share of a CPU they have",
    false,
  ),
};

type Floor = Values<typeof machineSettings>;

/** The type of the nodes of a pool that names none. */
const defaultType = "e2-medium";

function reaches([least, most]: Range, minimum: number): Truth {
  return least >= minimum || (most < minimum ? false : "unknown");
}

/** Whether the machines are large enough, as far as the name of their type shows their size. */
function fits(type: string, { minimumCpus, minimumMemoryMiB, allowSharedCore }: Floor): Truth {
  const size = sizeOf(type);
  if (size === undefined) {
    return "unknown";
  }
  const { cpus, memory, sharedCpus } = size;
  return every([
    sharedCpus === undefined ? reaches(cpus, minimumCpus) : allowSharedCore,
    reaches(memory, minimumMemoryMiB * mebibyte),
  ]);
}

function shownSize({ cpus, memory, sharedCpus }: MachineSize): string {
  const cpu =
    sharedCpus === undefined ? `${cpus[0]} vCPUs` : `${sharedCpus} vCPUs sustained, of a shared core`;
  return memory[1] === Infinity ? cpu : `${cpu}, ${memory[1] / mebibyte} MiB`;
}

/** The smallest E2 machine that is large enough, as an example; undefined if E2 has none. */
function example({ minimumCpus, minimumMemoryMiB }: Floor): string | undefined {
  const cpus = 2 * Math.ceil(minimumCpus / 2);
  const memory = 256 * Math.ceil(Math.max(minimumMemoryMiB, 512 * cpus) / 256);
  const type = `e2-custom-${cpus}-${memory}`;
  return parseMachineType(type) === undefined ? undefined : type;
}

/**
 * Validates whether the machines of a pool are large enough for a ZooKeeper server.
 *
 * @param otherwise what to do if the pool is for other workloads
 */
export function validateMachine(type: Field, floor: Floor, otherwise: string, report: Report): void {
  const name = type.string();
  if (name.state === "known" && fits(name.value, floor) === "unknown") {
    report.leaveHidden(`the size of machine type ${JSON.stringify(name.value)} (${name.path})`);
    return;
  }
  const { minimumCpus, minimumMemoryMiB, allowSharedCore } = floor;
  const such = example(floor);
  report.check(name, {
    holds: (value) => fits(value, floor) === true,
    absent: fits(defaultType, floor) === true ? "accepted" : "rejected",
    required:
      `at least ${minimumCpus} ${allowSharedCore ? "" : "dedicated "}vCPUs and ${minimumMemoryMiB} MiB ` +
      `(the default, ${defaultType}, has a shared core and 4096 MiB)`,
    fix: `use a larger machine type${such === undefined ? "" : `, such as ${such}`}, or ${otherwise}`,
    shown: (value) => {
      const size = sizeOf(value);
      return size === undefined ? JSON.stringify(value) : `${JSON.stringify(value)} (${shownSize(size)})`;
    },
  });
}
