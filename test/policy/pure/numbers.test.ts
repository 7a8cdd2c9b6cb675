import { expect } from "chai";
import fc from "fast-check";

import { zonesOf } from "../../../policy/gke/zones.ts";
import { leftByMaxUnavailable, leftByMinAvailable, scaled } from "../../../policy/kubernetes/disruption.ts";
import { heapInCommand, heapInFlags } from "../../../policy/zookeeper/heap.ts";

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
});

describe("locations", () => {
  it("a zone is one zone and a region three", () => {
    expect(zonesOf("europe-west1-b")).to.equal(1);
    expect(zonesOf("northamerica-northeast1-a")).to.equal(1);
    expect(zonesOf("europe-west1")).to.equal(3);
  });
});

describe("heaps", () => {
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
