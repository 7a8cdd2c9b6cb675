import { expect } from "chai";

import { nodePoolInStack } from "../../../policy/rules/node-pool-in-stack.ts";
import { cluster, nodePool, podPath, statefulSet } from "../../fixtures/policy/ensemble.ts";
import { changed, unknownValue, validate, type Registered } from "../../fixtures/policy/harness.ts";
import { expectVerdict, rows } from "../table.ts";

const taints = [{ key: "team", value: "db", effect: "NO_SCHEDULE" }];
const pool = (config: object): Registered => changed(nodePool, ["nodeConfig"], config);
const small = pool({ machineType: "e2-small", taints });
const server = (key: string, value: unknown, resource = statefulSet): Registered =>
  changed(resource, [...podPath, key], value);
const tolerant = server("tolerations", [
  { key: "team", operator: "Equal", value: "db", effect: "NoSchedule" },
]);
const selector = [...podPath, "nodeSelector"];

describe("node-pool-in-stack", () => {
  rows(nodePoolInStack, [cluster, small, tolerant], tolerant, [
    [
      "rejects small machines of a tainted pool that the servers tolerate",
      /^NodePool nodes: nodeConfig\.machineType = "e2-small" .*Fix: use a larger machine type, such as e2-custom-2-4096, or keep StatefulSet default\/zk away from the pool, by its tolerations or node selector\.$/s,
      [],
    ],
    ["accepts it for servers that do not tolerate it", "nothing", [[[...podPath, "tolerations"], undefined]]],
    ["accepts it for servers that select other nodes", "nothing", [[selector, { role: "zk" }]]],
    [
      "rejects it for servers that select it",
      /e2-small/,
      [[selector, { "cloud.google.com/gke-nodepool": "nodes" }]],
    ],
    ["leaves open what the node selector shows later", "open", [[selector, unknownValue]]],
    ["leaves open what the tolerations show later", "open", [[[...podPath, "tolerations"], unknownValue]]],
    ["leaves open what may run no server", "open", [[[...podPath, "containers"], unknownValue]]],
    ["takes settings", "nothing", [], { config: { allowSharedCore: true, minimumMemoryMiB: 2048 } }],
  ]);

  const withPool = (each: Registered, ...others: readonly Registered[]) => [cluster, each, ...others];

  it("validates tainted pools only", () => {
    expectVerdict(nodePoolInStack, withPool(pool({ machineType: "e2-small" }), tolerant), "nothing");
    expectVerdict(
      nodePoolInStack,
      withPool(pool({ machineType: "e2-standard-2", taints }), tolerant),
      "nothing",
    );
    expectVerdict(nodePoolInStack, withPool(small), "nothing");
  });

  it("rejects spot VMs", () => {
    const spot = pool({ machineType: "e2-standard-2", taints, spot: true });
    expectVerdict(
      nodePoolInStack,
      withPool(spot, tolerant),
      /nodeConfig\.spot = true.*keep StatefulSet default\/zk/s,
    );
    expectVerdict(nodePoolInStack, withPool(spot, statefulSet), "nothing");
    expectVerdict(nodePoolInStack, withPool(spot, tolerant), "nothing", { config: { allowSpot: true } });
  });

  it("goes by the servers that certainly may use it", () => {
    const other = { ...server("tolerations", unknownValue), name: "other" };
    for (const servers of [
      [statefulSet, other, tolerant],
      [tolerant, other],
    ]) {
      expectVerdict(nodePoolInStack, withPool(small, ...servers), /keep StatefulSet default\/zk away/);
    }
    expectVerdict(nodePoolInStack, withPool(small, statefulSet, other), "open");
  });

  it("leaves open what the pool shows later", () => {
    const unknownTaints = pool({ machineType: "e2-small", taints: unknownValue });
    expectVerdict(nodePoolInStack, withPool(unknownTaints, tolerant), "open");
    expectVerdict(
      nodePoolInStack,
      withPool(pool({ machineType: "e2-standard-2", taints: unknownValue }), tolerant),
      "nothing",
    );
    expectVerdict(nodePoolInStack, withPool(pool({ machineType: unknownValue, taints }), tolerant), "open");
  });

  it("tells what is not known yet from what is never shown", () => {
    const chosen = (labels: unknown) => server("nodeSelector", labels, tolerant);
    const notYet = /these values are not known yet: whether StatefulSet default\/zk may use it$/;
    const never = /the resources do not show: whether StatefulSet default\/zk may use it$/;
    const affinity = (terms: unknown) =>
      server(
        "affinity",
        { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } } },
        tolerant,
      );
    const arch = { key: "kubernetes.io/arch", operator: "In", values: ["amd64"] };
    const labelled = pool({ machineType: "e2-small", taints, labels: { a: unknownValue } });
    const unlabelled = pool({ machineType: "e2-small", taints, labels: unknownValue });
    for (const [line, tainted, resource] of [
      [never, small, chosen({ "kubernetes.io/arch": "amd64" })],
      [notYet, small, chosen({ "kubernetes.io/arch": unknownValue })],
      [notYet, small, chosen(unknownValue)],
      [never, small, affinity([{ matchExpressions: [arch] }])],
      [notYet, small, affinity(unknownValue)],
      [notYet, small, affinity([{ matchExpressions: unknownValue }])],
      [notYet, small, affinity([{ matchExpressions: [{ ...arch, key: unknownValue }] }])],
      [notYet, small, affinity([{ matchExpressions: [{ ...arch, operator: unknownValue }] }])],
      [notYet, small, affinity([{ matchExpressions: [{ ...arch, values: unknownValue }] }])],
      [notYet, small, affinity([{ matchExpressions: [{ ...arch, values: [unknownValue] }] }])],
      [notYet, small, server("tolerations", unknownValue)],
      [notYet, labelled, chosen({ "kubernetes.io/arch": "amd64" })],
      [notYet, unlabelled, chosen({ role: "zk" })],
      [
        notYet,
        small,
        changed(chosen({ "kubernetes.io/arch": "amd64" }), [...podPath, "containers"], unknownValue),
      ],
    ] as const) {
      expectOpen(withPool(tainted, resource), line);
    }
  });

  it("validates pools that are a part of the cluster", () => {
    const listed = changed(
      cluster,
      ["nodePools"],
      [{ name: "web", nodeConfig: { machineType: "e2-small", taints } }],
    );
    expectVerdict(
      nodePoolInStack,
      [listed, tolerant],
      /^pool web of Cluster zookeeper: nodePools\[0\]\.nodeConfig/,
    );
    expectVerdict(nodePoolInStack, [changed(listed, ["enableAutopilot"], true), tolerant], "nothing");
    const kept = changed(changed(cluster, ["removeDefaultNodePool"], false), ["nodeConfig"], {
      machineType: "e2-small",
      taints,
    });
    expectVerdict(nodePoolInStack, [kept, tolerant], /^default pool of Cluster zookeeper: nodeConfig/);
    expectOpen(
      [changed(kept, ["removeDefaultNodePool"], unknownValue), tolerant],
      /not known yet: whether StatefulSet/,
    );
  });

  it("validates no pool that another stack's Autopilot cluster could have", () => {
    const autopilot = changed(cluster, ["enableAutopilot"], true);
    expectVerdict(nodePoolInStack, [autopilot, small, tolerant], "nothing");
    expectVerdict(nodePoolInStack, [small, tolerant], /e2-small/);
  });
});

function expectOpen(resources: readonly Registered[], line: RegExp): void {
  const { violations, open } = validate(nodePoolInStack, resources);
  expect(violations).to.deep.equal([]);
  expect(open).to.have.length(1);
  expect(open[0]).to.match(line);
}
