import { isZone } from "../google/locations.ts";
import { quotaNames, type Usage } from "../google/quotas.ts";

/** The variable with the project's quotas in each region, such as `CPUS=8,SSD_TOTAL_GB=250`. */
export const quotasVariable = "LOCAL_GKE_QUOTAS";

/** The variable with the zones that have no capacity for another node, separated by commas. */
export const exhaustedZonesVariable = "LOCAL_GKE_EXHAUSTED_ZONES";

/** What Google does not have, or not for this project. */
export interface Limits {
  /** By the name of the quota; no limit for the others. */
  quotas: Usage;
  exhaustedZones: readonly string[];
}

function rejected(variable: string, value: string, reason: string, fix: string): Error {
  return new Error(`${variable} = ${value}\n  ${reason}\n  Fix: ${fix}`);
}

const entries = (value: string): string[] =>
  value
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");

function parseQuotas(value: string): Usage {
  const quotas = new Map<string, number>();
  const fix = `use entries such as CPUS=8, separated by commas, of ${quotaNames.join(", ")}.`;
  for (const entry of entries(value)) {
    const [, name, limit] = /^([^=\s]+)=(\d{1,9})$/.exec(entry) ?? [];
    if (name === undefined) {
      throw rejected(quotasVariable, value, `"${entry}" is not a quota and a whole number.`, fix);
    }
    if (!quotaNames.includes(name)) {
      throw rejected(quotasVariable, value, `The local GKE does not count ${name}.`, fix);
    }
    if (quotas.has(name)) {
      throw rejected(quotasVariable, value, `${name} has two limits.`, "list each quota once.");
    }
    quotas.set(name, Number(limit));
  }
  return quotas;
}

function parseZones(value: string): string[] {
  const zones = entries(value);
  const wrong = zones.find((zone) => !isZone(zone));
  if (wrong !== undefined) {
    const fix = "use zones such as us-central1-b, separated by commas.";
    throw rejected(exhaustedZonesVariable, value, `Google has no zone "${wrong}".`, fix);
  }
  return zones;
}

/** The limits that the variables set. @throws Error for an invalid value */
export function limits(variables: Readonly<Record<string, string | undefined>> = process.env): Limits {
  return {
    quotas: parseQuotas(variables[quotasVariable] ?? ""),
    exhaustedZones: parseZones(variables[exhaustedZonesVariable] ?? ""),
  };
}
