import { expect } from "chai";

import { nodePoolInCluster } from "../../../policy/rules/node-pool-in-cluster.ts";
import { cluster, nodePool } from "../../fixtures/policy/ensemble.ts";
import { changed, unknownValue, validate } from "../../fixtures/policy/harness.ts";
import { expectVerdict, rows, type Edit } from "../table.ts";

const { management, upgradeSettings, nodeConfig } = nodePool.props as Record<string, object>;
const pool = { name: "web", initialNodeCount: 4, management, upgradeSettings, nodeConfig };
const removed = ["removeDefaultNodePool"];
const listed = (...pools: readonly unknown[]): Edit => [["nodePools"], pools];
const small = { ...nodeConfig, machineType: "e2-small" };

describe("node-pool-in-cluster", () => {
  rows(nodePoolInCluster, [cluster], cluster, [
    ["accepts a cluster without a pool", "nothing", []],
    [
      "validates no default pool that is removed",
      "nothing",
      [[["nodeConfig"], { machineType: "e2-small", spot: true }]],
    ],
    [
      "accepts a hardened default pool, whose repairs cannot be set",
      "nothing",
      [
        [removed, false],
        [["nodeConfig"], nodeConfig],
      ],
    ],
    [
      "rejects a default pool that is not",
      [
        /^default pool of Cluster zookeeper: nodeConfig\.machineType: missing/m,
        /nodeConfig\.serviceAccount: missing/,
        /enableSecureBoot: missing/,
        /workloadMetadataConfig\.mode: missing/,
      ],
      [[removed, undefined]],
    ],
    [
      "rejects spot VMs of it",
      /default pool of Cluster zookeeper: nodeConfig\.spot = true/,
      [
        [removed, false],
        [["nodeConfig"], { ...nodeConfig, spot: true }],
      ],
    ],
    [
      "accepts spot VMs of it with a taint",
      "nothing",
      [
        [removed, false],
        [["nodeConfig"], { ...nodeConfig, spot: true, taints: [{ effect: "NO_SCHEDULE" }] }],
      ],
    ],
    [
      "validates no default pool without nodes",
      "nothing",
      [
        [removed, false],
        [["initialNodeCount"], 0],
      ],
    ],
    [
      "validates no default pool without a count",
      "nothing",
      [
        [removed, false],
        [["initialNodeCount"], undefined],
      ],
    ],
    [
      "validates no pools of Autopilot",
      "nothing",
      [[removed, false], [["enableAutopilot"], true], listed({ nodeConfig: small })],
    ],
    ["accepts hardened pools", "nothing", [listed(pool, { ...pool, name: "db" })]],
    [
      "rejects a pool with small machines, by its name",
      /^pool web of Cluster zookeeper: nodePools\[1\]\.nodeConfig\.machineType = "e2-small"/,
      [listed(pool, { ...pool, nodeConfig: small })],
    ],
    [
      "rejects a pool without a name by its place",
      /^pool nodePools\[0\] of Cluster zookeeper: nodePools\[0\]\.nodeConfig\.machineType = "e2-small"/,
      [listed({ ...pool, name: undefined, nodeConfig: small })],
    ],
    [
      "rejects a pool without repair",
      /pool web .*nodePools\[0\]\.management\.autoRepair: missing/,
      [listed({ ...pool, management: undefined })],
    ],
    [
      "rejects an upgrade that takes nodes away",
      /pool web .*maxUnavailable = 1/,
      [listed({ ...pool, upgradeSettings: { maxUnavailable: 1 } })],
    ],
    ["validates no default pool beside pools that are listed", "nothing", [[removed, false], listed(pool)]],
    [
      "takes settings",
      "nothing",
      [listed({ ...pool, nodeConfig: { ...small, spot: true } })],
      { config: { allowSpot: true, allowSharedCore: true, minimumMemoryMiB: 2048 } },
    ],
    ["leaves an unknown pool open", "open", [listed(unknownValue)]],
    [
      "leaves unknown pools open",
      "open",
      [
        [["nodePools"], unknownValue],
        [["initialNodeCount"], undefined],
      ],
    ],
    [
      "validates the default pool while a preview does not know the pools",
      "nothing",
      [[["nodePools"], unknownValue]],
    ],
    [
      "validates no unknown pools of Autopilot",
      "nothing",
      [
        [["enableAutopilot"], true],
        [["nodePools"], unknownValue],
        [["initialNodeCount"], undefined],
      ],
    ],
    ["leaves a small default pool open that may be removed", "open", [[removed, unknownValue]]],
    [
      "accepts a hardened default pool that may be removed",
      "nothing",
      [
        [removed, unknownValue],
        [["nodeConfig"], nodeConfig],
      ],
    ],
    [
      "leaves a small default pool open that may have no nodes",
      "open",
      [
        [removed, false],
        [["initialNodeCount"], unknownValue],
      ],
    ],
    [
      "leaves a small pool open of what may be Autopilot",
      "open",
      [[["enableAutopilot"], unknownValue], listed({ nodeConfig: small })],
    ],
    [
      "does not throw on other types",
      "nothing",
      [
        [["nodePools"], "web"],
        [["enableAutopilot"], "no"],
      ],
    ],
  ]);

  it("says what decides whether there is a default pool", () => {
    const open = [removed, ["enableAutopilot"]].reduce(
      (resource, path) => changed(resource, path, unknownValue),
      cluster,
    );
    expect(validate(nodePoolInCluster, [open]).open).to.deep.equal([
      "node-pool-in-cluster could not validate default pool of Cluster zookeeper, because these values are not known " +
        "yet: enableAutopilot, removeDefaultNodePool",
    ]);
  });

  it("validates nothing but clusters", () => {
    expectVerdict(nodePoolInCluster, [changed(nodePool, ["nodeConfig"], undefined)], "nothing");
  });
});
