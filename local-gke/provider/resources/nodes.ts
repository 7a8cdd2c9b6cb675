import { isRegion, zonesOf } from "../../google/locations.ts";
import { machineSize } from "../../google/machine-types.ts";
import { defaultBootDisk, type BootDisk } from "../../google/quotas.ts";
import { at, list, number, text } from "../values.ts";
import type { Properties, Rule } from "../values.ts";

/** The zones that a pool's nodes are in. */
export function zones(inputs: Properties): string[] {
  const given = list(inputs["nodeLocations"]).map(String);
  const place = text(inputs["location"]) ?? "";
  if (given.length > 0) {
    return given;
  }
  return isRegion(place) ? zonesOf(place).slice(0, 3) : [place];
}

/** The machine type of nodes. */
export const machineType: Rule = {
  property: "nodeConfig.machineType",
  must: "a machine type of Google's",
  error: (value, inputs) =>
    value === undefined || (typeof value === "string" && machineSize(value) !== undefined)
      ? undefined
      : `googleapi: Error 400: Machine type with name '${text(value) ?? ""}' does not exist in zone '${zones(inputs)[0] ?? ""}'., badRequest`,
};

/** The boot disks of nodes. */
export const bootDisk = (inputs: Properties): BootDisk => ({
  type: text(at(inputs, "nodeConfig.diskType")) ?? defaultBootDisk.type,
  sizeGb: number(at(inputs, "nodeConfig.diskSizeGb")) ?? defaultBootDisk.sizeGb,
});

/** The store of images that nodes start with; the command line builds it before it calls the engine. */
export function imageStore(): string {
  const store = process.env["LOCAL_GKE_IMAGE_STORE"];
  if (store === undefined) {
    throw new Error(
      "LOCAL_GKE_IMAGE_STORE is not set: the local GKE's plugin is started by its own shell script only",
    );
  }
  return store;
}

let last: Promise<unknown> = Promise.resolve();

/** Runs work after all work that was given before it: changes of clusters' records never cross. */
export function exclusively<Result>(work: () => Promise<Result>): Promise<Result> {
  const result = last.then(work, work);
  last = result.catch(() => undefined);
  return result;
}
