import { expect } from "chai";

import { faultsOf, report } from "../../cli/commands/status.ts";
import { blockedPod, drainSeconds } from "../../local-gke/cluster/drain.ts";
import { judge } from "../../kubernetes/health.ts";
import { runningServices } from "../../local-gke/cluster/parts.ts";
import type { Part } from "../../local-gke/cluster/parts.ts";
import { memoryOf, parentOf } from "../../system/tree.ts";
import { isLinux, needs } from "../fixtures/needs.ts";

const ready = { conditions: [{ type: "Ready", status: "True" }] };

const node = (name: string, status: object = ready, spec = {}) => ({
  kind: "Node",
  metadata: { name },
  spec,
  status,
});
const pod = (name: string, status: object) => ({
  kind: "Pod",
  metadata: { name, namespace: "default" },
  spec: { nodeName: "n1" },
  status,
});
const set = (readyReplicas: number) => ({
  kind: "StatefulSet",
  metadata: { name: "zk", namespace: "default" },
  spec: { replicas: 3 },
  status: { readyReplicas },
});

const part = (name: string, runs: readonly boolean[]): Part => ({
  name,
  services: runs.map((running, index) => ({ name: `service-${index}`, runs: running })),
  memory: 100 * 2 ** 20,
  logs: `/state/${name}/logs`,
});

describe("what status makes of the API's answer", () => {
  it("is no fault where all is well", () => {
    const items = [
      node("n1"),
      set(3),
      pod("zk-0", { phase: "Running", ...ready }),
      pod("job", { phase: "Succeeded" }),
    ];
    const health = judge(items, ["n1"]);
    expect(health.faults).to.be.empty;
    expect(health.pods).to.deep.include({ name: "default/zk-0", node: "n1" });
  });

  it("names nodes, sets and pods that are unhealthy, with the reason that the API gives", () => {
    const unplaced = { type: "PodScheduled", status: "False", message: "0/4 nodes are available" };
    const items = [
      node("n1", { conditions: [{ type: "Ready", status: "Unknown" }] }),
      set(1),
      pod("zk-1", {
        phase: "Running",
        conditions: [{ type: "Ready", status: "False", message: "not ready: [zk]" }],
      }),
      pod("zk-2", { phase: "Pending", conditions: [unplaced] }),
    ];
    expect(judge(items, ["n1", "n2"]).faults).to.deep.equal([
      "node n1 is not Ready",
      "node n2 is not Ready",
      "StatefulSet default/zk has 1 of 3 pods ready",
      "pod default/zk-1 is not ready: not ready: [zk]",
      "pod default/zk-2 is Pending: 0/4 nodes are available",
    ]);
  });

  it("knows an ensemble that is not there yet, and a cordoned node, which is no fault", () => {
    const health = judge([node("n1", ready, { unschedulable: true })], ["n1"]);
    expect(health.faults).to.deep.equal(["there is no ensemble yet; run: npm run up"]);
    expect(health.cordoned).to.deep.equal(["n1"]);
  });
});

describe("the health of the environment's own ensemble", () => {
  const notReady = {
    phase: "Running",
    conditions: [{ type: "Ready", status: "False", message: "not ready: [zk]" }],
  };

  it("is every node, the StatefulSet and its pods", () => {
    const items = [
      node("n1", { conditions: [{ type: "Ready", status: "False" }] }),
      set(3),
      pod("zk-0", notReady),
    ];
    expect(judge(items, ["n1"], ["default/zk"]).faults).to.deep.equal([
      "node n1 is not Ready",
      "pod default/zk-0 is not ready: not ready: [zk]",
    ]);
    expect(judge([node("n1"), set(2)], ["n1"], ["default/zk"]).faults).to.deep.equal([
      "StatefulSet default/zk has 2 of 3 pods ready",
    ]);
  });

  it("is no other workload's health, which is told beside it", () => {
    const other = { ...set(0), metadata: { name: "zk", namespace: "other" } };
    const items = [node("n1"), set(3), pod("zk-0", { phase: "Running", ...ready })];
    const health = judge([...items, other, pod("zk-client", notReady)], ["n1"], ["default/zk"]);
    expect(health.faults).to.be.empty;
    expect(health.others).to.deep.equal([
      "StatefulSet other/zk has 0 of 3 pods ready",
      "pod default/zk-client is not ready: not ready: [zk]",
    ]);
    const text = report({ name: "zk", location: "us-central1-a" }, [part("n1", [true])], health);
    expect(text).to.contain("not of this environment: pod default/zk-client is not ready");
  });

  it("is not there where the stack has none yet", () => {
    const health = judge([node("n1"), set(3)], ["n1"], []);
    expect(health.faults).to.deep.equal(["there is no ensemble yet; run: npm run up"]);
  });
});

describe("what status makes of a cluster's parts", () => {
  const healthy = judge([node("n1"), set(3), pod("zk-0", { phase: "Running", ...ready })], ["n1"]);
  const parts = [part("control plane", [true, true]), part("n1", [true])];

  it("is healthy where everything runs", () => {
    expect(faultsOf(parts, healthy)).to.be.empty;
    const text = report({ name: "zk", location: "us-central1-a" }, parts, healthy);
    expect(text).to.match(/^Cluster zk \(us-central1-a\) on this machine: healthy\n/);
    expect(text).to.match(/n1 +100 MiB {2}service-0; pods default\/zk-0\n/);
    expect(text).to.match(/in all +200 MiB {2}of the machine's +\d+ MiB\n/);
    expect(text).to.contain("/state/n1/logs");
    expect(report({ name: "zk", location: "us-central1-a" }, parts, healthy, false)).to.match(
      /on this machine: runs, but is not as the stack says\n/,
    );
  });

  it("tells of a service that does not run, and of a node that died only once", () => {
    const dead = [part("control plane", [true, false]), part("n1", [])];
    const late = judge([node("n1", {}), set(3)], ["n1"]);
    expect(faultsOf(dead, late)).to.deep.equal(["control plane: service-1 does not run", "n1 does not run"]);
  });

  it("tells of an API that does not answer, unless its control plane does not run", () => {
    expect(faultsOf(parts, undefined)).to.deep.equal(["the control plane does not answer"]);
    const dead = [part("control plane", []), part("n1", [true])];
    expect(faultsOf(dead, undefined)).to.deep.equal(["control plane does not run"]);
  });

  it("takes a service for running when its supervisor has a child besides the log", () => {
    const processes = [
      { pid: 1, argv: ["runsv", "etcd"], unit: "u" },
      { pid: 2, argv: ["svlogd", "-tt", "/logs"], unit: "u" },
      { pid: 3, argv: ["runsv", "kubelet"], unit: "u" },
      { pid: 4, argv: ["svlogd", "-tt", "/logs"], unit: "u" },
      { pid: 5, argv: ["kubelet", "--config"], unit: "u" },
    ];
    const parents = new Map([
      [2, 1],
      [4, 3],
      [5, 3],
    ]);
    expect([...runningServices(processes, (pid) => parents.get(pid))]).to.deep.equal(["kubelet"]);
  });

  it("reads parents and memory of processes, and nothing of those that have ended", function () {
    needs(this, "Linux", isLinux);
    expect(parentOf(process.pid)).to.equal(process.ppid);
    expect(memoryOf(process.pid)).to.be.within(10 * 2 ** 20, 2 ** 30);
    expect(parentOf(2 ** 22 + 1)).to.equal(undefined);
    expect(memoryOf(2 ** 22 + 1)).to.equal(0);
  });
});

describe("a drain", () => {
  it("knows the pod whose disruption budget refuses it", () => {
    const line =
      'error when evicting pods/"web-0" -n "shop" (will retry after 5s): Cannot evict pod as it would violate the pod\'s disruption budget.';
    expect(blockedPod(line)).to.equal("shop/web-0");
    expect(blockedPod("evicting pod shop/web-0")).to.equal(undefined);
    expect(blockedPod('error when evicting pods/"web-0" -n "shop": timeout')).to.equal(undefined);
  });

  it("waits an hour, as GKE, unless the command says how long", () => {
    expect(drainSeconds({})).to.equal(3600);
    expect(drainSeconds({ LOCAL_GKE_DRAIN_SECONDS: "20" })).to.equal(20);
    for (const text of ["", "-1", "soon", "0"]) {
      expect(drainSeconds({ LOCAL_GKE_DRAIN_SECONDS: text }), text).to.equal(3600);
    }
  });
});
