import { isRegion, zonesOf } from "../../google/locations.ts";
import { machineSize } from "../../google/machine-types.ts";
import { list, text } from "../values.ts";
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
