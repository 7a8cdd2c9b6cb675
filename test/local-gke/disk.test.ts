import { join } from "node:path";

import { expect } from "chai";

import { configure, gkeDir } from "../../local-gke/configuration.ts";
import type { ClusterRecord } from "../../local-gke/cluster/records.ts";
import { Disk, isDisk } from "../../local-gke/rack/disk.ts";
import { zookeeperEnvironment } from "../../zookeeper-image/configuration.ts";

const cluster: ClusterRecord = {
  ...{ project: "p", location: "us-central1-a", name: "c", slot: 0 },
  ...{ createTime: "2026-01-01T00:00:00Z", pools: [] },
};

describe("a disk", () => {
  before(() => {
    configure({ ...zookeeperEnvironment, stateDir: "/nonexistent/state" });
  });

  it("is nothing but a disk of the local GKE, so that nothing else is ever emptied", () => {
    expect(isDisk(join(gkeDir(), "projects/p/disks/us-central1-a/pvc-01ab"))).to.equal(true);
    for (const path of [
      ...["/", "/tmp", gkeDir(), join(gkeDir(), "projects/p/disks/us-central1-a"), ""],
      join(gkeDir(), "projects/p/disks/z/pvc-01/../../../clusters"),
    ]) {
      expect(isDisk(path), path).to.equal(false);
      expect(() => new Disk(cluster, path)).to.throw("is no disk of the local GKE");
    }
  });
});
