import { expect } from "chai";

import { durableStorage } from "../../../policy/rules/durable-storage.ts";
import { durableStorageInStack } from "../../../policy/rules/durable-storage-in-stack.ts";
import {
  configMap,
  containerPath,
  podPath,
  statefulSet,
  storageClass,
} from "../../fixtures/policy/ensemble.ts";
import { changed, validate, remediate, unknownValue, urnOf } from "../../fixtures/policy/harness.ts";
import { expectVerdict, rows } from "../table.ts";

const mounts = [...containerPath, "volumeMounts"];
const volumes = [...podPath, "volumes"];
const templates = ["spec", "volumeClaimTemplates"];
const claim = [...templates, 0, "spec"];
const size = [...claim, "resources", "requests", "storage"];
const className = [...claim, "storageClassName"];
const retention = ["spec", "persistentVolumeClaimRetentionPolicy"];
const volume = (source: object) =>
  [
    [templates, []],
    [volumes, [{ name: "datadir", ...source }]],
  ] as const;

describe("durable-storage", () => {
  rows(durableStorage, [statefulSet], statefulSet, [
    ["accepts a claim template", "nothing", []],
    ["accepts a claim of its own", "nothing", [...volume({ persistentVolumeClaim: { claimName: "data" } })]],
    ["refuses emptyDir", /of kind emptyDir, which does not outlive the pod/, [...volume({ emptyDir: {} })]],
    [
      "refuses hostPath",
      /of kind hostPath, which does not outlive a move/,
      [...volume({ hostPath: { path: "/data" } })],
    ],
    ["refuses ephemeral claims", /of kind ephemeral/, [...volume({ ephemeral: {} })]],
    ["refuses a volume without source, an emptyDir", /of kind emptyDir/, [...volume({})]],
    [
      "refuses a mount of a volume that is not there",
      /mounts volume "datadir", which does not exist/,
      [[templates, undefined]],
    ],
    ["refuses no mount", /no volume at any data directory/, [[mounts, []]]],
    [
      "refuses mounts elsewhere",
      /no volume at any data/,
      [[mounts, [{ name: "datadir", mountPath: "/conf" }]]],
    ],
    [
      "refuses a root mount as none",
      /no volume at any data/,
      [[mounts, [{ name: "datadir", mountPath: "/" }]]],
    ],
    ["accepts a mount above", "nothing", [[[...mounts, 0, "mountPath"], "/var/lib"]]],
    ["accepts a mount below", "nothing", [[[...mounts, 0, "mountPath"], "/var/lib/zookeeper/data/"]]],
    ["tells a path from its beginning", /no volume/, [[[...mounts, 0, "mountPath"], "/var/lib/zookeeper2"]]],
    [
      "judges the log's own volume",
      /volumes\[0\]: a volume of kind emptyDir/,
      [
        [volumes, [{ name: "log", emptyDir: {} }]],
        [
          mounts,
          [
            { name: "datadir", mountPath: "/data" },
            { name: "log", mountPath: "/datalog" },
          ],
        ],
      ],
    ],
    [
      "follows the command line",
      /no volume at \/scratch/,
      [[[...containerPath, "command"], ["start --data_dir=/scratch --data_log_dir=/var/lib/zookeeper/log"]]],
    ],
    [
      "follows the environment",
      /no volume at \/scratch/,
      [[[...containerPath, "env"], [{ name: "ZOO_DATA_DIR", value: "/scratch" }]]],
    ],
    [
      "takes the deepest mount",
      /kind emptyDir/,
      [
        [[...containerPath, "args"], ["--data_dir=/var/lib/zookeeper/data/version"]],
        [volumes, [{ name: "scratch", emptyDir: {} }]],
        [
          mounts,
          [
            { name: "datadir", mountPath: "/var/lib/zookeeper" },
            { name: "scratch", mountPath: "/var/lib/zookeeper/data" },
          ],
        ],
      ],
    ],
    [
      "refuses a mount without name",
      /volumeMounts\[0\].name: missing/,
      [[[...mounts, 0, "name"], undefined]],
    ],
    [
      "refuses another type of mounts",
      [/volumeMounts = "all" \(wrong type\)/, /no volume/],
      [[mounts, "all"]],
    ],
    ["leaves unknown mounts open", "open", [[mounts, unknownValue]]],
    ["leaves an unknown path open", "open", [[[...mounts, 0, "mountPath"], unknownValue]]],
    ["leaves an unknown volume open", "open", [[[...mounts, 0, "name"], unknownValue]]],
    ["leaves unknown templates open", "open", [[templates, unknownValue]]],
    [
      "leaves unknown volumes open",
      "open",
      [
        [templates, []],
        [volumes, unknownValue],
      ],
    ],
    [
      "refuses a missing class",
      /storageClassName: missing\s+Required: a storage class by name/,
      [[className, undefined]],
    ],
    ["refuses an empty class", /storageClassName = ""/, [[className, ""]]],
    [
      "leaves an unknown class open, and judges the size",
      /storage = "1Gi"\s+Required: 5Gi or more/,
      [
        [className, unknownValue],
        [size, "1Gi"],
      ],
    ],
    ["refuses a missing size", /storage: missing/, [[size, undefined]]],
    ["refuses what is no size", /storage = "big"/, [[size, "big"]]],
    ["refuses another type of size", /storage = an object \(wrong type\)/, [[size, {}]]],
    ["accepts the floor itself", "nothing", [[size, "5Gi"]]],
    ["refuses just below the floor", /storage = "5G"/, [[size, "5G"]]],
    ["takes the floor from the settings", /Required: 20Gi or more/, [], { config: { minimumSize: "20Gi" } }],
    [
      "refuses deletion with the StatefulSet",
      /whenDeleted = "Delete"\s+Required: "Retain"/,
      [[[...retention, "whenDeleted"], "Delete"]],
    ],
    ["refuses deletion when scaled", /whenScaled = "Delete"/, [[[...retention, "whenScaled"], "Delete"]]],
    ["accepts retention", "nothing", [[[...retention, "whenScaled"], "Retain"]]],
    ["leaves an unknown retention open", "open", [[retention, unknownValue]]],
    ["refuses another type of retention", /= "Keep" instead of an object/, [[retention, "Keep"]]],
  ]);

  it("refuses a configuration of the wrong type", () => {
    const run = (): void => {
      expectVerdict(durableStorage, [statefulSet], "nothing", { config: { minimumSize: 5 } });
    };
    expect(run).to.throw("setting minimumSize = 5\n  Required: ");
  });

  it("takes no floor that is no amount, which would let every size through", () => {
    for (const minimumSize of ["5gi", "5i", "1.2.3Gi", "-5Gi", ""]) {
      expect(() => validate(durableStorage, [statefulSet], { config: { minimumSize } })).to.throw(
        `setting minimumSize = ${JSON.stringify(minimumSize)}\n  Required: `,
      );
    }
    for (const minimumSize of ["1e15", "1Pi", "+1e13"]) {
      const { violations } = validate(durableStorage, [statefulSet], { config: { minimumSize } });
      expect(violations.join()).to.contain(`Required: ${minimumSize} or more`);
    }
  });

  it("mends the retention", () => {
    const deleting = changed(statefulSet, retention, { whenDeleted: "Delete", whenScaled: "Delete" });
    const kept = changed(statefulSet, retention, { whenDeleted: "Retain", whenScaled: "Retain" });
    expect(remediate(durableStorage, deleting)).to.deep.equal(kept.props);
    expect(remediate(durableStorage, statefulSet)).to.equal(undefined);
    expect(remediate(durableStorage, changed(statefulSet, retention, unknownValue))).to.equal(undefined);
  });
});

describe("durable-storage-in-stack", () => {
  rows(durableStorageInStack, [statefulSet, configMap, storageClass], storageClass, [
    ["accepts a class that retains and expands", "nothing", []],
    [
      "refuses Delete",
      /reclaimPolicy = "Delete"\s+Required: "Retain" \(missing means Delete\), as StatefulSet default\/zk/,
      [[["reclaimPolicy"], "Delete"]],
    ],
    ["refuses a missing policy", /reclaimPolicy: missing/, [[["reclaimPolicy"], undefined]]],
    ["refuses no expansion", /allowVolumeExpansion = false/, [[["allowVolumeExpansion"], false]]],
    ["refuses missing expansion", /allowVolumeExpansion: missing/, [[["allowVolumeExpansion"], undefined]]],
    [
      "refuses another type",
      /allowVolumeExpansion = "yes" \(wrong type\)/,
      [[["allowVolumeExpansion"], "yes"]],
    ],
    ["leaves an unknown policy open", "open", [[["reclaimPolicy"], unknownValue]]],
    [
      "leaves classes that are not used alone",
      "nothing",
      [
        [["reclaimPolicy"], "Delete"],
        [["metadata", "name"], "other"],
      ],
    ],
  ]);

  it("finds the class by what the StatefulSet was made from, while its name is unknown", () => {
    const unnamed = changed(statefulSet, className, unknownValue);
    const made = { ...unnamed, madeFrom: { spec: [urnOf(storageClass)] } };
    const deleting = changed(storageClass, ["reclaimPolicy"], "Delete");
    expectVerdict(durableStorageInStack, [made, deleting], /"Delete"/);
    expectVerdict(durableStorageInStack, [unnamed, deleting], "open");
  });

  it("finds the class of a claim that is an object of its own", () => {
    const owned = volume({ persistentVolumeClaim: { claimName: "data" } }).reduce(
      (resource, [path, value]) => changed(resource, path, value),
      statefulSet,
    );
    const own = {
      type: "kubernetes:core/v1:PersistentVolumeClaim",
      name: "data",
      props: { metadata: { name: "data" }, spec: { storageClassName: "zookeeper" } },
    };
    const deleting = changed(storageClass, ["reclaimPolicy"], "Delete");
    expectVerdict(durableStorageInStack, [owned, own, deleting], /"Delete"/);
    expectVerdict(
      durableStorageInStack,
      [owned, changed(own, ["metadata", "namespace"], "x"), deleting],
      "nothing",
    );
    const unnamed = changed(own, ["spec", "storageClassName"], unknownValue);
    expectVerdict(
      durableStorageInStack,
      [owned, { ...unnamed, madeFrom: { spec: [urnOf(storageClass)] } }, deleting],
      /"Delete"/,
    );
  });

  it("judges the directories of the zoo.cfg", () => {
    const cfg = (text: string) => changed(configMap, ["data", "zoo.cfg"], text);
    expectVerdict(
      durableStorageInStack,
      [statefulSet, cfg("dataDir=/tmp/zookeeper")],
      /no volume at \/tmp\/zookeeper/,
    );
    expectVerdict(
      durableStorageInStack,
      [statefulSet, cfg("dataDir=/var/lib/zookeeper\ndataLogDir=/log")],
      /no volume at \/log/,
    );
    expectVerdict(durableStorageInStack, [statefulSet, cfg("dataDir=data")], "nothing");
  });
});
