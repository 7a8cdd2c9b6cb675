import { existsSync, readdirSync } from "node:fs";

import { expect } from "chai";

import { FakeCluster } from "./fake-cluster.ts";

describe("put-aside.sh", () => {
  let cluster: FakeCluster;

  beforeEach(() => {
    cluster = new FakeCluster();
    for (const n of [0, 2]) {
      cluster.set(`ready-zk-${n}`, "True");
    }
    cluster.set("ready", "2");
  });

  afterEach(() => {
    expect(cluster.pods, "left behind").to.be.empty;
    cluster.remove();
  });

  it("puts the data of one server aside, and keeps it", () => {
    const { status, output, changes } = cluster.run("put-aside.sh", ["zk-1"]);
    expect(status, output).to.equal(0);
    expect(changes).to.deep.equal([
      "holds nothing",
      "holds 1 on node-1",
      "zk-backup-1 put-aside",
      "delete pod zk-1",
    ]);
    const [aside = ""] = readdirSync(cluster.volume(1));
    expect(aside).to.match(/^data\.damaged-/);
    expect(cluster.read(1, `${aside}/origin`)).to.equal("first of 1");
    for (const n of [0, 2]) {
      expect(cluster.read(n, "data/origin")).to.equal(`first of ${n}`);
    }
  });

  function rejects(pod: string, wanted: RegExp, variables = {}): void {
    const { status, output, changes } = cluster.run("put-aside.sh", [pod], variables);
    expect(output).to.match(wanted).and.contain("nothing was touched");
    expect(changes).to.deep.equal([]);
    expect(status).to.equal(1);
    expect(existsSync(cluster.volume(1, "data/origin"))).to.equal(true);
  }

  it("changes nothing if the others have no quorum", () => {
    cluster.set("answer-zk-2", "This ZooKeeper instance is not currently serving requests");
    rejects("zk-1", /1 of the other servers serve, which is no quorum of 3/);
    rejects("zk-1", /0 of the other servers serve/, { FAULT: "exec zk-[02] *" });
  });

  it("changes nothing if the server serves, or may still start", () => {
    rejects("zk-0", /POD zk-0: serves, so its files are intact/);
    rejects("zk-1", /is not in CrashLoopBackOff/, { FAULT: "wait *CrashLoopBackOff*" });
  });

  it("rejects a name that is not a server of the ensemble", () => {
    for (const pod of ["zk-3", "zk", "1", "zk-x", "zk-1;id", "other-1", "zk-01"]) {
      rejects(pod, /is not a server of zk/);
    }
  });
});
