import { expect } from "chai";
import fc from "fast-check";

import { largestHeapShare, parseHeap } from "../../../components/ensemble/heap.ts";
import { checkGke } from "../../../components/gke/check.ts";
import { parseMachineType as machineInProgram } from "../../../domain/machine-type.ts";
import { parseImage as imageInProgram, tagVersion as versionInProgram } from "../../../domain/image.ts";
import { mebibyte, parseQuantity as inProgram } from "../../../domain/quantity.ts";
import { Report } from "../../../components/validation/report.ts";
import { parseMachineType as machineInPack } from "../../../policy/gke/machine-type.ts";
import { parseQuantity as inPack, quantityPattern } from "../../../policy/kubernetes/quantity.ts";
import { gkeCluster } from "../../../policy/rules/gke-cluster.ts";
import { resources } from "../../../policy/rules/resources.ts";
import { parseJvmSize } from "../../../policy/zookeeper/heap.ts";
import { parseImage as imageInPack, tagVersion as versionInPack } from "../../../policy/zookeeper/image.ts";
import { cluster } from "../../fixtures/policy/ensemble.ts";
import { changed, judge } from "../../fixtures/policy/harness.ts";

/**
 * What the program takes, the pack must read in the same way, and the other way round: the two are packages that cannot
 * share a module. Each has its own reader, and these tests hold the two together.
 */
describe("program and pack read the same", () => {
  describe("amounts", () => {
    /** As Kubernetes' own library reads them (k8s.io/apimachinery 0.36, pkg/api/resource). */
    const amounts: readonly (readonly [string, number])[] = [
      ["0", 0],
      ["1", 1],
      ["+1", 1],
      ["1.", 1],
      [".5", 0.5],
      ["+.5", 0.5],
      ["007", 7],
      ["1e9", 1e9],
      ["1E9", 1e9],
      ["1e+03", 1000],
      ["1e-3", 0.001],
      ["1.5e3", 1500],
      ["12E", 12e18],
      ["1E", 1e18],
      ["1Ei", 2 ** 60],
      ["1.Gi", 2 ** 30],
      ["1.5Gi", 1.5 * 2 ** 30],
      [".5Ki", 512],
      ["1Pi", 2 ** 50],
      ["1Ti", 2 ** 40],
      ["1Mi", 2 ** 20],
      ["1P", 1e15],
      ["1T", 1e12],
      ["1G", 1e9],
      ["1M", 1e6],
      ["1k", 1000],
      ["500m", 0.5],
      ["100u", 0.0001],
      ["0.1m", 0.0001],
      ["1n", 1e-9],
      // Rounded up to the smallest amount that there is.
      ["0.1n", 1e-9],
      ["1e-12", 1e-9],
      ["1e-400", 1e-9],
      ["0e-400", 0],
    ];
    for (const [text, amount] of amounts) {
      it(`${text} is ${amount}`, () => {
        expect(inProgram(text)).to.equal(amount);
        expect(inPack(text)).to.equal(amount);
      });
    }

    const none = [
      ...["", " ", ".", "+", "-", ".G", "e3", "1e", "1e+", "1e1.5", "1E+", "1eE", "1Ki3", "1Gi1", "1ii"],
      ...[
        "1i",
        "1mi",
        "1ki",
        "1K",
        "1g",
        "1gi",
        "1Gb",
        "1 Gi",
        " 1",
        "1 ",
        "1\n",
        "--1",
        "+-1",
        "1,5",
        "0x10",
      ],
      ...["1.1.1", "1_000", "٣", "Infinity", "NaN", "1e400", "constructor", "__proto__", "1to", "1in"],
      // Quantities, but no amounts.
      ...["-1", "-1Gi"],
    ];
    for (const text of none) {
      it(`${JSON.stringify(text)} is none`, () => {
        expect(inProgram(text)).to.equal(undefined);
        expect(inPack(text)).to.equal(undefined);
      });
    }

    it("whatever is written, and the schemas of the pack's settings allow the same", () => {
      const digits = fc.stringMatching(/^[0-9]{0,4}$/);
      const suffix = fc.constantFrom(
        ...["", "n", "u", "m", "k", "M", "G", "T", "P", "E"],
        ...["Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "K", "i"],
      );
      const exponent = fc.tuple(fc.constantFrom("e", "E"), fc.constantFrom("", "+", "-"), fc.nat(40));
      const text = fc.oneof(
        fc
          .tuple(
            fc.constantFrom("", "", "+", "-"),
            digits,
            fc.constantFrom("", "."),
            digits,
            fc.oneof(
              suffix,
              exponent.map((parts) => parts.join("")),
            ),
          )
          .map((parts) => parts.join("")),
        fc.stringMatching(/^[0-9.+eEinumkKMGTP -]{0,6}$/),
        fc.string(),
      );
      const seen = { read: 0, refused: 0 };
      const schema = new RegExp(quantityPattern);
      fc.assert(
        fc.property(text, (each) => {
          const amount = inProgram(each);
          expect(inPack(each)).to.equal(amount);
          // No text of this length is beyond all numbers but by its exponent.
          if (!/[eE]\+?\d{3}/.test(each)) {
            expect(schema.test(each)).to.equal(amount !== undefined);
          }
          seen[amount === undefined ? "refused" : "read"] += 1;
        }),
        { numRuns: 3000 },
      );
      expect(seen.read).to.be.above(300);
      expect(seen.refused).to.be.above(300);
    });

    it("numbers are amounts as they are written", () => {
      fc.assert(
        fc.property(fc.double(), (number) => {
          const amount = Number.isFinite(number) && number >= 0 ? number : undefined;
          const expected = amount !== undefined && amount > 0 && amount < 1e-9 ? 1e-9 : amount;
          expect(inPack(number)).to.equal(Object.is(expected, -0) ? 0 : expected);
        }),
      );
    });
  });

  describe("machine types", () => {
    /** CPUs and MiB; a share of a core has CPUs by name in the program, and what lasts of them in the pack. */
    const machines: readonly (readonly [string, number, number])[] = [
      ["c3-standard-4-lssd", 4, 16384],
      ["c3d-highmem-8-lssd", 8, 65536],
      ["c3-standard-192-metal", 192, 786432],
      ["n2-custom-4-16384-ext", 4, 16384],
      ["n2-custom-2-65536-ext", 2, 65536],
      ["custom-2-4096", 2, 4096],
      ["custom-1-1024", 1, 1024],
      ["n1-custom-2-4096", 2, 4096],
      ["e2-custom-2-4096", 2, 4096],
      ["n2-custom-36-36864", 36, 36864],
      ["n4-custom-2-4096", 2, 4096],
      ["n1-standard-1", 1, 3840],
      ["t2a-standard-1", 1, 4096],
      ["e2-standard-32", 32, 131072],
    ];
    for (const [name, cpus, memoryMiB] of machines) {
      it(`${name} has ${cpus} vCPUs and ${memoryMiB} MiB`, () => {
        expect(machineInProgram(name)).to.deep.include({ cpus, memory: memoryMiB * mebibyte });
        expect(machineInPack(name)).to.deep.equal({ cpus, memoryMiB, shared: false });
      });
    }

    const shared: readonly (readonly [string, number])[] = [
      ["e2-micro", 1024],
      ["e2-small", 2048],
      ["e2-medium", 4096],
      ["e2-custom-micro-1024", 1024],
      ["e2-custom-small-2048", 2048],
      ["e2-custom-small-4096", 4096],
      ["e2-custom-medium-8192", 8192],
      ["f1-micro", 614],
      ["g1-small", 1740],
    ];
    for (const [name, memoryMiB] of shared) {
      it(`${name} is a share of a core with ${memoryMiB} MiB`, () => {
        expect(machineInProgram(name)?.memory).to.equal(memoryMiB * mebibyte);
        expect(machineInPack(name)).to.deep.include({ memoryMiB, shared: true });
      });
    }

    const unknown = [
      // Google makes none of this size.
      ...["e2-custom-3-4096", "e2-custom-1-4096", "e2-custom-34-34816", "e2-custom-2-4000", "e2-custom-0-0"],
      ...["e2-custom-2-512", "e2-custom-2-65536", "e2-custom-32-262144", "e2-custom-2-4096-ext"],
      ...[
        "n2-custom-34-34816",
        "n2d-custom-6-8192",
        "n2d-custom-128-131072",
        "custom-3-4096",
        "custom-1-512",
      ],
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
      // What objects of JavaScript have, and what is no name at all.
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
        expect(machineInProgram(name)).to.equal(undefined);
        expect(machineInPack(name)).to.equal(undefined);
      });
    }

    it("whatever is asked for", () => {
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
          const [program, pack] = [machineInProgram(each), machineInPack(each)];
          expect(pack?.memoryMiB).to.equal(program && Math.round(program.memory / mebibyte));
          if (pack?.shared !== true) {
            expect(pack?.cpus).to.equal(program?.cpus);
          }
          seen[program === undefined ? "unknown" : "known"] += 1;
        }),
        { numRuns: 5000 },
      );
      expect(seen.known).to.be.above(50);
      expect(seen.unknown).to.be.above(300);
    });
  });

  describe("image references", () => {
    const sha256 = `sha256:${"0123456789abcdef".repeat(4)}`;
    const sha512 = `sha512:${"0123456789abcdef".repeat(8)}`;

    /** The reference, its registry and path as the reference library normalises them, tag and digest. */
    const images: readonly (readonly [string, string, string, string | undefined, string | undefined])[] = [
      ["zookeeper", "docker.io", "library/zookeeper", undefined, undefined],
      ["index.docker.io/zookeeper", "docker.io", "library/zookeeper", undefined, undefined],
      ["localhost:5000/zookeeper:3.9.5", "localhost:5000", "zookeeper", "3.9.5", undefined],
      ["registry.example:443/a/b:1", "registry.example:443", "a/b", "1", undefined],
      ["zookeeper:5000", "docker.io", "library/zookeeper", "5000", undefined],
      ["[2001:db8::1]:5000/zookeeper:3.9.5", "[2001:db8::1]:5000", "zookeeper", "3.9.5", undefined],
      ["Registry/zookeeper", "Registry", "zookeeper", undefined, undefined],
      ["team/a__b/c---d:_x", "docker.io", "team/a__b/c---d", "_x", undefined],
      [`zookeeper@${sha256}`, "docker.io", "library/zookeeper", undefined, sha256],
      [`gcr.io/p/zookeeper:3.9.5@${sha512}`, "gcr.io", "p/zookeeper", "3.9.5", sha512],
      [`a:${"x".repeat(128)}`, "docker.io", "library/a", "x".repeat(128), undefined],
    ];
    for (const [reference, registry, repository, tag, digest] of images) {
      it(`reads ${reference}`, () => {
        expect(imageInPack(reference)).to.deep.equal({ registry, repository, tag, digest });
        const image = imageInProgram(reference);
        expect(image).to.deep.include({ tag, digest });
        expect(reference.startsWith(image?.repository ?? "?")).to.equal(true);
        expect(image?.repository.endsWith(repository.replace(/^library\//, ""))).to.equal(true);
      });
    }

    const none = [
      ...[
        "",
        " ",
        ":",
        "a b",
        "zookeeper:",
        "zookeeper@",
        "zookeeper:-x",
        "zookeeper:.x",
        "a:b:c",
        "a//b",
        "/a",
        "a/",
      ],
      ...[
        "ZooKeeper",
        "team/ZooKeeper",
        "a..b",
        "a___b",
        "a-",
        "_a",
        "a.b-/c",
        "-a.b/c",
        "a.b:x/c",
        "a.b:/c",
        "[::1/c",
      ],
      ...[
        "zookeeper@sha256:0",
        `zookeeper@${sha256}0`,
        `zookeeper@${sha256.toUpperCase()}`,
        "a@md5:0123456789abcdef",
      ],
      ...["0".repeat(64), "a".repeat(256), `a:${"x".repeat(129)}`, "zookeeper:3.9.5\n", "https://a.b/c"],
    ];
    for (const text of none) {
      it(`takes ${JSON.stringify(text)} for none`, () => {
        expect(imageInPack(text)).to.equal(undefined);
        expect(imageInProgram(text)).to.equal(undefined);
      });
    }

    const versions: Readonly<Record<string, readonly [number, number, number] | undefined>> = {
      "3.9.5": [3, 9, 5],
      "v3.9.5": [3, 9, 5],
      "3.9.5-jre-17": [3, 9, 5],
      "3.10.0_1": [3, 10, 0],
      // Another product's, which has ZooKeeper's behind it.
      "1.0-3.4.10": undefined,
      "kafka-3.9.5": undefined,
      // Not ZooKeeper's: its versions have three numbers.
      "3.4.6.2": undefined,
      "3.4.6.2.6.5": undefined,
      "3.9": undefined,
      "3.9.x": undefined,
      "1-3.9.5": undefined,
      latest: undefined,
      "20240131": undefined,
    };
    for (const [tag, version] of Object.entries(versions)) {
      it(`takes tag ${tag} for version ${version?.join(".") ?? "unknown"}`, () => {
        expect(versionInProgram(tag)).to.deep.equal(version);
        expect(versionInPack(tag)).to.deep.equal(version);
      });
    }

    it("whatever is written", () => {
      const part = fc.oneof(
        fc.constantFrom("zookeeper", "my-zk", "a.b", "a__b", "a---b", "a_b", "A"),
        fc.stringMatching(/^[ab0A._:@/-]{0,4}$/),
      );
      const registry = fc.constantFrom(
        "",
        "",
        "gcr.io/",
        "localhost:5000/",
        "localhost/",
        "[::1]:80/",
        "a.b:x/",
        "Foo/",
      );
      const version = fc
        .tuple(
          fc.constantFrom("", "v", "1.0-"),
          fc.nat(12),
          fc.nat(12),
          fc.nat(12),
          fc.constantFrom("", ".1", "-jre"),
        )
        .map(([before, a, b, c, after]) => `${before}${a}.${b}.${c}${after}`);
      const tag = fc.oneof(
        fc.constant(""),
        version.map((each) => `:${each}`),
        part.map((each) => `:${each}`),
      );
      const digest = fc.constantFrom("", "", `@${sha256}`, `@${sha512}`, `@${sha256}0`, "@");
      const text = fc.oneof(
        fc
          .tuple(registry, fc.array(part, { minLength: 1, maxLength: 3 }), tag, digest)
          .map(([host, path, a, b]) => `${host}${path.join("/")}${a}${b}`),
        fc.string(),
      );
      const seen = { read: 0, refused: 0 };
      fc.assert(
        fc.property(text, (each) => {
          const [program, pack] = [imageInProgram(each), imageInPack(each)];
          expect(pack && [pack.tag, pack.digest]).to.deep.equal(program && [program.tag, program.digest]);
          const version = program?.tag === undefined ? undefined : versionInProgram(program.tag);
          expect(pack?.tag === undefined ? undefined : versionInPack(pack.tag)).to.deep.equal(version);
          seen[program === undefined ? "refused" : "read"] += 1;
        }),
        { numRuns: 3000 },
      );
      expect(seen.read).to.be.above(100);
      expect(seen.refused).to.be.above(100);
    });
  });

  describe("heaps", () => {
    const sizes = [
      "512m",
      "512M",
      "1g",
      "1G",
      "2048k",
      "1048576K",
      "1t",
      "1T",
      "1073741824",
      "0m",
      "1m",
      "007g",
    ];
    for (const size of sizes) {
      it(`${size} has as many mebibytes`, () => {
        expect(parseHeap(size)).to.equal(Math.floor((parseJvmSize(size) ?? NaN) / mebibyte));
      });
    }

    for (const text of ["", "m", "1.5g", "-1m", "1gb", "1 g", "g1", "1kk", "constructor", "1constructor"]) {
      it(`${JSON.stringify(text)} has none`, () => {
        expect(parseHeap(text)).to.equal(undefined);
        expect(parseJvmSize(text)).to.equal(undefined);
      });
    }

    it("whatever Java takes", () => {
      fc.assert(
        fc.property(
          fc.nat(),
          fc.constantFrom("", "k", "m", "g", "t", "K", "M", "G", "T"),
          (digits, letter) => {
            const bytes = parseJvmSize(`${digits}${letter}`) ?? NaN;
            expect(parseHeap(`${digits}${letter}`)).to.equal(Math.floor(bytes / mebibyte));
          },
        ),
      );
    });

    it("the largest one is the same share of the memory", () => {
      const { default: percent } = resources.configSchema?.properties["maximumHeapPercent"] ?? {};
      expect(percent).to.equal(largestHeapShare * 100);
    });
  });

  describe("authorised networks", () => {
    const refusedByProgram = (authorizedNetworks: string[]): boolean => {
      const report = new Report();
      checkGke({ authorizedNetworks, allowAnyNetwork: false }, report);
      return report.faults.length > 0;
    };
    const refusedByPack = (blocks: string[]): boolean => {
      const config = { cidrBlocks: blocks.map((cidrBlock) => ({ cidrBlock })) };
      return (
        judge(gkeCluster, [changed(cluster, ["masterAuthorizedNetworksConfig"], config)]).violations.length >
        0
      );
    };

    it("of any blocks are as open to both", () => {
      const block = fc
        .tuple(
          fc.nat(2 ** 32 - 1),
          fc.oneof(fc.integer({ min: 0, max: 32 }), fc.integer({ min: 7, max: 12 })),
        )
        .map(([address, prefix]) => {
          const first = address - (address % 2 ** (32 - prefix));
          return `${[24, 16, 8, 0].map((bits) => Math.floor(first / 2 ** bits) % 256).join(".")}/${prefix}`;
        });
      const seen = { refused: 0, accepted: 0 };
      fc.assert(
        fc.property(fc.array(block, { maxLength: 5 }), (blocks) => {
          const refused = refusedByProgram(blocks);
          expect(refusedByPack(blocks)).to.equal(refused);
          seen[refused ? "refused" : "accepted"] += 1;
        }),
        { numRuns: 1000 },
      );
      expect(seen.refused).to.be.above(50);
      expect(seen.accepted).to.be.above(50);
    });

    it("that are no blocks are refused by both", () => {
      for (const text of [
        "",
        "all",
        "192.0.2.0",
        "192.0.2.0/33",
        "256.0.0.0/8",
        "1.2.3/8",
        "01.0.0.0/8",
        "1.0.0.0/8 ",
      ]) {
        expect(refusedByProgram([text]), text).to.equal(true);
        expect(refusedByPack([text]), text).to.equal(true);
      }
    });
  });
});
