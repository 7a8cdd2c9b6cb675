import { expect } from "chai";

import { durableStorage } from "../../../policy/rules/durable-storage.ts";
import { durableStorageInStack } from "../../../policy/rules/durable-storage-in-stack.ts";
import { storageClass as storageClassPolicy } from "../../../policy/rules/storage-class.ts";
import {
  configMap,
  containerPath,
  podPath,
  statefulSet,
  storageClass,
} from "../../fixtures/policy/ensemble.ts";
import {
  changed,
  validate,
  remediate,
  unknownValue,
  urnOf,
  type Registered,
} from "../../fixtures/policy/harness.ts";
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
    [
      "accepts a claim of its own",
      "nothing",
      [...volume({ persistentVolumeClaim: { claimName: "data" } }), [["spec", "replicas"], 1]],
    ],
    [
      "rejects emptyDir",
      /of kind emptyDir at \/var\/lib\/zookeeper, which does not outlive the pod/,
      [...volume({ emptyDir: {} })],
    ],
    [
      "rejects hostPath",
      /of kind hostPath at .*, which does not outlive a move/,
      [...volume({ hostPath: { path: "/data" } })],
    ],
    [
      "rejects ephemeral claims",
      /of kind ephemeral.*, which does not outlive the pod/,
      [...volume({ ephemeral: {} })],
    ],
    ["rejects inline CSI volumes", /of kind csi.*, which does not outlive the pod/, [...volume({ csi: {} })]],
    [
      "rejects a ConfigMap",
      /of kind configMap.*, which servers cannot write to/,
      [...volume({ configMap: {} })],
    ],
    ["rejects a share without a claim", /of kind nfs.*, which is not a claim/, [...volume({ nfs: {} })]],
    ["rejects a volume without source, an emptyDir", /of kind emptyDir/, [...volume({})]],
    [
      "rejects a mount of a volume that is not there",
      /mounts volume "datadir", which does not exist/,
      [[templates, undefined]],
    ],
    ["accepts a mount above", "nothing", [[[...mounts, 0, "mountPath"], "/var/lib"]]],
    ["accepts a mount below", "nothing", [[[...mounts, 0, "mountPath"], "/var/lib/zookeeper/data/"]]],
    [
      "validates the log's own volume",
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
        [
          [...containerPath, "command"],
          ["start", "--data_dir=/var/lib/zookeeper/data/version"],
        ],
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
      "rejects a mount without name",
      /volumeMounts\[0\].name: missing/,
      [[[...mounts, 0, "name"], undefined]],
    ],
    [
      "rejects another type of mounts",
      [/volumeMounts = "all" \(wrong type\)/, /no volume at \/data\n/, /no volume at \/datalog\n/],
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
      "rejects a missing class",
      /storageClassName: missing\s+Required: a storage class by name/,
      [[className, undefined]],
    ],
    ["rejects an empty class", /storageClassName = ""/, [[className, ""]]],
    [
      "leaves an unknown class open, and validates the size",
      /storage = "1Gi"\s+Required: 5Gi or more/,
      [
        [className, unknownValue],
        [size, "1Gi"],
      ],
    ],
    ["rejects a missing size", /storage: missing/, [[size, undefined]]],
    ["rejects what is no size", /storage = "big"/, [[size, "big"]]],
    ["rejects another type of size", /storage = an object \(wrong type\)/, [[size, {}]]],
    ["accepts the floor itself", "nothing", [[size, "5Gi"]]],
    ["rejects just below the floor", /storage = "5G"/, [[size, "5G"]]],
    ["takes the floor from the settings", /Required: 20Gi or more/, [], { config: { minimumSize: "20Gi" } }],
    [
      "rejects deletion with the StatefulSet",
      /whenDeleted = "Delete"\s+Required: "Retain"/,
      [[[...retention, "whenDeleted"], "Delete"]],
    ],
    ["rejects deletion when scaled", /whenScaled = "Delete"/, [[[...retention, "whenScaled"], "Delete"]]],
    ["accepts retention", "nothing", [[[...retention, "whenScaled"], "Retain"]]],
    ["leaves an unknown retention open", "open", [[retention, unknownValue]]],
    ["rejects another type of retention", /= "Keep" instead of an object/, [[retention, "Keep"]]],
  ]);

  it("rejects a configuration of the wrong type", () => {
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

  it("remediates the retention", () => {
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
      "rejects Delete",
      /reclaimPolicy = "Delete"\s+Required: "Retain" \(missing means Delete\), as StatefulSet default\/zk/,
      [[["reclaimPolicy"], "Delete"]],
    ],
    ["rejects a missing policy", /reclaimPolicy: missing/, [[["reclaimPolicy"], undefined]]],
    [
      "accepts any policy of a class whose volumes are created by hand",
      "nothing",
      [
        [["provisioner"], "kubernetes.io/no-provisioner"],
        [["reclaimPolicy"], undefined],
        [["allowVolumeExpansion"], undefined],
      ],
    ],
    ["rejects no expansion", /allowVolumeExpansion = false/, [[["allowVolumeExpansion"], false]]],
    ["rejects missing expansion", /allowVolumeExpansion: missing/, [[["allowVolumeExpansion"], undefined]]],
    [
      "rejects another type",
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

  describe("with a claim for other files", () => {
    const logs = {
      metadata: { name: "logs" },
      spec: { storageClassName: "scratch", resources: { requests: { storage: "1Gi" } } },
    };
    const data = {
      metadata: { name: "datadir" },
      spec: { storageClassName: "zookeeper", resources: { requests: { storage: "10Gi" } } },
    };
    const at = (mountPath: unknown, dataPath = "/var/lib/zookeeper"): Registered =>
      changed(changed(statefulSet, templates, [data, logs]), mounts, [
        { name: "datadir", mountPath: dataPath },
        { name: "conf", mountPath: "/conf" },
        { name: "logs", mountPath },
      ]);
    const scratch: Registered = changed(
      changed({ ...storageClass, name: "scratch" }, ["metadata", "name"], "scratch"),
      ["reclaimPolicy"],
      "Delete",
    );
    const immediate = changed(scratch, ["volumeBindingMode"], "Immediate");
    const elsewhere = changed(at("/logs", "/opt/zk/data"), [...containerPath, "image"], "example/server:1");

    it("leaves its class alone", () => {
      expectVerdict(durableStorage, [at("/logs")], "nothing");
      expectVerdict(durableStorageInStack, [at("/logs"), storageClass, scratch], "nothing");
      expectVerdict(storageClassPolicy, [at("/logs"), storageClass, immediate], "nothing");
      const { violations } = validate(durableStorageInStack, [elsewhere, storageClass, scratch]);
      expect(violations).to.deep.equal([]);
    });
    it("validates its class if it holds the transaction log", () => {
      expectVerdict(durableStorageInStack, [at("/var/lib/zookeeper/log"), configMap, scratch], /"Delete"/);
    });
    it("validates its class if the mounts are not known yet", () => {
      expectVerdict(durableStorageInStack, [at(unknownValue), storageClass, scratch], /"Delete"/);
      expectVerdict(storageClassPolicy, [at(unknownValue), storageClass, immediate], /Immediate/);
    });
    it("validates all classes if no claim holds data", () => {
      const none = changed(statefulSet, mounts, []);
      const { violations } = validate(durableStorageInStack, [
        none,
        changed(storageClass, ["reclaimPolicy"], "Delete"),
      ]);
      expect(violations.join()).to.match(/reclaimPolicy = "Delete"/);
    });
    it("leaves an object of its own alone", () => {
      const named = changed(at("/logs"), templates, [data]);
      const volume = { name: "logs", persistentVolumeClaim: { claimName: "logs" } };
      const own = { type: "kubernetes:core/v1:PersistentVolumeClaim", name: "logs", props: logs };
      expectVerdict(
        durableStorageInStack,
        [changed(named, volumes, [volume]), own, storageClass, scratch],
        "nothing",
      );
    });
  });

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
      props: {
        metadata: { name: "data" },
        spec: { storageClassName: "zookeeper", resources: { requests: { storage: "10Gi" } } },
      },
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

  it("validates the directories of the zoo.cfg", () => {
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
