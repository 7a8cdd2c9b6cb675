import { expect } from "chai";

import { problemsOf, type ClusterHealth } from "../../cli/cluster-health.ts";
import { report } from "../../cli/commands/status.ts";
import { blockedPod, drainSeconds } from "../../local-gke/cluster/drain.ts";
import { runningServices } from "../../local-gke/cluster/parts.ts";
import type { Part } from "../../local-gke/cluster/parts.ts";
import { memoryOf, parentOf } from "../../system/processes.ts";
import { isLinux, needs } from "../fixtures/needs.ts";

const part = (name: string, runs: readonly boolean[]): Part => ({
  name,
  services: runs.map((running, index) => ({ name: `service-${index}`, runs: running })),
  memory: 100 * 2 ** 20,
  logs: `/state/${name}/logs`,
});

describe("the report on a cluster", () => {
  const node = { metadata: { name: "n1" }, spec: { unschedulable: true } };
  const pod = { metadata: { name: "zk-0", namespace: "default" }, spec: { nodeName: "n1" } };
  const placeholder = {
    metadata: {
      name: "gke-system-n1",
      namespace: "kube-system",
      annotations: { "kubernetes.io/config.mirror": "1" },
    },
    spec: { nodeName: "n1" },
  };
  const healthy: ClusterHealth = {
    parts: [part("control plane", [true, true]), part("n1", [true])],
    state: { nodes: [node], pods: [pod, placeholder], statefulSets: [], budgets: [] },
    health: { problems: [], risks: [], others: [] },
    heaps: new Map(),
    backups: [],
  };
  const cluster = { name: "zk", location: "us-central1-a" };
  const problems = (parts: readonly Part[], found?: readonly string[]): string[] =>
    problemsOf({
      parts,
      health: found && { problems: found, risks: [], others: [] },
      heaps: new Map(),
    });

  it("has services, pods, memory and logs of every part", () => {
    expect(problemsOf(healthy)).to.be.empty;
    const text = report(cluster, healthy);
    expect(text).to.match(/^Cluster zk \(us-central1-a\) on this machine: healthy\n/);
    expect(text).to.match(/n1 +100 MiB {2}service-0; pods default\/zk-0; cordoned\n/);
    expect(text).to.match(/total +200 MiB {2}of the machine's +\d+ MiB\n/);
    expect(text).to.contain("/state/n1/logs");
    expect(report(cluster, healthy, false)).to.match(/on this machine: running, but not as declared\n/);
  });

  it("says when the last backup was saved, and which one is missing", () => {
    const saves = (status: object) => ({ metadata: { name: "zk-backups", namespace: "default" }, status });
    const told = (status: object) => report(cluster, { ...healthy, backups: [saves(status)] });
    expect(told({})).to.match(/: healthy\n[^]*\n {2}default\/zk-backups: no backup has been saved yet\n/);
    const [due, saved] = ["2026-11-27T03:00:00Z", "2026-11-27T03:00:41Z"];
    expect(told({ lastScheduleTime: due, lastSuccessfulTime: saved })).to.match(
      /: healthy\n[^]*default\/zk-backups: a backup was saved at 2026-11-27T03:00:41Z\n/,
    );
    const missing =
      /: not healthy\n {2}! default\/zk-backups: the backup that was due at 2026-11-28T03:00:00Z was not saved: docs/;
    const later = { lastScheduleTime: "2026-11-28T03:00:00Z", lastSuccessfulTime: saved };
    expect(told(later)).to.match(missing);
    expect(told({ lastScheduleTime: later.lastScheduleTime })).to.match(missing);
    // It is being saved.
    expect(told({ ...later, active: [{ name: "zk-backups-1" }] })).to.match(/: healthy\n/);
  });

  it("has problems, risks and what is unhealthy outside the environment, each marked", () => {
    const health = { problems: ["node n1 is not Ready"], risks: ["a rollout"], others: ["pod x is Pending"] };
    const text = report(cluster, { ...healthy, health });
    expect(text).to.match(/: not healthy\n {2}! node n1 is not Ready\n {2}note: a rollout\n/);
    expect(text).to.contain("  outside this environment: pod x is Pending\n");
    const risky = { ...health, problems: [] };
    expect(report(cluster, { ...healthy, health: risky })).to.contain("on this machine: healthy\n");
  });

  it("has a service that does not run, and a node that died only once", () => {
    const dead = [part("control plane", [true, false]), part("n1", [])];
    expect(problems(dead, ["node n1 is not Ready", "pod zk-0 is not ready"])).to.deep.equal([
      "control plane: service-1 does not run",
      "n1 does not run",
      "pod zk-0 is not ready",
    ]);
  });

  it("has an API server that does not answer, unless its control plane does not run", () => {
    expect(problems(healthy.parts)).to.deep.equal(["the control plane does not answer"]);
    expect(problems([part("control plane", []), part("n1", [true])])).to.deep.equal([
      "control plane does not run",
    ]);
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
  it("knows the pod whose disruption budget rejects it", () => {
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
