import { durableStorageInStack } from "../../../policy/rules/durable-storage-in-stack.ts";
import { podPath, statefulSet, storageClass } from "../../fixtures/policy/ensemble.ts";
import { changed, unknownValue, type Registered } from "../../fixtures/policy/harness.ts";
import { expectVerdict, rows, type Row } from "../table.ts";

const spec = ["spec"];
const reclaim = [...spec, "persistentVolumeReclaimPolicy"];
const reserved = [...spec, "claimRef"];
const deleted =
  /^PersistentVolume zk-0: spec.persistentVolumeReclaimPolicy = "Delete"\n.*"Retain" \(the default\), as StatefulSet default\/zk keeps/;
const folder =
  /^PersistentVolume zk-0: spec.hostPath: a folder of whatever node the server runs on\n.*follows the server.*\n.*remove the volume/;

/** A volume that the templates' claims may bind to. */
const volume: Registered = {
  type: "kubernetes:core/v1:PersistentVolume",
  name: "zk-0",
  props: {
    metadata: { name: "zk-0", labels: { app: "zk" } },
    spec: {
      storageClassName: "zookeeper",
      capacity: { storage: "10Gi" },
      persistentVolumeReclaimPolicy: "Delete",
      csi: { driver: "pd.csi.storage.gke.io" },
    },
  },
};

describe("durable-storage-in-stack, of PersistentVolumes", () => {
  rows(durableStorageInStack, [statefulSet, storageClass, volume], volume, [
    ["rejects Delete", deleted, []],
    ["rejects Recycle", /= "Recycle"/, [[reclaim, "Recycle"]]],
    ["accepts Retain", "nothing", [[reclaim, "Retain"]]],
    ["accepts the default, Retain", "nothing", [[reclaim, undefined]]],
    ["leaves an unknown policy open", "open", [[reclaim, unknownValue]]],
    ["rejects hostPath", folder, [[spec, { storageClassName: "zookeeper", hostPath: { path: "/zk" } }]]],
    ["accepts local", "nothing", [[spec, { storageClassName: "zookeeper", local: { path: "/zk" } }]]],
    [
      "leaves an unknown source alone",
      "nothing",
      [[spec, { storageClassName: "zookeeper", hostPath: unknownValue }]],
    ],
    ["leaves volumes of another class alone", "nothing", [[[...spec, "storageClassName"], "other"]]],
    ["leaves volumes without a class alone", "nothing", [[[...spec, "storageClassName"], undefined]]],
    ["leaves volumes that are too small alone", "nothing", [[[...spec, "capacity", "storage"], "9Gi"]]],
    ["rejects volumes of unknown size", deleted, [[[...spec, "capacity"], undefined]]],
    ["leaves a class that is not known yet open", "open", [[[...spec, "storageClassName"], unknownValue]]],
    [
      "follows claimRef",
      deleted,
      [
        [[...spec, "storageClassName"], "other"],
        [reserved, { namespace: "default", name: "datadir-zk-12" }],
      ],
    ],
    ["follows claimRef without a namespace", deleted, [[reserved, { name: "datadir-zk-0" }]]],
    ["leaves a volume for another claim alone", "nothing", [[reserved, { name: "datadir-zk2-0" }]]],
    [
      "leaves a volume for what is no claim of the template alone",
      "nothing",
      [[reserved, { name: "datadir-zk-a0" }]],
    ],
    [
      "leaves a volume for another namespace alone",
      "nothing",
      [[reserved, { namespace: "x", name: "datadir-zk-0" }]],
    ],
    ["leaves an unknown claimRef open", "open", [[reserved, { name: unknownValue }]]],
  ]);

  const template = ["spec", "volumeClaimTemplates", 0, "spec"];
  rows(durableStorageInStack, [statefulSet, storageClass, volume], statefulSet, [
    ["follows a selector", deleted, [[[...template, "selector"], { matchLabels: { app: "zk" } }]]],
    [
      "leaves a volume that is not selected alone",
      "nothing",
      [[[...template, "selector"], { matchLabels: { app: "x" } }]],
    ],
    ["leaves an unknown selector open", "open", [[[...template, "selector"], unknownValue]]],
    ["follows claims of any size", deleted, [[[...template, "resources"], undefined]]],
  ]);
  it("rejects a volume without a class for claims without one", () => {
    const without = changed(statefulSet, [...template, "storageClassName"], undefined);
    const path = [...spec, "storageClassName"];
    expectVerdict(durableStorageInStack, [without, changed(volume, path, undefined)], deleted);
    expectVerdict(durableStorageInStack, [without, changed(volume, path, "")], deleted);
  });
});

describe("durable-storage-in-stack, of PersistentVolumeClaims", () => {
  const server = [
    [["spec", "replicas"], 1],
    [["spec", "volumeClaimTemplates"], undefined],
    [
      [...podPath, "volumes"],
      [
        { name: "conf", configMap: { name: "c" } },
        { name: "datadir", persistentVolumeClaim: { claimName: "zk" } },
      ],
    ],
  ].reduce<Registered>((each, [path, value]) => changed(each, path as string[], value), statefulSet);
  const claim: Registered = {
    type: "kubernetes:core/v1:PersistentVolumeClaim",
    name: "zk",
    props: {
      metadata: { name: "zk" },
      spec: { storageClassName: "zookeeper", resources: { requests: { storage: "10Gi" } } },
    },
  };
  const className = [...spec, "storageClassName"];
  const table: readonly Row[] = [
    ["accepts a claim with class and size", "nothing", []],
    [
      "rejects a small one",
      /^PersistentVolumeClaim default\/zk: .*storage = "1Gi"/,
      [[[...spec, "resources", "requests", "storage"], "1Gi"]],
    ],
    ["takes settings: the size", /Required: 20Gi or more/, [], { config: { minimumSize: "20Gi" } }],
    ["rejects a missing class", /storageClassName: missing/, [[className, undefined]]],
    [
      "accepts the name of a volume without a class",
      "nothing",
      [
        [className, ""],
        [[...spec, "volumeName"], "zk-1"],
      ],
    ],
    [
      "follows the name of a volume",
      deleted,
      [
        [className, ""],
        [[...spec, "volumeName"], "zk-0"],
      ],
    ],
    ["leaves an unknown name of a volume open", "open", [[[...spec, "volumeName"], unknownValue]]],
    [
      "leaves a claim of another name alone",
      "nothing",
      [
        [["metadata", "name"], "other"],
        [[...spec, "resources"], undefined],
      ],
    ],
  ];
  const other = changed(volume, className, "other");
  rows(durableStorageInStack, [server, storageClass, claim, other], claim, table);
  it("follows claimRef", () => {
    const bound = changed(other, reserved, { namespace: "default", name: "zk" });
    expectVerdict(durableStorageInStack, [server, storageClass, claim, bound], deleted);
  });
});
