import { expect } from "chai";

import { images } from "../../../policy/rules/images.ts";
import { containerPath, podPath, statefulSet } from "../../fixtures/policy/ensemble.ts";
import { unknownValue, validate } from "../../fixtures/policy/harness.ts";
import { rows, type Row } from "../table.ts";

const image = [...containerPath, "image"];
const digest = `sha256:${"0123456789abcdef".repeat(4)}`;
const pinned = /Required: an image pinned by digest or by an exact version/;
const version =
  /Required: ZooKeeper 3.9.5 or later, or 3.8.6 or later of 3.8 \(.*ZOOKEEPER-4925.*CVE-2026-24308/;
const asks =
  /Required: ZooKeeper 3.9.5 or later, or 3.8.6 or later of 3.8; the image does not say.*\n.*setting versions/;
const endOfLife =
  /Required: ZooKeeper 3.9.5 or later, or 3.8.6 or later of 3.8 \(3\.\d is at its end of life, and gets no fixes\)/;
const registry = /Required: an image from docker.io\/library/;
const sidecar = (reference: unknown, rest: object = { restartPolicy: "Always" }) =>
  [[...podPath, "initContainers"], [{ name: "side", image: reference, ...rest }]] as const;

describe("images", () => {
  rows(images, [statefulSet], statefulSet, [
    ["accepts an exact version", "nothing", []],
    ["accepts a suffix", "nothing", [[image, "zookeeper:3.9.5-jre-17"]]],
    ["accepts a version with its digest", "nothing", [[image, `zookeeper:3.9.5@${digest}`]]],
    ["accepts later versions", "nothing", [[image, "zookeeper:3.10.0"]]],
    ["accepts the next major version", "nothing", [[image, "zookeeper:4.0.0"]]],
    ["rejects latest", [pinned, asks], [[image, "zookeeper:latest"]]],
    ["rejects no tag", [pinned, asks], [[image, "zookeeper"]]],
    ["rejects a moving version", [pinned, asks], [[image, "zookeeper:3.9"]]],
    ["takes a port for no tag", [pinned, registry, asks], [[image, "example.com:5000/zookeeper"]]],
    ["reads the tag behind a port", registry, [[image, "example.com:5000/zookeeper:3.9.5"]]],
    [
      "says that a tag is no full version",
      [pinned, /\(its tag is not a full version of ZooKeeper\)\.\s+Fix: use a tag that is one of these/],
      [[image, "zookeeper:3.9"]],
    ],
    [
      "says that the tags of other images are no versions of ZooKeeper",
      [registry, /\(only the tags of images called zookeeper do\)\.\s+Fix: give its ZooKeeper version/],
      [[image, "solsson/kafka:2.5.1"]],
    ],
    ["rejects a missing image", /image: missing\s+Required: an image pinned/, [[image, undefined]]],
    ["rejects an empty image", [pinned, asks], [[image, ""]]],
    ["rejects an old version", version, [[image, "zookeeper:3.9.4"]]],
    [
      "rejects an old minor version",
      /\(CVE-2026-24308 and CVE-2026-24281 are fixed in 3.8.6\)/,
      [[image, "zookeeper:3.8.5"]],
    ],
    ["accepts the fixed release of an older line", "nothing", [[image, "zookeeper:3.8.6"]]],
    ["accepts what follows in an older line", "nothing", [[image, "zookeeper:3.8.10"]]],
    ["rejects a line at its end of life", endOfLife, [[image, "zookeeper:3.7.2"]]],
    ["accepts a later line", "nothing", [[image, "zookeeper:3.10.1"]]],
    ["asks for the version of what is later than any", asks, [[image, "zookeeper:5.0.0"]]],
    ["asks for the version of an operator's image", [registry, asks], [[image, "pravega/zookeeper:0.2.15"]]],
    [
      "asks for the version of Confluent's image",
      [registry, asks],
      [[image, "confluentinc/cp-zookeeper:7.3.1"]],
    ],
    [
      "asks for the version of a mirror of Confluent's image",
      asks,
      [[image, "gcr.io/mirror/cp-zookeeper:7.3.1"]],
    ],
    ["asks for the version of Pulsar's image", [registry, asks], [[image, "apachepulsar/pulsar-all:4.0.12"]]],
    ["asks for the version of Kafka's image", [registry, asks], [[image, "solsson/kafka:2.5.1"]]],
    [
      "asks for the version of Kafka's image that looks like ZooKeeper's",
      asks,
      [[image, "docker.io/library/kafka:3.9.5"]],
    ],
    ["asks for the version of an image of a longer name", asks, [[image, "gcr.io/p/my-zookeeper:3.9.5"]]],
    [
      "rejects by the name of old versions of the tutorial's image only",
      endOfLife,
      [[image, "registry.k8s.io/kubernetes-zookeeper:1.0-3.4.10"]],
    ],
    [
      "asks for the version of other tags of the tutorial's image",
      asks,
      [[image, "registry.k8s.io/kubernetes-zookeeper:1.0.0-3.4.10"]],
    ],
    [
      "takes no other product's version for ZooKeeper's",
      asks,
      [[image, "registry.k8s.io/kubernetes-zookeeper:1.0-3.9.5"]],
    ],
    [
      "takes settings: what ZooKeeper such an image holds",
      "nothing",
      [[image, "registry.k8s.io/kubernetes-zookeeper:1.0-3.9.5"]],
      { config: { versions: { "registry.k8s.io/kubernetes-zookeeper:1.0-3.9.5": "3.9.5" } } },
    ],
    ["rejects four numbers, which are no version of ZooKeeper", asks, [[image, "zookeeper:3.9.5.7"]]],
    ["rejects what is no reference", [pinned, asks], [[image, "zookeeper:3.9.5@sha256:0"]]],
    [
      "finds no version of what is no reference in the settings",
      [pinned, asks],
      [[image, "zookeeper:3.9.5@sha256:0"]],
      { config: { versions: { zookeeper: "3.9.5" } } },
    ],
    ["rejects a digest alone, which says no version", asks, [[image, `zookeeper@${digest}`]]],
    [
      "takes settings: versions of images",
      "nothing",
      [[image, `zookeeper@${digest}`]],
      { config: { versions: { [`zookeeper@${digest}`]: "3.9.5" } } },
    ],
    [
      "takes settings: versions that are too old",
      version,
      [[image, `zookeeper@${digest}`]],
      { config: { versions: { [`zookeeper@${digest}`]: "3.9.3" } } },
    ],
    ["takes settings: the floor", /ZooKeeper 3.9.9 or later \(/, [], { config: { minimumVersion: "3.9.9" } }],
    [
      "takes settings: one floor for all lines",
      /ZooKeeper 3.9.5 or later \(CVE/,
      [[image, "zookeeper:3.8.6"]],
      { config: { minimumVersion: "3.9.5" } },
    ],
    [
      "takes settings: floors of lines",
      /ZooKeeper 3.10.1 or later, or 3.9.6 or later of 3.9 \(/,
      [],
      { config: { minimumVersions: ["3.9.6", "3.10.1"] } },
    ],
    [
      "takes settings: floors of lines, above a gap",
      "nothing",
      [[image, "zookeeper:3.11.0"]],
      { config: { minimumVersions: ["3.10.1", "3.9.6"] } },
    ],
    [
      "takes settings: two floors of one line",
      /ZooKeeper 3.9.6/,
      [],
      { config: { minimumVersions: ["3.9.1", "3.9.6"] } },
    ],
    [
      "takes settings: a line between the floors",
      /ZooKeeper 3.10.1 or later, or/,
      [],
      { config: { minimumVersions: ["3.8.6", "3.10.1"] } },
    ],
    [
      "takes settings: no floor for what shows no version",
      "nothing",
      [[image, "docker.io/library/kafka:3.9.5"]],
      { config: { minimumVersions: [] } },
    ],
    [
      "takes settings: no floor",
      "nothing",
      [[image, "zookeeper:3.4.14"]],
      { config: { minimumVersions: [] } },
    ],
    ...[
      ["zookeeper", "docker.io/library/zookeeper:stable-1.2.3"],
      ["docker.io/zookeeper", "zookeeper:stable-1.2.3"],
      ["library/zookeeper:stable-1.2.3", "zookeeper:stable-1.2.3"],
      ["zookeeper:stable-1.2.3", `index.docker.io/library/zookeeper:stable-1.2.3@${digest}`],
      [`docker.io/library/zookeeper@${digest}`, `zookeeper:stable-1.2.3@${digest}`],
      [`zookeeper:stable-1.2.3@${digest}`, "zookeeper:stable-1.2.3"],
    ].map(([key = "", reference]): Row => [
      `takes settings: ${key.slice(0, 50)} for ${String(reference).slice(0, 60)}`,
      "nothing",
      [[image, reference]],
      { config: { versions: { [key]: "3.9.5" } } },
    ]),
    ...[
      ["other/zookeeper", "zookeeper:stable-1.2.3"],
      ["gcr.io/library/zookeeper", "zookeeper:stable-1.2.3"],
      ["zookeeper:stable-1.2.4", "zookeeper:stable-1.2.3"],
      [`zookeeper@sha256:${"0".repeat(64)}`, `zookeeper:stable-1.2.3@${digest}`],
      [`zookeeper:stable-1.2.3@sha256:${"0".repeat(64)}`, `zookeeper:stable-1.2.3@${digest}`],
      [`zookeeper@${digest}`, "zookeeper:stable-1.2.3"],
      ["Not An Image", "zookeeper:stable-1.2.3"],
    ].map(([key = "", reference]): Row => [
      `takes settings: not ${key.slice(0, 50)} for ${String(reference).slice(0, 60)}`,
      asks,
      [[image, reference]],
      { config: { versions: { [key]: "3.9.5" } } },
    ]),
    [
      "takes settings: the closest spelling",
      "nothing",
      [[image, `zookeeper:stable-1.2.3@${digest}`]],
      {
        config: {
          versions: {
            zookeeper: "3.4.14",
            "library/zookeeper:stable-1.2.3": "3.5.0",
            [`library/zookeeper@${digest}`]: "3.9.5",
          },
        },
      },
    ],
    [
      "takes settings: the tag rather than the name",
      "nothing",
      [[image, "zookeeper:stable-1.2.3"]],
      { config: { versions: { zookeeper: "3.4.14", "library/zookeeper:stable-1.2.3": "3.9.5" } } },
    ],
    ["takes settings: what is no version", asks, [], { config: { versions: { zookeeper: "3.9" } } }],
    ["takes settings: over the tag", endOfLife, [], { config: { versions: { zookeeper: "3.4.14" } } }],
    ["rejects other registries", registry, [[image, "quay.io/example/zookeeper:3.9.5"]]],
    ["rejects other paths of Docker Hub", registry, [[image, "bitnami/zookeeper:3.9.5"]]],
    ["accepts Artifact Registry", "nothing", [[image, "europe-docker.pkg.dev/project/zookeeper:3.9.5"]]],
    [
      "takes settings: registries",
      "nothing",
      [[image, "quay.io/example/zookeeper:3.9.5"]],
      { config: { allowedRegistries: ["quay.io/example"] } },
    ],
    [
      "keeps to the path of the settings",
      /from quay.io\/exam\./,
      [[image, "quay.io/example/zookeeper:3.9.5"]],
      { config: { allowedRegistries: ["quay.io/exam"] } },
    ],
    ["rejects another type", /image = 3.9 \(wrong type\)/, [[image, 3.9]]],
    ["leaves an unknown image open", "open", [[image, unknownValue]]],
    ["validates sidecars, but not their version", "nothing", [sidecar("docker.io/library/envoy:1.0.0")]],
    [
      "rejects moving sidecars",
      /initContainers\[0\].image = "docker.io\/library\/envoy"\s+Required: an image pinned/,
      [sidecar("docker.io/library/envoy")],
    ],
    ["validates init containers", pinned, [sidecar("busybox:stable", {})]],
    ["validates ZooKeeper's version in init containers", version, [sidecar("zookeeper:3.9.1", {})]],
    [
      "validates the server's version whatever it is called",
      asks,
      [[image, "docker.io/library/server:1.2.3"]],
    ],
    ["validates one container beside an unknown", pinned, [[image, unknownValue], sidecar("envoy:latest")]],
  ]);

  it("takes no floors that are no versions", () => {
    for (const config of [
      { minimumVersions: ["3.9.5", "3.9"] },
      { minimumVersions: [3] },
      { minimumVersions: "3.9.5" },
      { minimumVersion: "3.9" },
    ]) {
      expect(() => validate(images, [statefulSet], { config })).to.throw("setting minimumVersion");
    }
  });
});
