import { expect } from "chai";

import { machineSize } from "../../local-gke/google/machine-types.ts";

describe("the machine types of the local GKE", () => {
  it("have the sizes that Google documents", () => {
    for (const [name, cpus, memoryMiB] of [
      ["e2-micro", 2, 1024],
      ["e2-medium", 2, 4096],
      ["e2-standard-4", 4, 16_384],
      ["n1-standard-1", 1, 3840],
      ["n1-highcpu-2", 2, 1843],
      ["n2-highmem-8", 8, 65_536],
      ["n2d-standard-224", 224, 917_504],
      ["c2-standard-30", 30, 122_880],
      ["c3-standard-4-lssd", 4, 16_384],
      ["c3-standard-192-metal", 192, 786_432],
      ["t2d-standard-60", 60, 245_760],
      ["e2-custom-2-4096", 2, 4096],
      ["e2-custom-small-2048", 2, 2048],
      ["custom-1-1024", 1, 1024],
      ["n2-custom-4-65536-ext", 4, 65_536],
    ] as const) {
      expect(machineSize(name), name).to.deep.equal({ cpus, memoryMiB });
    }
  });

  it("are none that Google does not have", () => {
    for (const name of [
      "e2-standard-1",
      "e2-standard-64",
      "e2-highmem-32",
      "e2-standard-4-lssd",
      "n2-standard-6",
      "n2-highcpu-128",
      "c2-standard-2",
      "c3-standard-192",
      "c3-highcpu-4-lssd",
      "e2-custom-3-4096",
      "e2-custom-2-4000",
      "e2-custom-2-256",
      "e2-custom-4-65536-ext",
      "e2-custom-small-8192",
      "n2d-custom-6-8192",
      "n4-custom-2-2048",
      "constructor",
      "e2-constructor-2",
      "toString-custom-2-4096",
      "",
    ]) {
      expect(machineSize(name), name).to.equal(undefined);
    }
  });
});
