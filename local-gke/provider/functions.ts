import type { InvokeResult } from "@pulumi/pulumi/provider/provider.js";

import { kubernetesVersion } from "../toolchain/versions.ts";
import { isRecorded, recorded } from "../cluster/inventory.ts";
import { projectNumber } from "../google/numeric-ids.ts";
import { isRegion, isZone, zonesOf } from "../google/locations.ts";
import { properties, text } from "./values.ts";
import type { Properties } from "./values.ts";

/** The version that a local cluster has, in the form of GKE's. */
export const gkeVersion = `${kubernetesVersion}-gke.0`;

interface Function {
  /** What the arguments must be, for the table of local-gke/README.md. */
  must: string;
  /** The failures that Google has as well. */
  fails: string;
  /** What the answer lacks. */
  lacks: string;
  /** The file that defines it, below `providerSource`. */
  source: string;
  answer: (inputs: Properties) => InvokeResult;
}

function noLocation(property: string, value: string | undefined): InvokeResult {
  return {
    failures: [
      {
        property,
        reason: `googleapi: Error 403: Permission denied on 'locations/${value ?? ""}' (or it may not exist)., forbidden`,
      },
    ],
  };
}

const functions: ReadonlyMap<string, Function> = new Map<string, Function>([
  [
    "gcp:container/getEngineVersions:getEngineVersions",
    {
      must: "`location`: one of Google's regions or zones",
      fails: "403: a location that does not exist",
      lacks: "other versions than the local one",
      source: "services/container/data_source_google_container_engine_versions.go",
      answer: (inputs) => {
        const location = text(inputs["location"]);
        if (location === undefined || !(isRegion(location) || isZone(location))) {
          return noLocation("location", location);
        }
        const versions = [gkeVersion];
        return {
          outputs: {
            ...inputs,
            id: location,
            defaultClusterVersion: gkeVersion,
            latestMasterVersion: gkeVersion,
            latestNodeVersion: gkeVersion,
            validMasterVersions: versions,
            validNodeVersions: versions,
            releaseChannelDefaultVersion: { RAPID: gkeVersion, REGULAR: gkeVersion, STABLE: gkeVersion },
            releaseChannelLatestVersion: { RAPID: gkeVersion, REGULAR: gkeVersion, STABLE: gkeVersion },
          },
        };
      },
    },
  ],
  [
    "gcp:compute/getZones:getZones",
    {
      must: "`region`: one of Google's regions",
      fails: "403: a location that does not exist",
      lacks: "zones for the use of some customers only",
      source: "services/compute/data_source_google_compute_zones.go",
      answer: (inputs) => {
        const region = text(inputs["region"]);
        if (region === undefined || !isRegion(region)) {
          return noLocation("region", region);
        }
        return { outputs: { ...inputs, id: region, names: zonesOf(region) } };
      },
    },
  ],
  [
    "gcp:organizations/getProject:getProject",
    {
      must: "–",
      fails: "–",
      lacks: "other values than name and number; every project exists",
      source: "services/resourcemanager/data_source_google_project.go",
      answer: (inputs) => {
        const project = text(inputs["projectId"]) ?? "";
        return {
          outputs: { ...inputs, id: `projects/${project}`, name: project, number: projectNumber(project) },
        };
      },
    },
  ],
  [
    "gcp:storage/getBucket:getBucket",
    {
      must: "`name`: a bucket that exists",
      fails: "404: a bucket that does not exist",
      lacks: "buckets of Google's",
      source: "services/storage/data_source_google_storage_bucket.go",
      answer: (inputs) => {
        const name = text(inputs["name"]) ?? "";
        return isRecorded(name)
          ? { outputs: { ...properties(recorded(name)), id: name } }
          : {
              failures: [
                {
                  property: "name",
                  reason: `googleapi: Error 404: The specified bucket does not exist., notFound (${name})`,
                },
              ],
            };
      },
    },
  ],
]);

/** What the arguments of each function must be, and the file that defines it, by its token. */
export const functionRules: ReadonlyMap<string, Omit<Function, "answer">> = functions;

/** Answers a function of the `gcp` package. @throws Error for one that is not emulated */
export function invoke(token: string, inputs: Properties): InvokeResult {
  const known = functions.get(token);
  if (known === undefined) {
    throw new Error(
      `${token}: the local GKE does not emulate this function, only ${[...functions.keys()].join(", ")}`,
    );
  }
  return known.answer(inputs);
}
