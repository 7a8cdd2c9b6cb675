import { expect } from "chai";

import { parseAnyCidr } from "../../domain/cidr.ts";
import { parseJvmSize } from "../../domain/heap.ts";
import { parseImage, tagVersion } from "../../domain/image.ts";
import { parseMachineType } from "../../domain/machine-type.ts";
import { parseQuantity } from "../../domain/quantity.ts";
import { parseZooCfg } from "../../domain/zoo-cfg.ts";
import { sizeOf } from "../../policy/gke/machine-size.ts";
import { zonesOf } from "../../policy/gke/zones.ts";
import { scaled } from "../../policy/kubernetes/disruption.ts";
import { parseType } from "../../policy/kubernetes/object.ts";
import { workloadsOf } from "../../policy/kubernetes/workload.ts";
import { policies } from "../../policy/policies.ts";
import { Field, items } from "../../policy/reading/field.ts";
import { stackOf } from "../../policy/reading/urn.ts";
import { backupCopies } from "../../policy/rules/backup-copies.ts";
import { whatStarts } from "../../policy/zookeeper/command.ts";
import * as configuration from "../../policy/zookeeper/configuration.ts";
import { dataDirectories } from "../../policy/zookeeper/data-directories.ts";
import { heapInCommand, heapInFlags, hidesHeap } from "../../policy/zookeeper/heap.ts";
import * as image from "../../policy/zookeeper/image.ts";
import { namesZooKeeper } from "../../policy/zookeeper/ports.ts";
import { isZooKeeperImage, mayBeZooKeeperImage } from "../../policy/zookeeper/server-image.ts";
import { environmentOf, expandInShell } from "../../policy/zookeeper/variables.ts";
import { healthOf } from "../../policy/zookeeper/health.ts";
import { optionsOf } from "../../policy/zookeeper/options.ts";
import { secretsInFile } from "../../policy/zookeeper/secrets.ts";
import { mountFor } from "../../policy/zookeeper/volumes.ts";
import {
  backupCronJob,
  cluster,
  configMap,
  containerPath,
  environment,
  statefulSet,
} from "../fixtures/policy/ensemble.ts";
import { changed, validate, type Registered } from "../fixtures/policy/harness.ts";

/** A mebibyte: what takes quadratic time for it takes a quarter of an hour. */
const mebibyte = 2 ** 20;

/** Of many texts, a quarter of that each: still a minute for each of them. */
const size = mebibyte / 4;

const repeated = (part: string, length = size): string => part.repeat(Math.ceil(length / part.length));

/** Texts on which expressions and readers go back and forth, if they do. */
const texts: Readonly<Record<string, string>> = Object.fromEntries([
  ...[
    "1",
    "a",
    " ",
    "\t",
    "\n",
    "\r",
    "/",
    ".",
    "-",
    "_",
    ",",
    ";",
    ":",
    "=",
    "0.",
    "a1",
    "1.",
    "a.",
    "A-",
  ].flatMap((part) => [
    [part, repeated(part)],
    [`${part}… and another end`, `${repeated(part)}!`],
    [`another beginning and ${part}…`, `a=${repeated(part)}\u2028!`],
  ]),
  ...[
    "server.1=a ",
    "-Xmx1 ",
    "-Xmx",
    "--heap=",
    "--servers ",
    "--data_dir=",
    "-XX:MaxRAMPercentage=1",
    "zk",
  ].map((part) => [part, repeated(part)]),
  ...["ZOO_DATA_DIR=", 'ZOO_DATA_DIR="', "'ZOO_DATA_DIR='", "start-foreground ", "start-foreground a/."].map(
    (part) => [part, repeated(part)],
  ),
  ...["-Xmx", "--heap=", "--servers=", "--data_dir=", "-XX:MaxRAMPercentage=", "--servers"].flatMap(
    (part) => [
      [`${part}1…`, `${part}${repeated("1")}x`],
      [`${part} …`, `${part}${repeated(" ")}x`],
    ],
  ),
  ...[
    "(",
    ")",
    "$(",
    "$((",
    "((",
    "${",
    "{",
    "}",
    "`",
    "'",
    '"',
    "\\",
    "$",
    "$@",
    '"$@" ',
    "#",
    "<<A\n",
    "<(",
    "|",
    "&",
  ].map((part) => [part, repeated(part)]),
  ...[
    "case a in ",
    "a) ",
    "esac ",
    "[[ ",
    "<<< ",
    "[[ $( ",
    "-----BEGIN ",
    "PRIVATE KEY",
    "user_a",
    "password ",
    'password="',
    "-Dpassword",
    "x=( ",
    "f() ",
    "for x ",
    "if ",
    "nice ",
    "sh -c ",
    "find -exec a ",
    "`a;",
    "trap ",
    "https://a.",
    "https://a@",
    "s3://",
    "bucket",
    "export a",
  ].map((part) => [part, repeated(part)]),
]) as Readonly<Record<string, string>>;

const backupPod = ["spec", "jobTemplate", "spec", "template", "spec"];

/** The directories of the server whose container has the property. */
function directoriesWith(path: readonly (string | number)[], value: unknown): unknown {
  const bare = changed(statefulSet, [...containerPath, "volumeMounts"], []);
  const resource = { ...changed(bare, [...containerPath, ...path], value), urn: "", defaultNamespace: "" };
  const [workload] = workloadsOf({ ...resource, root: new Field(resource.props) });
  const [container] = items(workload?.pod.at("containers") ?? new Field(undefined));
  return (
    workload && container && dataDirectories({ workload, pod: workload.pod, container }, () => undefined)
  );
}

const readers: Readonly<Record<string, (text: string) => unknown>> = {
  "dataDirectories of a command": (text) => directoriesWith(["command"], ["sh", "-c", text]),
  "dataDirectories of arguments": (text) => directoriesWith(["args"], [text]),
  "dataDirectories of extra lines": (text) =>
    directoriesWith(["env"], [{ name: "ZOO_CFG_EXTRA", value: text }]),
  parseQuantity,
  parseMachineType,
  sizeOf,
  "sizeOf an accelerator": (text) => sizeOf(`a2-${text}`),
  parseAnyCidr,
  "parseAnyCidr with a prefix": (text) => parseAnyCidr(`${text}/8`),
  parseType,
  "parseType of a kind": (text) => parseType(`kubernetes:apps/v1:A${text}`),
  scaled: (text) => scaled(text, 3),
  "scaled percent": (text) => scaled(`${text}%`, 3),
  zonesOf,
  stackOf: (text) => stackOf(`urn:pulumi:${text}`),
  parseZooCfg,
  serversInZooCfg: configuration.serversInZooCfg,
  serversInList: configuration.serversInList,
  serversInCommand: configuration.serversInCommand,
  pathsInCommand: configuration.pathsInCommand,
  pathsInZooCfg: configuration.pathsInZooCfg,
  hostsInCommand: configuration.hostsInCommand,
  heapInFlags,
  heapInCommand,
  hidesHeap,
  "environmentOf a variable": (text) =>
    environmentOf(
      new Field({
        env: [
          { name: "A", value: text },
          { name: "B", value: text.replaceAll("$", "$(A)") },
        ],
      }),
      new Field({}),
    ),
  expandInShell: (text) =>
    expandInShell(text, new Map([["A", { state: "known", place: "env", text: "$(A)" }]])),
  isZooKeeperImage,
  mayBeZooKeeperImage,
  "isZooKeeperImage with a maker": (text) => isZooKeeperImage(`cp${text}zookeeper`),
  parseJvmSize,
  parseImage,
  "parseImage with a tag": (text) => parseImage(`zookeeper:${text}`),
  "parseImage with a registry": (text) => parseImage(`${text}/zookeeper`),
  isExactTag: image.isExactTag,
  tagVersion,
  "tagVersion of a version": (text) => tagVersion(`1.1.${text}`),
  parseVersion: image.parseVersion,
  "isFrom a place": (text) =>
    image.isFrom({ registry: "a", repository: "b", tag: undefined, digest: undefined }, [text]),
  namesZooKeeper,
  mountFor: (text) => mountFor(new Field({ volumeMounts: [{ name: "a", mountPath: text }] }), text),
  "healthOf a script": (text) =>
    healthOf(new Field({}), new Field({ exec: { command: ["sh", "-c", text] } })),
  "healthOf many words": (text) => healthOf(new Field({}), new Field({ exec: { command: text.split(" ") } })),
  "healthOf a path": (text) => healthOf(new Field({}), new Field({ httpGet: { path: text } })),
  secretsInFile,
  optionsOf: (text) =>
    optionsOf(new Field({ args: [text] }), { sources: [{ place: "a", key: "zoo.cfg", text }], open: [] }),
  "backup-copies of a command": (text) =>
    validate(
      backupCopies,
      [statefulSet, changed(backupCronJob, [...backupPod, "containers", 0, "args"], [text])],
      {
        stack: "prod",
      },
    ),
  "backup-copies of a script": (text) =>
    validate(
      backupCopies,
      [
        statefulSet,
        changed(
          backupCronJob,
          [...backupPod, "volumes"],
          [{ name: "scripts", configMap: { name: "zk-config" } }],
        ),
        changed(configMap, ["data"], { "back-up": text }),
      ],
      { stack: "prod" },
    ),
  "secretsInFile of a login module": (text) => secretsInFile(`LoginModule ${text}`),
  "whatStarts with a script": (text) => whatStarts(["sh", "-c", text]),
  "whatStarts with a word": (text) => whatStarts([text]),
  "whatStarts with many words": (text) => whatStarts(text.split(" ")),
};

/** The paths of all texts in the value. */
function* textsIn(value: unknown, path: readonly (string | number)[] = []): Generator<typeof path> {
  if (typeof value === "string") {
    yield path;
  } else if (typeof value === "object" && value !== null) {
    for (const [key, element] of Object.entries(value)) {
      yield* textsIn(element, [...path, Array.isArray(value) ? Number(key) : key]);
    }
  }
}

// What is measured is that they finish: those of which the time grows with the square would take the runner's patience.
describe("long values", () => {
  it("of a mebibyte are read where they were not", () => {
    expect(parseQuantity(repeated("1", mebibyte))).to.equal(undefined);
    expect(parseQuantity(`${repeated("1", mebibyte)}x`)).to.equal(undefined);
    expect(parseZooCfg(`a=b${repeated(" ", mebibyte)}c`).size).to.equal(1);
    expect(parseZooCfg(`a${repeated(" ", mebibyte)}b`).get("a")).to.equal("b");
    expect(
      mountFor(new Field({ volumeMounts: [{ mountPath: `${repeated("/", mebibyte)}a` }] }), "/a"),
    ).to.equal(undefined);
    expect(whatStarts(["sh", "-c", `${repeated("sleep 1;", mebibyte)} zkServer.sh start`])).to.equal(
      "server",
    );
  });

  for (const [name, read] of Object.entries(readers)) {
    it(`are read by ${name}`, () => {
      for (const text of Object.values(texts)) {
        read(text);
      }
    });
  }

  it("are validated by every policy", () => {
    const places: readonly (readonly [Registered, readonly (string | number)[]])[] = [
      [statefulSet, [...containerPath, "image"]],
      [statefulSet, [...containerPath, "resources", "limits", "memory"]],
      [statefulSet, [...containerPath, "env", 0, "value"]],
      [statefulSet, [...containerPath, "volumeMounts", 0, "mountPath"]],
      [statefulSet, [...containerPath, "command"]],
      [configMap, ["data", "zoo.cfg"]],
      [cluster, ["masterAuthorizedNetworksConfig"]],
    ];
    for (const [resource, path] of places) {
      for (const part of ["1", " ", "/", "$("]) {
        const text = repeated(part, size / 4);
        const key = path.at(-1);
        const value =
          key === "command"
            ? ["sh", "-c", text]
            : key === "masterAuthorizedNetworksConfig"
              ? { cidrBlocks: [{ cidrBlock: text }] }
              : text;
        const all = environment.map((each) => (each === resource ? changed(resource, path, value) : each));
        for (const policy of policies) {
          validate(policy, all);
        }
      }
    }
  });

  it("are validated by every policy in every place of a manifest that holds a text", () => {
    const long = [
      ...["1", " ", "/", "$(", "a=", "-Xmx1 ", "server.1=a:1:1 ", "\\", "::"].map((part) => repeated(part)),
    ];
    const places = environment.flatMap((resource) =>
      [...textsIn(resource.props)].map((path) => ({ resource, path })),
    );
    expect(places).to.have.length.above(50);
    for (const [i, { resource, path }] of places.entries()) {
      const edited = changed(resource, path, long[i % long.length]);
      const all = environment.map((each) => (each === resource ? edited : each));
      for (const policy of policies) {
        for (const violation of validate(policy, all).violations) {
          expect(violation).to.have.length.below(20_000);
        }
      }
    }
  });

  it("that are lists are validated, too", () => {
    const blocks = Array.from({ length: 100_000 }, (_, n) => ({
      cidrBlock: n % 2 === 0 ? n : `10.0.${n % 256}.0/24`,
    }));
    const open = changed(cluster, ["masterAuthorizedNetworksConfig"], { cidrBlocks: blocks });
    const [policy] = policies.filter(({ name }) => name === "gke-cluster");
    expect(policy && validate(policy, [open]).violations).to.have.length(50_000);
  });
});
