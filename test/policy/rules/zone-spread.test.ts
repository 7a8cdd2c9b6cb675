import type { Policies } from "@pulumi/policy";
import { expect } from "chai";

import { singleZone } from "../../../policy/rules/single-zone.ts";
import { zoneSpread } from "../../../policy/rules/zone-spread.ts";
import { cluster, nodePool, podPath, statefulSet, storageClass } from "../../fixtures/policy/ensemble.ts";
import { changed, unknownValue, validate, type Registered } from "../../fixtures/policy/harness.ts";
import { hosts, part, service, listed } from "../../fixtures/policy/spread.ts";
import { expectVerdict, type Expected } from "../table.ts";

type Edits = readonly (readonly [readonly (string | number)[], unknown])[];

const edited = (resource: Registered, ...edits: Edits): Registered =>
  edits.reduce((editing, [path, value]) => changed(editing, path, value), resource);
const server = (...edits: Edits): Registered =>
  edited(statefulSet, ...edits.map(([path, value]) => [[...podPath, ...path], value] as const));
const pool = (...zones: readonly string[]): Registered => changed(nodePool, ["nodeLocations"], zones);
const three = pool("europe-west1-b", "europe-west1-c", "europe-west1-d");
const zoneKey = "topology.kubernetes.io/zone";
const constraints = ["topologySpreadConstraints"];
const constraint = { topologyKey: zoneKey, maxSkew: 1, labelSelector: { matchLabels: { app: "zk" } } };
const selects = (zone: unknown, key = zoneKey): Registered => server([["nodeSelector"], { [key]: zone }]);
const affinity = (...terms: readonly unknown[]): Registered =>
  server([
    ["affinity", "nodeAffinity"],
    { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } },
  ]);
const inZones = (values: unknown, key = zoneKey, operator = "In") => ({
  matchExpressions: [{ key, operator, values }],
});

function expectAll(
  policy: Policies[number],
  stack: string,
  table: readonly (readonly [Expected, readonly Registered[]])[],
) {
  for (const [expected, resources] of table) {
    expectVerdict(policy, resources, expected, { stack });
  }
}

const tied = /Required: nodes in several zones for the 3 servers/;
const missing = /topologySpreadConstraints: no constraint that distributes the servers over zones/;

describe("single-zone", () => {
  it("rejects servers of production stacks that name one of several zones", () => {
    const only = /a pod that may run in zone europe-west1-b only\s+Required: nodes in several zones/;
    for (const resource of [
      ...[zoneKey, "failure-domain.beta.kubernetes.io/zone", "topology.gke.io/zone"].map((key) =>
        selects("europe-west1-b", key),
      ),
      affinity(inZones(["europe-west1-b"])),
      affinity(inZones(["europe-west1-b"]), inZones(["europe-west1-b"])),
      affinity({
        matchExpressions: [{ key: "a", operator: "Exists" }, ...inZones(["europe-west1-b"]).matchExpressions],
      }),
      affinity({
        matchExpressions: [
          ...inZones(["x", "y"]).matchExpressions,
          ...inZones(["europe-west1-b"]).matchExpressions,
        ],
      }),
      affinity({
        matchExpressions: [
          ...inZones(["europe-west1-b"]).matchExpressions,
          ...inZones(["x", "y"]).matchExpressions,
        ],
      }),
    ]) {
      expectAll(singleZone, "prod", [
        [only, [cluster, three, resource]],
        [only, [resource]],
        ["nothing", [cluster, nodePool, resource]],
      ]);
      expectVerdict(singleZone, [cluster, three, resource], "nothing", { stack: "dev" });
      expectVerdict(singleZone, [resource], only, { config: { productionStacks: "dev" } });
    }
  });

  it("accepts servers that name several zones, or none", () => {
    expectAll(
      singleZone,
      "prod",
      [
        statefulSet,
        selects("a", "role"),
        selects(unknownValue),
        affinity(inZones(["a", "b"])),
        affinity(inZones(["a"]), inZones(["b"])),
        affinity(inZones(["a"]), inZones(["a"], "role")),
        affinity(inZones(["a"], zoneKey, "NotIn")),
        affinity(inZones(unknownValue)),
        affinity(),
        edited(selects("a"), [["spec", "replicas"], 2]),
        edited(selects("a"), [["spec", "replicas"], unknownValue]),
        edited(selects("a"), [[...podPath, "containers"], unknownValue]),
      ].map((resource) => ["nothing", [resource]] as const),
    );
  });

  it("rejects servers whose node pools leave them one zone", () => {
    const db = { ...edited(pool("europe-west1-c"), [["nodeConfig", "labels"], { role: "zk" }]), name: "db" };
    const chosen = selects("zk", "role");
    expectAll(singleZone, "prod", [
      [
        /node selector, affinity and tolerations leave zone europe-west1-c only/,
        [cluster, three, db, chosen],
      ],
      ["nothing", [cluster, three, db, statefulSet]],
      ["nothing", [cluster, db, chosen]],
      ["nothing", [cluster, three, edited(db, [["nodeLocations"], ["a", "b"]]), chosen]],
      ["nothing", [cluster, three, selects("none", "role")]],
      [
        "nothing",
        [cluster, three, edited(db, [["nodeLocations"], undefined], [["location"], "europe-west1"]), chosen],
      ],
    ]);
  });

  it("rejects classes with volumes in one zone", () => {
    const expression = (values: unknown, key = "topology.gke.io/zone") => ({
      matchLabelExpressions: [{ key, values }],
    });
    const topology = (values: unknown, key?: string): Registered =>
      changed(storageClass, ["allowedTopologies"], [expression(values, key)]);
    expectAll(singleZone, "prod", [
      [
        /storageClassName: StorageClass zookeeper, whose volumes are in zone b only/,
        [topology(["b"]), statefulSet],
      ],
      [tied, [topology(["b"], zoneKey), statefulSet]],
      [tied, [changed(storageClass, ["parameters"], { zone: "b" }), statefulSet]],
      ["nothing", [topology(["b", "c"]), statefulSet]],
      ["nothing", [topology(["b"], "role"), statefulSet]],
      ["nothing", [topology(unknownValue), statefulSet]],
      ...[expression(unknownValue), expression(["b"], "role")].map(
        (other) =>
          [
            "nothing",
            [changed(storageClass, ["allowedTopologies"], [expression(["b"]), other]), statefulSet],
          ] as const,
      ),
      ["nothing", [changed(storageClass, ["allowedTopologies"], []), statefulSet]],
      ["nothing", [changed(topology(["b"]), ["metadata", "name"], "other"), statefulSet]],
      ["nothing", [storageClass, statefulSet]],
    ]);
  });

  it("leaves open whether there are other zones", () => {
    const open = changed(nodePool, ["nodeLocations"], unknownValue);
    expectAll(singleZone, "prod", [
      ["open", [cluster, open, selects("europe-west1-b")]],
      ["nothing", [cluster, open, statefulSet]],
    ]);
  });
});

describe("zone-spread", () => {
  const verdicts = (...table: readonly (readonly [Expected, Registered])[]) =>
    table.map(([expected, resource]) => [expected, [cluster, three, resource]] as const);

  it("advises to spread servers over several zones", () => {
    for (const stack of ["dev", "prod"]) {
      expectAll(zoneSpread, stack, [
        [missing, [cluster, three, statefulSet]],
        ["nothing", [cluster, nodePool, statefulSet]],
        ["nothing", [statefulSet]],
        ["nothing", [cluster, three, changed(statefulSet, ["spec", "replicas"], 1)]],
        [missing, [cluster, pool("a"), { ...pool("b"), name: "other" }, statefulSet]],
        [missing, [cluster, edited(nodePool, [["location"], "europe-west1"]), statefulSet]],
        [
          missing,
          [edited(cluster, [["location"], "europe-west1"], [["enableAutopilot"], true]), statefulSet],
        ],
        ["nothing", [changed(cluster, ["enableAutopilot"], true), statefulSet]],
        ["open", [edited(cluster, [["location"], unknownValue], [["enableAutopilot"], true]), statefulSet]],
        [
          "nothing",
          [
            cluster,
            three,
            { ...changed(cluster, ["name"], "b"), name: "b" },
            { ...changed(nodePool, ["cluster"], "b"), name: "b" },
            statefulSet,
          ],
        ],
        ["open", [cluster, changed(nodePool, ["nodeLocations"], unknownValue), statefulSet]],
        [
          missing,
          [
            cluster,
            three,
            { ...changed(nodePool, ["nodeLocations"], unknownValue), name: "other" },
            statefulSet,
          ],
        ],
      ]);
    }
  });

  it("names what decides whether the servers are spread", () => {
    const open = (...resources: Registered[]) => validate(zoneSpread, resources).open.join();
    expect(open(cluster, three, server([constraints, unknownValue]))).to.match(/topologySpreadConstraints$/);
    expect(open(cluster, changed(nodePool, ["nodeLocations"], unknownValue), statefulSet)).to.match(
      /the zones of the nodes$/,
    );
  });

  it("accepts constraints that distribute the servers", () => {
    expectAll(
      zoneSpread,
      "dev",
      verdicts(
        ["nothing", server([constraints, [constraint]])],
        ["nothing", server([constraints, [{ ...constraint, whenUnsatisfiable: "ScheduleAnyway" }]])],
        [
          "nothing",
          server([constraints, [{ ...constraint, topologyKey: "kubernetes.io/hostname" }, constraint]]),
        ],
        ["nothing", server([constraints, [{ ...constraint, maxSkew: 2 }]])],
        ["nothing", server([constraints, [{ ...constraint, maxSkew: undefined }]])],
        [missing, server([constraints, [{ ...constraint, maxSkew: 3 }]])],
        [missing, server([constraints, [{ ...constraint, topologyKey: "kubernetes.io/hostname" }]])],
        [missing, server([constraints, [{ ...constraint, labelSelector: { matchLabels: { app: "web" } } }]])],
        [missing, server([constraints, [{ ...constraint, labelSelector: undefined }]])],
        [missing, server([constraints, "zone"])],
        ["open", server([constraints, unknownValue])],
        ["open", server([constraints, [unknownValue]])],
        ["open", server([constraints, [{ ...constraint, topologyKey: unknownValue }]])],
        ["open", server([constraints, [{ ...constraint, maxSkew: unknownValue }]])],
      ),
    );
  });

  it("accepts anti-affinity of zones", () => {
    const term = { topologyKey: zoneKey, labelSelector: { matchLabels: { app: "zk" } } };
    const required = ["affinity", "podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution"];
    const preferred = ["affinity", "podAntiAffinity", "preferredDuringSchedulingIgnoredDuringExecution"];
    expectAll(
      zoneSpread,
      "dev",
      verdicts(
        ["nothing", server([required, [term]])],
        ["nothing", server([preferred, [{ weight: 1, podAffinityTerm: term }]])],
        [
          missing,
          server([
            preferred,
            [{ weight: 1, podAffinityTerm: { ...term, topologyKey: "kubernetes.io/hostname" } }],
          ]),
        ],
        [missing, server([required, [{ ...term, labelSelector: { matchLabels: { app: "web" } } }]])],
        [missing, server([required, [{ ...term, namespaces: ["other"] }]])],
        ["open", server([required, unknownValue])],
        ["open", server([required, [unknownValue]])],
        ["open", server([preferred, unknownValue])],
      ),
    );
  });

  it("advises against one zone in other stacks, and leaves it to single-zone in production", () => {
    const one = selects("europe-west1-b");
    expectVerdict(zoneSpread, [cluster, three, one], tied);
    expectVerdict(zoneSpread, [cluster, three, one], "nothing", { stack: "prod" });
    expectVerdict(zoneSpread, [one], tied);
    expectVerdict(zoneSpread, [cluster, nodePool, one], "nothing");
  });
});

describe("the zones of an ensemble of several workloads", () => {
  const services = hosts.map((name) => service(name, { server: name }));
  const sets = (edit: (set: Registered, i: number) => Registered, replicas = 1): readonly Registered[] => [
    cluster,
    three,
    ...hosts.map((name, i) => edit(part(name, { replicas, env: [listed(hosts)] }), i)),
    ...services,
  ];
  const inZone = (...zones: readonly string[]) =>
    sets((set, i) => changed(set, [...podPath, "nodeSelector"], { [zoneKey]: zones[i] }));
  const having = (path: readonly (string | number)[], value: unknown) =>
    sets((set) => changed(set, [...podPath, ...path], value));

  it("may be one each", () => {
    const each = inZone("a", "b", "c");
    const threeEach = sets(
      (set, i) => changed(set, [...podPath, "nodeSelector"], { [zoneKey]: ["a", "b", "c"][i] }),
      3,
    );
    for (const stack of ["dev", "prod"]) {
      expectAll(singleZone, stack, [
        ["nothing", each],
        ["nothing", threeEach],
      ]);
      expectAll(zoneSpread, stack, [
        ["nothing", each],
        ["nothing", threeEach],
      ]);
    }
  });

  it("must not be one for all", () => {
    const all =
      /^StatefulSet default\/zk1: 3 of the ensemble's 3 servers tied to zone a \(StatefulSet default\/zk1, StatefulSet default\/zk2, StatefulSet default\/zk3\)\s+Required: nodes in several zones for the 3 servers/;
    expectAll(singleZone, "prod", [[all, inZone("a", "a", "a")]]);
    expectAll(zoneSpread, "prod", [["nothing", inZone("a", "a", "a")]]);
    expectAll(zoneSpread, "dev", [[all, inZone("a", "a", "a")]]);
  });

  it("should not be one for a quorum", () => {
    const most =
      /^StatefulSet default\/zk1: 2 of the ensemble's 3 servers tied to zone a \(StatefulSet default\/zk1, StatefulSet default\/zk3\)\s+Required: a quorum of 2 of the 3 servers outside each zone[^]*with 1 server\(s\) in each/;
    expectAll(singleZone, "prod", [["nothing", inZone("a", "b", "a")]]);
    for (const stack of ["dev", "prod"]) {
      expectAll(zoneSpread, stack, [[most, inZone("a", "b", "a")]]);
    }
  });

  it("are spread by constraints on all of its pods", () => {
    const preferred = ["affinity", "podAntiAffinity"];
    const term = (labels: object) => ({
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 1, podAffinityTerm: { topologyKey: zoneKey, labelSelector: { matchLabels: labels } } },
      ],
    });
    expectAll(zoneSpread, "dev", [
      [missing, sets((set) => set)],
      ["nothing", having(constraints, [constraint])],
      [missing, having(constraints, [{ ...constraint, maxSkew: 3 }])],
      [missing, having(constraints, [{ ...constraint, labelSelector: { matchLabels: { server: "zk1" } } }])],
      ["nothing", having(preferred, term({ app: "zk" }))],
      [missing, having(preferred, term({ app: "zk", server: "zk1" }))],
      [
        missing,
        sets((set, i) => changed(set, [...podPath, ...preferred], term({ app: "zk", server: hosts[i] }))),
      ],
      [missing, sets((set, i) => (i === 0 ? set : changed(set, [...podPath, ...constraints], [constraint])))],
    ]);
  });
});
