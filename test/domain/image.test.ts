import { expect } from "chai";
import fc from "fast-check";

import { imageName, isBefore, parseImage, tagVersion } from "../../domain/image.ts";

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
      expect(parseImage(reference)).to.deep.equal({ registry, repository, tag, digest });
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
      expect(parseImage(text)).to.equal(undefined);
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
      expect(tagVersion(tag)).to.deep.equal(version);
    });
  }

  it("may have a name of 255 characters", () => {
    const longest = `a.example/${"a".repeat(245)}`;
    expect(parseImage(longest)).to.include({ registry: "a.example" });
    expect(parseImage(`${longest}a`)).to.equal(undefined);
  });

  it("mean the same with their defaults written out", () => {
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
    const reference = fc.oneof(
      fc
        .tuple(registry, fc.array(part, { minLength: 1, maxLength: 3 }), tag, digest)
        .map(([host, path, a, b]) => `${host}${path.join("/")}${a}${b}`),
      fc.string(),
    );
    const seen = { read: 0, rejected: 0 };
    fc.assert(
      fc.property(reference, (each) => {
        const image = parseImage(each);
        seen[image === undefined ? "rejected" : "read"] += 1;
        if (image === undefined) {
          return;
        }
        const { registry, repository, tag, digest } = image;
        const whole = `${registry}/${repository}${tag === undefined ? "" : `:${tag}`}`;
        const full = digest === undefined ? whole : `${whole}@${digest}`;
        // The longest name has no room for the defaults.
        if (`${registry}/${repository}`.length <= 255) {
          expect(parseImage(full)).to.deep.equal(image);
        }
        expect(imageName(full)).to.equal(imageName(each));
      }),
      { numRuns: 3000 },
    );
    expect(seen.read).to.be.above(100);
    expect(seen.rejected).to.be.above(100);
  });

  it("have versions in order", () => {
    const version = fc.tuple(fc.nat(20), fc.nat(20), fc.nat(20));
    fc.assert(
      fc.property(version, version, (a, b) => {
        const order = (a[0] - b[0]) * 1e4 + (a[1] - b[1]) * 1e2 + (a[2] - b[2]);
        expect(isBefore(a, b)).to.equal(order < 0);
        expect(isBefore(a, a)).to.equal(false);
      }),
    );
  });
});
