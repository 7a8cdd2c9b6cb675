import { expect } from "chai";

import { askServers, readClusterState, withAnswers } from "../../kubernetes/cluster-state.ts";
import type { ClusterState } from "../../kubernetes/cluster-state.ts";
import { fullNameOf } from "../../kubernetes/objects.ts";

const namespace = "default";

describe("the state of a cluster", () => {
  it("is read with one command, and sorted by kind", async () => {
    const commands: string[] = [];
    const items = [
      { kind: "Node", metadata: { name: "n0" } },
      { kind: "Pod", metadata: { name: "zk-0", namespace } },
      { kind: "StatefulSet", metadata: { name: "zk", namespace } },
      { kind: "PodDisruptionBudget", metadata: { name: "zk-pdb", namespace } },
      { kind: "Pod", metadata: { name: "zk-1", namespace } },
      { kind: "CronJob", metadata: { name: "zk-backups", namespace } },
    ];
    const state = await readClusterState((...args) => {
      commands.push(args.join(" "));
      return Promise.resolve(JSON.stringify({ items }));
    });
    expect(commands).to.deep.equal([
      "get nodes,pods,statefulsets,poddisruptionbudgets,cronjobs -A -o json --request-timeout=10s",
    ]);
    const [node, first, set, budget, second, cronJob] = items;
    expect(state).to.deep.equal({
      nodes: [node],
      pods: [first, second],
      statefulSets: [set],
      budgets: [budget],
      cronJobs: [cronJob],
    });
  });

  const state: ClusterState = {
    nodes: [],
    pods: [
      { metadata: { name: "zk-0", namespace } },
      { metadata: { name: "zk-0", namespace: "other" } },
      { metadata: { name: "zk-client", namespace } },
    ],
    statefulSets: [],
    budgets: [],
  };

  it("asks the servers, and no other pods", async () => {
    const answers = await askServers(state, ["default/zk"], (pod, word) =>
      Promise.resolve(`${fullNameOf(pod)}: ${word}`),
    );
    expect([...answers]).to.deep.equal([["default/zk-0", "default/zk-0: mntr"]]);
  });

  it("has the status of each server that was asked", () => {
    const answers = new Map([
      ["default/zk-0", "zk_server_state\tleader\nzk_synced_followers\t2\n"],
      ["default/zk-1", ""],
    ]);
    expect([...(withAnswers(state, answers).servers ?? [])]).to.deep.equal([
      ["default/zk-0", { mode: "leader", syncedFollowers: 2 }],
      ["default/zk-1", { mode: undefined }],
    ]);
  });
});
