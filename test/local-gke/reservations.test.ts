import { expect } from "chai";

import { allocatable as programs, roomLeft } from "../../components/gke/room.ts";
import { allocatable, everyNode, wholeCluster } from "../../local-gke/google/reservations.ts";
import { systemPods } from "../../local-gke/node/system-pods.ts";

describe("what the local GKE leaves of a node", () => {
  it("is what Google's autoscaler predicts", () => {
    for (const [name, memoryMiB, milliCpu] of [
      ["e2-custom-2-4096", 2833, 1930],
      ["n2-standard-4", 13_325, 3920],
      ["e2-medium", 2833, 940],
      ["e2-micro", 636, 940],
      ["f1-micro", 233, 940],
      ["n2-standard-64", 245_866, 63_770],
      ["n1-highcpu-2", 1238, 1930],
    ] as const) {
      expect(allocatable(name), name).to.deep.equal({ milliCpu, memoryMiB });
    }
    expect(() => allocatable("x9-standard-2")).to.throw("unknown machine type x9-standard-2");
  });

  it("is what the program computes by itself, with and without GKE's own pods", () => {
    for (const name of ["e2-custom-2-4096", "e2-medium", "n1-standard-1", "n2-highmem-8", "c3-standard-22"]) {
      const { milliCpu: cpu, memoryMiB: memory } = allocatable(name);
      expect(programs(name), name).to.deep.equal({ cpu, memory });
      expect(roomLeft(name)?.most, name).to.deep.equal({
        cpu: cpu - everyNode.milliCpu,
        memory: memory - everyNode.memoryMiB,
      });
      expect(roomLeft(name)?.least, name).to.deep.equal({
        cpu: cpu - everyNode.milliCpu - wholeCluster.milliCpu,
        memory: memory - everyNode.memoryMiB - wholeCluster.memoryMiB,
      });
    }
  });

  it("is taken by one pod on every node, and by another one on the first", () => {
    expect(systemPods(0).map(({ metadata }) => metadata.name)).to.deep.equal(["gke-system", "gke-cluster"]);
    expect(systemPods(3).map(({ metadata }) => metadata.name)).to.deep.equal(["gke-system"]);
  });
});
