import { expect } from "chai";
import fc from "fast-check";

import { parseMachineType } from "../../../policy/gke/machine-type.ts";
import { zonesOf } from "../../../policy/gke/nodes.ts";
import {
  leftByMaxUnavailable,
  leftByMinAvailable,
  quorumOf,
  scaled,
} from "../../../policy/kubernetes/disruption.ts";
import { parseQuantity } from "../../../policy/kubernetes/quantity.ts";
import { heapInCommand, heapInFlags, parseJvmSize } from "../../../policy/zookeeper/heap.ts";

describe("disruption budgets", () => {
  const pods = fc.integer({ min: 1, max: 15 });
  const percent = fc.integer({ min: 0, max: 100 });

  it("take the least number of pods that is no less than the percentage", () => {
    fc.assert(
      fc.property(pods, percent, (n, p) => {
        const count = scaled(`${p}%`, n) ?? -1;
        expect(count * 100).to.be.at.least(p * n);
        expect((count - 1) * 100).to.be.below(Math.max(p * n, 0.5));
      }),
    );
  });

  it("leave no more than there are, and no fewer than none", () => {
    fc.assert(
      fc.property(pods, fc.nat(30), (n, count) => {
        expect(leftByMaxUnavailable(count, n)).to.be.within(0, n);
        expect(leftByMinAvailable(count, n)).to.be.within(0, n);
      }),
    );
    expect(leftByMaxUnavailable(4, 3)).to.equal(0);
    expect(leftByMinAvailable(4, 3)).to.equal(3);
  });

  it("know what is no count", () => {
    for (const value of [-1, 1.5, "1", "%", "-1%", "1.5%", "one"]) {
      expect(scaled(value, 3), String(value)).to.equal(undefined);
    }
    expect(leftByMaxUnavailable("x", 3)).to.equal(undefined);
    expect(leftByMinAvailable("x", 3)).to.equal(undefined);
    expect(scaled(0, 3)).to.equal(0);
    // 7 % of 100 is 7, though 0.07 * 100 is 7.000000000000001.
    expect(scaled("7%", 100)).to.equal(7);
  });

  it("a quorum is more than half, and two of them always meet", () => {
    fc.assert(
      fc.property(pods, (n) => {
        expect(quorumOf(n) * 2).to.be.above(n);
        expect((quorumOf(n) - 1) * 2).to.be.at.most(n);
      }),
    );
  });
});

describe("machine types", () => {
  const sizes: readonly (readonly [string, number, number])[] = [
    ["e2-standard-2", 2, 8192],
    ["e2-highmem-2", 2, 16384],
    ["e2-highcpu-4", 4, 4096],
    ["n1-standard-1", 1, 3840],
    ["n1-highmem-2", 2, 13312],
    ["n1-highcpu-2", 2, 1843],
    ["n2-standard-4", 4, 16384],
    ["n2-highcpu-2", 2, 2048],
    ["n2d-highmem-8", 8, 65536],
    ["n4-highcpu-2", 2, 4096],
    ["c2-standard-4", 4, 16384],
    ["c2d-highcpu-2", 2, 4096],
    ["c3-standard-4", 4, 16384],
    ["c3-highcpu-4", 4, 8192],
    ["c3-standard-4-lssd", 4, 16384],
    ["c3-standard-192-metal", 192, 786432],
    ["c3d-highmem-4", 4, 32768],
    ["c4-standard-2", 2, 7680],
    ["t2d-standard-1", 1, 4096],
    ["t2a-standard-2", 2, 8192],
    ["custom-2-4096", 2, 4096],
    ["e2-custom-2-4096", 2, 4096],
    ["n2-custom-4-8192-ext", 4, 8192],
    ["n2d-custom-2-4096", 2, 4096],
  ];
  for (const [name, cpus, memoryMiB] of sizes) {
    it(`${name} has ${cpus} vCPUs and ${memoryMiB} MiB`, () => {
      expect(parseMachineType(name)).to.deep.equal({ cpus, memoryMiB, shared: false });
    });
  }

  it("shared cores have the share that lasts", () => {
    expect(parseMachineType("e2-medium")).to.deep.equal({ cpus: 1, memoryMiB: 4096, shared: true });
    expect(parseMachineType("e2-small")).to.deep.equal({ cpus: 0.5, memoryMiB: 2048, shared: true });
    expect(parseMachineType("e2-micro")).to.deep.equal({ cpus: 0.25, memoryMiB: 1024, shared: true });
    expect(parseMachineType("f1-micro")).to.deep.equal({ cpus: 0.2, memoryMiB: 614, shared: true });
    expect(parseMachineType("g1-small")).to.deep.equal({ cpus: 0.5, memoryMiB: 1740, shared: true });
    expect(parseMachineType("e2-custom-medium-4096")).to.deep.equal({
      cpus: 1,
      memoryMiB: 4096,
      shared: true,
    });
  });

  it("are known, or not at all", () => {
    const strangers = [
      "",
      "e2",
      "e2-standard",
      "e2-standard-",
      "c2-highmem-4",
      "x9-standard-2",
      "c3-custom-2-4096",
      "my-e2-standard-2",
    ];
    for (const name of strangers) {
      expect(parseMachineType(name), name).to.equal(undefined);
    }
  });

  it("a zone is one zone and a region three", () => {
    expect(zonesOf("europe-west1-b")).to.equal(1);
    expect(zonesOf("northamerica-northeast1-a")).to.equal(1);
    expect(zonesOf("europe-west1")).to.equal(3);
  });
});

describe("quantities", () => {
  it("have binary, decimal and exponent units", () => {
    const cases: readonly (readonly [number | string, number])[] = [
      ["1Ki", 1024],
      ["1.5Gi", 1610612736],
      ["1Mi", 1048576],
      ["2Ti", 2 * 2 ** 40],
      ["1Pi", 2 ** 50],
      ["1Ei", 2 ** 60],
      ["500m", 0.5],
      ["1u", 1e-6],
      ["1n", 1e-9],
      ["1k", 1000],
      ["1M", 1e6],
      ["5G", 5e9],
      ["1T", 1e12],
      ["1P", 1e15],
      ["1E", 1e18],
      ["1e3", 1000],
      ["+.5", 0.5],
      ["2.", 2],
      [3, 3],
    ];
    for (const [quantity, value] of cases) {
      expect(parseQuantity(quantity)).to.be.closeTo(value, value * 1e-12);
    }
  });

  it("are numbers, or nothing", () => {
    for (const text of ["", "Gi", "1gi", "1 Gi", "1GiB", ".", "1e", "--1", "0x10"]) {
      expect(parseQuantity(text), text).to.equal(undefined);
    }
    expect(parseQuantity(Number.NaN)).to.equal(undefined);
  });

  it("keep the order of their numbers in any one unit", () => {
    const unit = fc.constantFrom("m", "", "k", "Ki", "M", "Mi", "G", "Gi");
    fc.assert(
      fc.property(fc.nat(9999), fc.nat(9999), unit, (a, b, u) => {
        const [x, y] = [parseQuantity(`${a}${u}`) ?? -1, parseQuantity(`${b}${u}`) ?? -1];
        expect(Math.sign(x - y)).to.equal(Math.sign(a - b));
      }),
    );
  });
});

describe("heaps", () => {
  it("have the JVM's units", () => {
    expect(parseJvmSize("512m")).to.equal(512 * 2 ** 20);
    expect(parseJvmSize("1G")).to.equal(2 ** 30);
    expect(parseJvmSize("64k")).to.equal(65536);
    expect(parseJvmSize("1t")).to.equal(2 ** 40);
    expect(parseJvmSize(" 1024 ")).to.equal(1024);
    for (const text of ["", "m", "1Gi", "1.5g", "-1m"]) {
      expect(parseJvmSize(text), text).to.equal(undefined);
    }
  });

  it("are set by the last flag, whatever stands around it", () => {
    const flag = fc.constantFrom("-Xms1g", "-ea", "-Dname=-Xmx", "-XX:+UseG1GC", "-XX:MaxRAMPercentage=50");
    fc.assert(
      fc.property(
        fc.array(flag),
        fc.integer({ min: 1, max: 4096 }),
        fc.array(flag),
        (before, size, after) => {
          const flags = [...before, "-Xmx1k", `-Xmx${size}m`, ...after].join(" ");
          expect(heapInFlags(flags)).to.deep.equal({ bytes: size * 2 ** 20 });
        },
      ),
    );
  });

  it("are found as size, share, or not at all", () => {
    expect(heapInFlags("-XX:MaxHeapSize=1g")).to.deep.equal({ bytes: 2 ** 30 });
    expect(heapInFlags('"-Xmx1g"')).to.deep.equal({ bytes: 2 ** 30 });
    expect(heapInFlags("-XX:MaxRAMPercentage=10 -XX:MaxRAMPercentage=75.5")).to.deep.equal({ share: 0.755 });
    for (const flags of ["", "-Xms1g", "-Xmxlarge", "-Xmx1gb", "x-Xmx1g"]) {
      expect(heapInFlags(flags), flags).to.equal(undefined);
    }
    expect(heapInCommand("start-zookeeper --servers=3 --heap=512M --x")).to.deep.equal({ bytes: 2 ** 29 });
    expect(heapInCommand("start --heap 1g")).to.deep.equal({ bytes: 2 ** 30 });
    expect(heapInCommand("start --heap-dump=1g")).to.equal(undefined);
  });
});
