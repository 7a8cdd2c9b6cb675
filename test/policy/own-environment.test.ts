import { expect } from "chai";
import * as pulumi from "@pulumi/pulumi";
import type * as Components from "../../components/index.ts";
import { policies } from "../../policy/policies.ts";
import { neighbours } from "./fixtures/ensemble.ts";
import { judge, unknownValue, type Registered } from "./harness.ts";

type Args = ConstructorParameters<typeof Components.ZooKeeperEnvironment>[1];

/** Values that only the update makes known, as the real providers' outputs are in a first preview. */
const madeLater: Readonly<Record<string, object>> = {
  "gcp:serviceaccount/account:Account": { email: unknownValue },
  "gcp:container/cluster:Cluster": {
    endpoint: unknownValue,
    masterAuth: { clusterCaCertificate: unknownValue },
    controlPlaneEndpointsConfig: { dnsEndpointConfig: { endpoint: unknownValue } },
  },
};

/** The properties with the mark that the engine sends to policies in place of what is unknown to the program. */
function marked(value: unknown): unknown {
  if (pulumi.isUnknown(value)) return unknownValue;
  if (Array.isArray(value)) return value.map(marked);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, element]) => [key, marked(element)]));
}

/**
 * What the program registers.
 *
 * @param preview whether outputs are unknown, as in a first preview
 */
async function registeredBy(args: Args, preview: boolean): Promise<readonly Registered[]> {
  const resources: Registered[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        const props = marked(inputs) as object;
        resources.push({ type, name, props });
        const later = madeLater[type] ?? {};
        const outputs = preview
          ? later
          : (JSON.parse(
              JSON.stringify(later).replaceAll(unknownValue, "nodes@project.iam.gserviceaccount.com"),
            ) as object);
        // A preview asks no provider of a cluster that is still to be made.
        if (preview && type.startsWith("kubernetes:")) return { id: "", state: {} };
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

const variants: Readonly<Record<string, Args>> = {
  "with its defaults": { gke: { project: "project" } },
  "regional, with five servers": {
    gke: {
      project: "project",
      location: "europe-west1",
      nodeLocations: ["europe-west1-b", "europe-west1-c", "europe-west1-d"],
      nodeCount: 6,
    },
    ensemble: { servers: 5, namespace: "zookeeper" },
  },
};

describe("our own environment", () => {
  for (const [title, args] of Object.entries(variants)) {
    for (const preview of [true, false]) {
      it(`${title}: no finding ${preview ? "in a first preview" : "in an update"}, alone or beside others`, async () => {
        const own = await registeredBy(args, preview);
        expect(own.some(({ type }) => type === "kubernetes:apps/v1:StatefulSet")).to.equal(true);
        expect(own.some(({ type }) => type === "gcp:container/nodePool:NodePool")).to.equal(true);
        for (const policy of policies) {
          for (const stack of ["dev", "prod"]) {
            const { violations, open } = judge(policy, [...own, ...neighbours], { stack });
            expect(violations, policy.name).to.deep.equal([]);
            // All of the ensemble is judged before anything is made; only the nodes' identity is not known then.
            const unknown =
              preview && policy.name === "node-pool" ? /nodeConfig\.serviceAccount$/ : undefined;
            expect(open, policy.name).to.have.length(unknown === undefined ? 0 : 1);
            if (unknown !== undefined) expect(open[0]).to.match(unknown);
          }
        }
      });
    }
  }
});
