import * as pulumi from "@pulumi/pulumi";

import type * as Components from "../../components/index.ts";
import { unknownValue, type Registered } from "../fixtures/policy/harness.ts";

/** What our environment may be told. */
export type Args = ConstructorParameters<typeof Components.ZooKeeperEnvironment>[1];

/** Values that only the update makes known, as the real providers' outputs are in a first preview. */
const madeLater: Readonly<Record<string, object>> = {
  "gcp:serviceaccount/account:Account": { email: unknownValue },
  "gcp:container/cluster:Cluster": {
    endpoint: unknownValue,
    masterAuth: { clusterCaCertificate: unknownValue },
    controlPlaneEndpointsConfig: { dnsEndpointConfig: { endpoint: unknownValue } },
  },
  "gcp:storage/bucket:Bucket": { selfLink: unknownValue, projectNumber: unknownValue },
};

/** What an update makes of them, where that has a form. */
const made: Readonly<Record<string, object>> = {
  "gcp:storage/bucket:Bucket": {
    selfLink: "https://www.googleapis.com/storage/v1/b/my-backups",
    projectNumber: 123456789012,
  },
};

/** The properties with the mark that the engine sends to policies in place of what is unknown to the program. */
function marked(value: unknown): unknown {
  if (pulumi.isUnknown(value)) {
    return unknownValue;
  }
  if (Array.isArray(value)) {
    return value.map(marked);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  return Object.fromEntries(Object.entries(value).map(([key, element]) => [key, marked(element)]));
}

/**
 * What our environment registers.
 *
 * @param preview whether outputs are unknown, as in a first preview
 */
export async function registeredBy(args: Args, preview: boolean): Promise<readonly Registered[]> {
  const resources: Registered[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        const props = marked(inputs) as object;
        resources.push({ type, name, props });
        const later = madeLater[type] ?? {};
        const outputs = preview
          ? later
          : (made[type] ??
            (JSON.parse(
              JSON.stringify(later).replaceAll(unknownValue, "nodes@project.iam.gserviceaccount.com"),
            ) as object));
        // A preview asks no provider of a cluster that is still to be made.
        if (preview && type.startsWith("kubernetes:")) {
          return { id: "", state: {} };
        }
        const named = type.startsWith("gcp:") ? { name: preview ? unknownValue : name } : {};
        return { id: preview ? "" : `${name}-id`, state: { ...named, ...(inputs as object), ...outputs } };
      },
      call: ({ token }) => {
        throw new Error(`the program called ${token}`);
      },
    },
    "zookeeper-environment",
    "dev",
    preview,
  );
  const components: typeof Components = await import("../../components/index.ts");
  new components.ZooKeeperEnvironment("zookeeper", args);
  await pulumi.runtime.disconnect();
  return resources;
}
