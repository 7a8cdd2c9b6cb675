import { expect } from "chai";

import { overlaps, parseCidr } from "../../../domain/cidr.ts";
import { parseMachineType } from "../../../domain/machine-type.ts";
import { formatBytes, gibibyte, mebibyte } from "../../../domain/quantity.ts";

describe("boundaries", () => {
  it("no block overlaps the one after it, nor the one before it", () => {
    const [low, high] = [parseCidr("10.0.0.0/9"), parseCidr("10.128.0.0/9")];
    if (low === undefined || high === undefined) {
      throw new Error("a block was not read");
    }
    expect([overlaps(low, high), overlaps(high, low)]).to.deep.equal([false, false]);
  });

  it("custom machine types have up to the most memory of a CPU, of the series, and its CPUs", () => {
    for (const [type, cpus, memory] of [
      ["e2-custom-2-16384", 2, 16_384],
      ["n1-custom-2-13312", 2, 13_312],
      ["e2-custom-32-131072", 32, 131_072],
      ["n2-custom-30-30720", 30, 30_720],
      ["n2-custom-32-32768", 32, 32_768],
    ] as const) {
      expect(parseMachineType(type), type).to.deep.include({ cpus, memory: memory * mebibyte });
    }
    for (const type of ["e2-custom-2-16640", "e2-custom-32-131328", "n2-custom-34-34816"]) {
      expect(parseMachineType(type), type).to.equal(undefined);
    }
  });

  it("bytes are shown in gibibytes from one on", () => {
    expect([gibibyte - mebibyte, gibibyte, 1.5 * gibibyte].map(formatBytes)).to.deep.equal([
      "1023Mi",
      "1Gi",
      "1.5Gi",
    ]);
  });
});
