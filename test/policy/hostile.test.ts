import { Secret, type Policies } from "@pulumi/policy";
import { expect } from "chai";
import fc from "fast-check";

import { policies } from "../../policy/policies.ts";
import { unknownObject } from "../../policy/reading/raw.ts";
import { bitnami, incubator } from "../fixtures/policy/charts.ts";
import { environment, neighbours } from "../fixtures/policy/ensemble.ts";
import { changed, remediate, unknownValue, validate, type Registered } from "../fixtures/policy/harness.ts";
import { tutorial } from "../fixtures/policy/tutorial.ts";

/** So many levels that a function which calls itself for each of them runs out of stack. */
const deep = 10_000;

function nested(wrap: (inner: unknown) => unknown): unknown {
  let value: unknown = "end";
  for (let level = 0; level < deep; level++) {
    value = wrap(value);
  }
  return value;
}

/** Values that JSON or a program may hold, and that no schema allows. */
const oddities: readonly unknown[] = [
  null,
  undefined,
  "",
  "\0",
  "\u{D800}",
  "__proto__",
  "constructor",
  -1,
  0,
  1.5,
  NaN,
  Infinity,
  Number.MAX_SAFE_INTEGER,
  1e300,
  true,
  [],
  {},
  [null],
  [[]],
  [{}],
  // eslint-disable-next-line no-sparse-arrays -- that is what a program may hold
  [, "second"],
  new Array<unknown>(1000),
  JSON.parse('{ "__proto__": { "polluted": true }, "constructor": { "prototype": 7 }, "toString": 7 }'),
  JSON.parse('{ "__proto__": null }'),
  { length: 3 },
  { toString: null, valueOf: 7, hasOwnProperty: true },
  Object.create(null),
  new Date(0),
  new Map([["a", 1]]),
  unknownValue,
  unknownObject,
  [unknownValue],
  { name: unknownValue, value: unknownValue },
  new Secret("secret"),
  new Secret(undefined),
  new Secret({ a: new Secret(["b"]) }),
  new Secret(unknownValue),
  nested((inner) => [inner]),
  nested((inner) => ({ inner })),
  nested((inner) => ({ template: inner, spec: inner })),
  nested((inner) => new Secret(inner)),
  () => undefined,
  10n,
  Symbol("symbol"),
];

const odd = fc.oneof(fc.constantFrom(...oddities), fc.jsonValue(), fc.anything({ withSparseArray: true }));

const groups: Readonly<Record<string, readonly string[]>> = {
  core: [
    ...["Pod", "PodTemplate", "ReplicationController", "Service", "ConfigMap", "Secret", "Namespace", "Node"],
    ...["PersistentVolume", "PersistentVolumeClaim", "ServiceAccount"],
  ],
  apps: ["StatefulSet", "Deployment", "DaemonSet", "ReplicaSet"],
  batch: ["Job", "CronJob"],
  policy: ["PodDisruptionBudget"],
  autoscaling: ["HorizontalPodAutoscaler"],
  extensions: ["Deployment", "Ingress"],
  "storage.k8s.io": ["StorageClass"],
  "networking.k8s.io": ["Ingress", "NetworkPolicy"],
  "gateway.networking.k8s.io": ["Gateway", "HTTPRoute", "TCPRoute"],
  "zookeeper.pravega.io": ["ZookeeperCluster"],
  "helm.sh": ["Release", "Chart"],
};

/** The types of resources that some policy reads, also as lists, and names that are none. */
const types: readonly string[] = [
  ...Object.entries(groups).flatMap(([group, kinds]) =>
    kinds.flatMap((kind) => [`kubernetes:${group}/v1:${kind}`, `kubernetes:${group}/v1:${kind}List`]),
  ),
  ...["cluster:Cluster", "nodePool:NodePool"].map((type) => `gcp:container/${type}`),
  ...["kubernetes:core/v1:List", "kubernetes:yaml:ConfigFile", "kubernetes:yaml/v2:ConfigGroup"],
  ...["pulumi:pulumi:Stack", "pulumi:providers:kubernetes", "", ":", "kubernetes:", "__proto__"],
];

type Path = readonly (string | number)[];

/** The paths of everything in the value. */
function* pathsIn(value: unknown, path: Path = []): Generator<Path> {
  if (path.length > 0) {
    yield path;
  }
  if (typeof value === "object" && value !== null) {
    for (const [key, element] of Object.entries(value)) {
      yield* pathsIn(element, [...path, Array.isArray(value) ? Number(key) : key]);
    }
  }
}

/** Complete manifests, of which each place is replaced by odd values. */
const stacks = [[...environment, ...neighbours], tutorial, bitnami, incubator];

const places = stacks.flatMap((stack) =>
  stack.flatMap((resource) => [...pathsIn(resource.props)].map((path) => ({ stack, resource, path }))),
);

/** Everything that the engine may ask of the policy: what it says, and what it remediates. */
function ask(policy: Policies[number], resources: readonly Registered[]): void {
  for (const stack of ["dev", "prod"]) {
    const { violations, open } = validate(policy, resources, { stack });
    for (const violation of violations) {
      expect(violation).to.match(/\n {2}Required: [^]*\n {2}Fix: /);
    }
    expect(open.join("\n")).not.to.contain("[object Object]");
  }
  if ("remediateResource" in policy) {
    for (const resource of resources) {
      remediate(policy, resource);
    }
  }
}

describe("hostile input", function () {
  this.timeout(60_000);

  for (const policy of policies) {
    it(`of any shape in any resource does not end ${policy.name}`, () => {
      const resource = fc.record({
        type: fc.constantFrom(...types),
        name: fc.constantFrom("zk", "__proto__", ""),
        props: fc.oneof(
          fc.dictionary(fc.constantFrom("metadata", "spec", "data", "items", "template", "__proto__"), odd),
          odd.filter((value) => typeof value === "object" && value !== null),
        ),
      });
      fc.assert(
        fc.property(fc.array(resource, { minLength: 1, maxLength: 4 }), (resources) => {
          ask(policy, resources);
        }),
        { numRuns: 150 },
      );
    });

    it(`in some places of a manifest does not end ${policy.name}`, () => {
      const edits = fc.array(fc.tuple(fc.constantFrom(...places), odd), { minLength: 1, maxLength: 3 });
      fc.assert(
        fc.property(edits, (made) => {
          const stack = made[0]?.[0].stack ?? [];
          ask(
            policy,
            stack.map((resource) =>
              made
                .filter(([place]) => place.resource === resource)
                .reduce((edited, [{ path }, value]) => changed(edited, path, value), resource),
            ),
          );
        }),
        { numRuns: 150 },
      );
    });
  }
});
