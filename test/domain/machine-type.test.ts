import { expect } from "chai";
import fc from "fast-check";

import { hasSharedCore, isArm, parseMachineType } from "../../domain/machine-type.ts";
import { mebibyte } from "../../domain/quantity.ts";

describe("machine types", () => {
  /** CPUs and memory in MiB. */
  const machines: readonly (readonly [string, number, number])[] = [
    ["c3-standard-4-lssd", 4, 16384],
    ["c3d-highmem-8-lssd", 8, 65536],
    ["c3-standard-192-metal", 192, 786432],
    ["n2-custom-4-16384-ext", 4, 16384],
    ["n2-custom-2-65536-ext", 2, 65536],
    ["custom-2-4096", 2, 4096],
    ["custom-1-1024", 1, 1024],
    ["n1-custom-2-4096", 2, 4096],
    ["n1-custom-2-20480-ext", 2, 20480],
    ["e2-custom-2-4096", 2, 4096],
    ["n2-custom-36-36864", 36, 36864],
    ["n4-custom-2-4096", 2, 4096],
    ["n1-standard-1", 1, 3840],
    ["t2a-standard-1", 1, 4096],
    ["e2-highmem-2", 2, 16384],
    ["e2-highcpu-4", 4, 4096],
    ["n1-highmem-2", 2, 13312],
    // 0.9 GiB of each CPU, in whole MiB.
    ["n1-highcpu-2", 2, 1843],
    ["n2-standard-4", 4, 16384],
    ["n2d-highmem-8", 8, 65536],
    ["n4-highcpu-2", 2, 4096],
    ["c2-standard-4", 4, 16384],
    ["c2d-highcpu-2", 2, 4096],
    ["c3-highcpu-4", 4, 8192],
    ["c4-standard-2", 2, 7680],
    ["c4d-standard-2", 2, 7168],
    ["c4d-standard-8-lssd", 8, 31744],
    ["c4d-highcpu-2", 2, 3072],
    ["c4a-standard-1", 1, 4096],
    ["n4a-highmem-1", 1, 8192],
    ["n4d-standard-2", 2, 8192],
    ["t2d-standard-1", 1, 4096],
    ["n2-custom-4-8192-ext", 4, 8192],
    ["n2d-custom-2-4096", 2, 4096],
    ["e2-standard-32", 32, 131072],
    ["e2-custom-32-32768", 32, 32768],
    ["n2d-custom-2-32768-ext", 2, 32768],
    ["n4-custom-2-32768-ext", 2, 32768],
  ];
  for (const [name, cpus, memoryMiB] of machines) {
    it(`${name} has ${cpus} vCPUs and ${memoryMiB} MiB`, () => {
      const memory = memoryMiB * mebibyte;
      expect(parseMachineType(name)).to.deep.include({ cpus, sustainedCpus: cpus, memory });
      expect(hasSharedCore(name)).to.equal(false);
    });
  }

  /** CPUs, those that a lasting load can have, and memory in MiB. */
  const shared: readonly (readonly [string, number, number, number])[] = [
    ["e2-micro", 2, 0.25, 1024],
    ["e2-small", 2, 0.5, 2048],
    ["e2-medium", 2, 1, 4096],
    ["e2-custom-micro-1024", 2, 0.25, 1024],
    ["e2-custom-small-2048", 2, 0.5, 2048],
    ["e2-custom-small-4096", 2, 0.5, 4096],
    ["e2-custom-medium-8192", 2, 1, 8192],
    ["f1-micro", 1, 0.2, 614],
    ["g1-small", 1, 0.5, 1740],
  ];
  for (const [name, cpus, sustainedCpus, memoryMiB] of shared) {
    it(`${name} has ${sustainedCpus} vCPUs for a lasting load, and ${memoryMiB} MiB`, () => {
      const memory = memoryMiB * mebibyte;
      expect(parseMachineType(name)).to.deep.include({ cpus, sustainedCpus, memory });
      expect(hasSharedCore(name)).to.equal(true);
    });
  }

  const unknown = [
    // Google has none of this size.
    ...["e2-custom-3-4096", "e2-custom-1-4096", "e2-custom-34-34816", "e2-custom-2-4000", "e2-custom-0-0"],
    ...["e2-custom-2-512", "e2-custom-2-65536", "e2-custom-32-262144", "e2-custom-2-4096-ext"],
    ...["n2-custom-34-34816", "n2d-custom-6-8192", "n2d-custom-128-131072", "custom-3-4096", "custom-1-512"],
    ...["n4-custom-2-2048", "n2-custom-2-1048576-ext", "c2-custom-2-4096", "t2d-custom-2-4096"],
    ...["e2-custom-small-1024", "e2-custom-small-8192", "e2-custom-micro-1000", "e2-custom-large-2048"],
    ...[
      "e2-standard-3",
      "e2-standard-0",
      "e2-standard-1",
      "e2-standard-64",
      "e2-standard-02",
      "c2-highmem-4",
    ],
    ...[
      "e2-standard-2-lssd",
      "n2-standard-4-metal",
      "c3-highmem-4-lssd",
      "c3-standard-4-ext",
      "c3-standard-4-",
    ],
    // Properties of JavaScript objects, and texts that are not names.
    ...["constructor", "toString", "valueOf", "hasOwnProperty", "__proto__", "isPrototypeOf"],
    ...[
      "e2-constructor-2",
      "e2-toString-2",
      "e2-__proto__-2",
      "constructor-standard-2",
      "c3-standard-4-constructor",
    ],
    ...[
      "e2-custom-constructor-2048",
      "",
      "e2",
      "x9-standard-2",
      "E2-standard-2",
      "e2-standard-2\n",
      " e2-medium",
    ],
    ...["e2-custom-2-4096.5", "e2-custom-2-٤٠٩٦", "e2-standard-2e0"],
  ];
  for (const name of unknown) {
    it(`${JSON.stringify(name)} is not known`, () => {
      expect(parseMachineType(name)).to.equal(undefined);
      expect(hasSharedCore(name)).to.equal(false);
    });
  }

  it("have whole MiB, and the CPUs of their name", () => {
    const series = fc.constantFrom(
      ...["e2", "n1", "n2", "n2d", "n4", "c2", "c2d", "c3", "c3d", "c4", "t2d", "t2a", "x1", "constructor"],
    );
    const number = fc.oneof(fc.nat(20), fc.nat(400));
    const memory = fc.oneof(
      fc.nat(4096).map((steps) => 256 * steps),
      fc.nat(70000),
    );
    const ending = fc.constantFrom("", "", "", "-lssd", "-metal", "-ext", "-other");
    const name = fc.oneof(
      fc
        .tuple(series, fc.constantFrom("standard", "highmem", "highcpu", "toString"), number, ending)
        .map(([a, b, c, d]) => `${a}-${b}-${c}${d}`),
      fc
        .tuple(fc.option(series, { nil: undefined }), number, memory, ending)
        .map(([a, b, c, d]) => `${a === undefined ? "" : `${a}-`}custom-${b}-${c}${d}`),
      fc
        .tuple(fc.constantFrom("micro", "small", "medium", "constructor"), memory)
        .map(([a, b]) => `e2-custom-${a}-${b}`),
      fc.string(),
    );
    const seen = { known: 0, unknown: 0 };
    fc.assert(
      fc.property(name, (each) => {
        const machine = parseMachineType(each);
        seen[machine === undefined ? "unknown" : "known"] += 1;
        if (machine === undefined) {
          return;
        }
        expect(Number.isInteger(machine.memory / mebibyte)).to.equal(true);
        if (hasSharedCore(each)) {
          expect(machine.sustainedCpus).to.be.within(0.25, 1);
        } else {
          expect(each.split("-")).to.include(String(machine.cpus));
          expect(machine.sustainedCpus).to.equal(machine.cpus);
        }
      }),
      { numRuns: 5000 },
    );
    expect(seen.known).to.be.above(50);
    expect(seen.unknown).to.be.above(300);
  });

  it("has Arm processors in some series only", () => {
    for (const type of ["t2a-standard-2", "c4a-standard-1", "c4a-highmem-8-lssd", "n4a-highcpu-4"]) {
      expect(isArm(type), type).to.equal(true);
    }
    for (const type of [
      "t2d-standard-2",
      "c4-standard-2",
      "c4d-highcpu-2",
      "n4d-standard-2",
      "t2a-standard-3",
      "t2a",
    ]) {
      expect(isArm(type), type).to.equal(false);
    }
  });
});
