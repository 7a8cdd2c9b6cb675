import { images } from "../../../policy/rules/images.ts";
import { containerPath, podPath, statefulSet } from "../../fixtures/policy/ensemble.ts";
import { unknownValue } from "../../fixtures/policy/harness.ts";
import { rows } from "../table.ts";

const image = [...containerPath, "image"];
const digest = `sha256:${"0123456789abcdef".repeat(4)}`;
const pinned = /Required: an image pinned by digest or by an exact version/;
const version = /Required: ZooKeeper 3.9.5 or later.*ZOOKEEPER-4925.*CVE-2026-24308/;
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
    ["refuses latest", [pinned, version], [[image, "zookeeper:latest"]]],
    ["refuses no tag", [pinned, version], [[image, "zookeeper"]]],
    ["refuses a moving version", [pinned, version], [[image, "zookeeper:3.9"]]],
    ["takes a port for no tag", [pinned, registry, version], [[image, "example.com:5000/zookeeper"]]],
    ["reads the tag behind a port", registry, [[image, "example.com:5000/zookeeper:3.9.5"]]],
    ["refuses a missing image", /image: missing\s+Required: an image pinned/, [[image, undefined]]],
    ["refuses an empty image", [pinned, version], [[image, ""]]],
    ["refuses an old version", version, [[image, "zookeeper:3.9.4"]]],
    ["refuses an old minor version", version, [[image, "zookeeper:3.8.6"]]],
    [
      "finds the version of the tutorial's image",
      version,
      [[image, "registry.k8s.io/kubernetes-zookeeper:1.0-3.4.10"]],
    ],
    [
      "takes no other product's version for ZooKeeper's",
      version,
      [[image, "registry.k8s.io/kubernetes-zookeeper:1.0-3.9.5"]],
    ],
    [
      "takes settings: what ZooKeeper such an image holds",
      "nothing",
      [[image, "registry.k8s.io/kubernetes-zookeeper:1.0-3.9.5"]],
      { config: { versions: { "registry.k8s.io/kubernetes-zookeeper:1.0-3.9.5": "3.9.5" } } },
    ],
    ["refuses four numbers, which are no version of ZooKeeper", version, [[image, "zookeeper:3.9.5.7"]]],
    ["refuses what is no reference", [pinned, version], [[image, "zookeeper:3.9.5@sha256:0"]]],
    ["refuses a digest alone, which says no version", version, [[image, `zookeeper@${digest}`]]],
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
    ["takes settings: the floor", /ZooKeeper 3.9.9 or later/, [], { config: { minimumVersion: "3.9.9" } }],
    ["refuses other registries", registry, [[image, "quay.io/example/zookeeper:3.9.5"]]],
    ["refuses other paths of Docker Hub", registry, [[image, "bitnami/zookeeper:3.9.5"]]],
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
    ["refuses another type", /image = 3.9 \(wrong type\)/, [[image, 3.9]]],
    ["leaves an unknown image open", "open", [[image, unknownValue]]],
    ["judges sidecars, but not their version", "nothing", [sidecar("docker.io/library/envoy:1.0.0")]],
    [
      "refuses moving sidecars",
      /initContainers\[0\].image = "docker.io\/library\/envoy"\s+Required: an image pinned/,
      [sidecar("docker.io/library/envoy")],
    ],
    ["judges init containers", pinned, [sidecar("busybox:stable", {})]],
    ["judges ZooKeeper's version in init containers", version, [sidecar("zookeeper:3.9.1", {})]],
    [
      "judges the server's version whatever it is called",
      version,
      [[image, "docker.io/library/server:1.2.3"]],
    ],
    ["judges one container beside an unknown", pinned, [[image, unknownValue], sidecar("envoy:latest")]],
  ]);
});
