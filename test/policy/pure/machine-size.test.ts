import { expect } from "chai";

import { sizeOf } from "../../../policy/gke/machine-size.ts";
import { gibibyte, mebibyte } from "../../../domain/quantity.ts";

describe("the size that the name of a machine type shows", () => {
  const gib = gibibyte / mebibyte;
  /** CPUs, memory in MiB. */
  const shown: readonly (readonly [string, number, number])[] = [
    // What the program knows.
    ["e2-custom-2-4096", 2, 4096],
    ["n1-standard-1", 1, 3840],
    ["c3-standard-4-lssd", 4, 16 * gib],
    // Other series of the same form.
    ["c4a-standard-4", 4, 16 * gib],
    ["c4a-standard-1", 1, 4 * gib],
    ["c4a-highmem-8-lssd", 8, 64 * gib],
    ["c4a-highcpu-2", 2, 4 * gib],
    ["c4d-standard-2", 2, 7 * gib],
    ["c4d-standard-8-lssd", 8, 31 * gib],
    ["c4d-highmem-4", 4, 31 * gib],
    ["c4d-highcpu-2", 2, 3 * gib],
    ["n4a-standard-2", 2, 8 * gib],
    ["n4a-highmem-1", 1, 8 * gib],
    ["n4a-highcpu-1", 1, 2 * gib],
    ["n4d-standard-2", 2, 8 * gib],
    ["n4d-highmem-2", 2, 16 * gib],
    ["n4d-highcpu-2", 2, 4 * gib],
    ["g2-standard-4", 4, 16 * gib],
    ["g4-standard-48", 48, 180 * gib],
    ["h3-standard-88", 88, 352 * gib],
    ["z3-highmem-88", 88, 704 * gib],
    ["z3-highmem-14-standardlssd", 14, 112 * gib],
    ["z3-highmem-192-highlssd-metal", 192, 1536 * gib],
    // Custom types of any series.
    ["n4d-custom-2-4096", 2, 4096],
    ["n4a-custom-1-2048", 1, 2048],
    ["n4d-custom-4-65536-ext", 4, 65_536],
    ["g2-custom-4-19456", 4, 19_456],
  ];
  for (const [type, cpus, memory] of shown) {
    it(`of ${type} is ${cpus} vCPUs and ${memory} MiB`, () => {
      expect(sizeOf(type)).to.deep.equal({
        cpus: [cpus, cpus],
        memory: [memory * mebibyte, memory * mebibyte],
        sharedCpus: undefined,
      });
    });
  }

  it("shows the share of a core", () => {
    expect(sizeOf("e2-small")).to.deep.equal({
      cpus: [2, 2],
      memory: [2 * gibibyte, 2 * gibibyte],
      sharedCpus: 0.5,
    });
  });

  it("shows the CPUs and much memory of types for large databases", () => {
    for (const [type, cpus] of [
      ["m1-megamem-96", 96],
      ["m2-ultramem-208", 208],
      ["m3-ultramem-32", 32],
      ["m4-hypermem-16", 16],
      ["n1-megamem-96", 96],
      ["n1-ultramem-40", 40],
      ["x4-megamem-960-metal", 960],
    ] as const) {
      expect(sizeOf(type), type).to.deep.equal({
        cpus: [cpus, cpus],
        memory: [12 * cpus * gibibyte, Infinity],
        sharedCpus: undefined,
      });
    }
  });

  it("shows only that machines of some series are large", () => {
    for (const type of [
      ..."a2-highgpu-1g a2-ultragpu-8g a3-highgpu-8g a3-edgegpu-8g-nolssd a4-highgpu-8g a4x-highgpu-4g".split(
        " ",
      ),
      ..."ct3-hightpu-4t ct4p-hightpu-4t ct5lp-hightpu-1t ct5p-hightpu-4t ct6e-standard-4t".split(" "),
      ..."tpu7x-standard-4t x4-480-6t-metal m2-ultramemx-other".split(" "),
    ]) {
      expect(sizeOf(type), type).to.deep.equal({
        cpus: [8, Infinity],
        memory: [32 * gibibyte, Infinity],
        sharedCpus: undefined,
      });
    }
    expect(sizeOf("h4d-standard-192")).to.deep.equal({
      cpus: [192, 192],
      memory: [32 * gibibyte, Infinity],
      sharedCpus: undefined,
    });
  });

  it("shows the CPUs of series that are newer, and not their memory", () => {
    for (const type of [
      "n9-standard-4",
      "c9a-highmem-4-lssd",
      "n9x-highcpu-4-other-metal",
      "e2-standard-4-lssd",
    ]) {
      expect(sizeOf(type), type).to.deep.equal({
        cpus: [4, 4],
        memory: [0, Infinity],
        sharedCpus: undefined,
      });
    }
  });

  it("is not in other names", () => {
    for (const type of [
      ..."z9-huge-2 n9-standard-4t n9-standard-0 n9-standard-04 n9-standard-40000 n9-standard- standard-4".split(
        " ",
      ),
      ..."n9-standard-4-metal-a-b n9-standard-4-LSSD n99-standard-4 ab-standard-4 g4-fractional-1g e2".split(
        " ",
      ),
      ..."e2-custom-small-8192 custom-2 custom-2-0 custom-0-4096 custom-2-4096-other x-custom-2-4096".split(
        " ",
      ),
      ..."n1-megamem-0 n1-mega-96 aa2-highgpu-1g a5-highgpu-1g a2 ct-standard-4t tpu-standard-4t".split(" "),
      ..."ct6elong-standard-4t constructor __proto__ n9-constructor-2".split(" "),
      "",
      "n9-standard-4\n",
      " a2-highgpu-1g",
      "https://www.googleapis.com/compute/v1/projects/p/zones/z/machineTypes/n2-standard-4",
    ]) {
      expect(sizeOf(type), type).to.equal(undefined);
    }
  });
});
