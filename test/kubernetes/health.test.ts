import { expect } from "chai";

import type { ClusterState } from "../../kubernetes/cluster-state.ts";
import type { ServerStatus } from "../../kubernetes/four-letter-words.ts";
import { checkHealth, type Expected, type Health } from "../../kubernetes/health.ts";
import type { Node, Pod, PodDisruptionBudget, StatefulSet } from "../../kubernetes/objects.ts";

const ready = [{ type: "Ready", status: "True" }];
const notReady = [{ type: "Ready", status: "False", message: "not ready: [zk]" }];
const namespace = "default";
const labels = { app: "zk" };

const node = (name: string, spec: Node["spec"] = {}, conditions = ready): Node => ({
  metadata: { name },
  spec,
  status: { conditions },
});
const pod = (ordinal: number, parts: Partial<Pod> = {}): Pod => ({
  metadata: { name: `zk-${ordinal}`, namespace },
  spec: { nodeName: `n${ordinal}` },
  status: { phase: "Running", conditions: ready },
  ...parts,
});
const set = (parts: { spec?: StatefulSet["spec"]; status?: StatefulSet["status"] } = {}): StatefulSet => ({
  metadata: { name: "zk", namespace, generation: 2 },
  spec: { replicas: 3, template: { metadata: { labels } }, ...parts.spec },
  status: {
    readyReplicas: 3,
    observedGeneration: 2,
    currentRevision: "a",
    updateRevision: "a",
    ...parts.status,
  },
});
const budget = (disruptionsAllowed: number, selected = labels): PodDisruptionBudget => ({
  metadata: { name: "zk-pdb", namespace },
  spec: { selector: { matchLabels: selected } },
  status: { disruptionsAllowed },
});
const servers = (...modes: (string | undefined)[]): ReadonlyMap<string, ServerStatus> =>
  new Map(
    modes.map((mode, ordinal) => [
      `default/zk-${ordinal}`,
      mode === "leader" ? { mode, syncedFollowers: 2 } : { mode },
    ]),
  );

/** An ensemble of three servers on three nodes, and one node more. */
const healthy: ClusterState = {
  nodes: ["n0", "n1", "n2", "n3"].map((name) => node(name)),
  pods: [pod(0), pod(1), pod(2)],
  statefulSets: [set()],
  budgets: [budget(1)],
  servers: servers("follower", "leader", "follower"),
};
const everything: Expected = { nodes: ["n0", "n1", "n2", "n3"], ensembles: ["default/zk"] };

/** A state with other pods than the healthy ones, by ordinal; undefined leaves one out. */
const podsWith = (others: Readonly<Record<number, Pod | undefined>>): readonly Pod[] =>
  [0, 1, 2].flatMap((ordinal) => (ordinal in others ? (others[ordinal] ?? []) : [pod(ordinal)]));

interface Case {
  readonly what: string;
  readonly state?: Partial<ClusterState>;
  readonly expected?: Expected;
  readonly health?: Partial<Health>;
}

const cases: readonly Case[] = [
  { what: "an ensemble whose servers all serve" },
  { what: "an ensemble whose servers were not asked", state: { servers: undefined } },
  {
    what: "a pod that has done its work",
    state: { pods: [...healthy.pods, pod(7, { status: { phase: "Succeeded" } })] },
  },
  {
    what: "a node that is not Ready, and one that does not exist",
    state: { nodes: [node("n0"), node("n1"), node("n2", {}, notReady)] },
    health: { problems: ["node n2 is not Ready", "node n3 is not Ready"] },
  },
  {
    what: "a node of a server, where no nodes are named",
    state: { nodes: [node("n0"), node("n1"), node("n2", {}, notReady), node("n3", {}, notReady)] },
    expected: { ensembles: ["default/zk"] },
    health: { problems: ["node n2 is not Ready"] },
  },
  {
    what: "a server on a node that is not expected, and that is cordoned",
    state: { nodes: [...healthy.nodes.slice(0, 2), node("n2", { unschedulable: true })] },
    expected: { nodes: ["n0"], ensembles: ["default/zk"] },
    health: { risks: ["node n2 is cordoned"] },
  },
  {
    what: "a cordoned node without a server, where no nodes are named",
    state: { nodes: [...healthy.nodes.slice(0, 3), node("n3", { unschedulable: true })] },
    expected: { ensembles: ["default/zk"] },
  },
  {
    what: "a StatefulSet that does not exist",
    state: { statefulSets: [], pods: [] },
    health: { problems: ["StatefulSet default/zk does not exist"] },
  },
  {
    what: "a StatefulSet that may be in another cluster",
    state: { statefulSets: [], pods: [] },
    expected: { ...everything, elsewhere: true },
  },
  {
    what: "a stack without an ensemble",
    expected: { ...everything, ensembles: [] },
    health: { problems: ["there is no ensemble yet; run: npm run up"] },
  },
  {
    what: "a cluster without an ensemble",
    state: { statefulSets: [], pods: [] },
    expected: {},
    health: { problems: ["there is no ensemble yet; run: npm run up"] },
  },
  {
    what: "a StatefulSet without replicas",
    state: { statefulSets: [set({ spec: { replicas: 0 }, status: { readyReplicas: 0 } })], pods: [] },
    health: { problems: ["StatefulSet default/zk has no replicas"] },
  },
  {
    what: "a pod that does not exist",
    state: { statefulSets: [set({ status: { readyReplicas: 2 } })], pods: podsWith({ 1: undefined }) },
    health: {
      problems: ["StatefulSet default/zk has 2 of 3 pods ready", "pod default/zk-1 does not exist"],
    },
  },
  {
    what: "a pod that is not ready, whose server is not asked to be in the quorum, too",
    state: {
      pods: podsWith({ 0: pod(0, { status: { phase: "Running", conditions: notReady } }) }),
      servers: servers(undefined, "leader", "follower"),
    },
    health: { problems: ["pod default/zk-0 is not ready: not ready: [zk]"] },
  },
  {
    what: "a pod that finds no node",
    state: {
      pods: podsWith({
        2: pod(2, {
          spec: {},
          status: {
            phase: "Pending",
            conditions: [{ type: "PodScheduled", status: "False", message: "0/4 nodes are available" }],
          },
        }),
      }),
    },
    health: { problems: ["pod default/zk-2 is Pending: 0/4 nodes are available"] },
  },
  {
    what: "a pod that is being deleted, although it is still Ready",
    state: {
      pods: podsWith({
        2: pod(2, { metadata: { name: "zk-2", namespace, deletionTimestamp: "2026-01-01T00:00:00Z" } }),
      }),
    },
    health: { problems: ["pod default/zk-2 is being deleted"] },
  },
  {
    what: "a server that is not in the quorum, although its pod is Ready",
    state: { servers: servers("follower", "leader", undefined) },
    health: { problems: ["server default/zk-2 is not in a quorum, or does not answer"] },
  },
  {
    what: "two leaders",
    state: { servers: servers("leader", "leader", "follower") },
    health: { problems: ["StatefulSet default/zk has 2 leaders instead of 1"] },
  },
  {
    what: "a quorum in which nobody leads",
    state: { servers: servers("follower", "follower", "follower") },
    health: { problems: ["StatefulSet default/zk has 0 leaders instead of 1"] },
  },
  {
    what: "a rollout that is not finished",
    state: { statefulSets: [set({ status: { updateRevision: "b" } })] },
    health: { risks: ["StatefulSet default/zk is rolling out revision b"] },
  },
  {
    what: "a change that the controller has not seen",
    state: { statefulSets: [set({ status: { observedGeneration: 1 } })] },
    health: { risks: ["StatefulSet default/zk was changed, and its controller has not seen that yet"] },
  },
  {
    what: "a cordoned node",
    state: { nodes: [...healthy.nodes.slice(0, 3), node("n3", { unschedulable: true })] },
    health: { risks: ["node n3 is cordoned"] },
  },
  {
    what: "a budget that allows no disruption",
    state: { budgets: [budget(0)] },
    health: { risks: ["PodDisruptionBudget default/zk-pdb allows no disruption"] },
  },
  { what: "the budget of another workload", state: { budgets: [budget(0, { app: "other" })] } },
  {
    what: "the budget of another namespace",
    state: { budgets: [{ ...budget(0), metadata: { name: "zk-pdb", namespace: "other" } }] },
  },
  {
    what: "a follower that is not in sync",
    state: {
      servers: new Map([...servers("follower", "leader", "follower")]).set("default/zk-1", {
        mode: "leader",
        syncedFollowers: 1,
      }),
    },
    health: { risks: ["StatefulSet default/zk has 1 of 2 followers in sync with the leader"] },
  },
  {
    what: "other workloads that are unhealthy",
    state: {
      statefulSets: [
        set(),
        { metadata: { name: "zk", namespace: "other" }, spec: { replicas: 3 }, status: {} },
      ],
      pods: [
        ...healthy.pods,
        pod(0, {
          metadata: { name: "zk-client", namespace },
          status: { phase: "Running", conditions: notReady },
        }),
      ],
    },
    health: {
      others: [
        "StatefulSet other/zk has 0 of 3 pods ready",
        "pod default/zk-client is not ready: not ready: [zk]",
      ],
    },
  },
  {
    what: "every workload, where the ensembles are not known",
    state: {
      pods: [...healthy.pods, pod(0, { metadata: { name: "web", namespace }, status: { phase: "Failed" } })],
    },
    expected: { nodes: everything.nodes },
    health: { problems: ["pod default/web is Failed"] },
  },
  {
    what: "a job that has failed, where the ensembles are not known",
    state: {
      pods: [
        ...healthy.pods,
        pod(0, {
          metadata: { name: "save-1", namespace, ownerReferences: [{ kind: "Job", name: "save" }] },
          status: { phase: "Failed" },
        }),
      ],
    },
    expected: { nodes: everything.nodes },
    health: { others: ["pod default/save-1 is Failed"] },
  },
];

describe("the health check", () => {
  for (const { what, state, expected = everything, health } of cases) {
    const verdict = health === undefined ? "finds nothing in" : `finds ${Object.keys(health).join(", ")} in`;
    it(`${verdict} ${what}`, () => {
      expect(checkHealth({ ...healthy, ...state }, expected)).to.deep.equal({
        problems: [],
        risks: [],
        others: [],
        ...health,
      });
    });
  }

  it("asks less of a single server, which can lose none", () => {
    const single: ClusterState = {
      nodes: [node("n0")],
      pods: [pod(0)],
      statefulSets: [set({ spec: { replicas: 1 }, status: { readyReplicas: 1 } })],
      budgets: [budget(0)],
      servers: servers("standalone"),
    };
    expect(checkHealth(single)).to.deep.equal({ problems: [], risks: [], others: [] });
  });
});
