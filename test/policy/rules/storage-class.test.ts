import { storageClass as storageClassPolicy } from "../../../policy/rules/storage-class.ts";
import { statefulSet, storageClass } from "../../fixtures/policy/ensemble.ts";
import { changed, unknownValue } from "../../fixtures/policy/harness.ts";
import { expectVerdict, rows } from "../table.ts";

describe("storage-class", () => {
  const provisioner = ["provisioner"];
  rows(storageClassPolicy, [storageClass, statefulSet], storageClass, [
    ["accepts the persistent disk driver", "nothing", []],
    [
      "refuses Immediate",
      /volumeBindingMode = "Immediate"\s+Required: "WaitForFirstConsumer"/,
      [[["volumeBindingMode"], "Immediate"]],
    ],
    ["refuses a missing mode", /volumeBindingMode: missing/, [[["volumeBindingMode"], undefined]]],
    ["refuses no expansion", /allowVolumeExpansion = false/, [[["allowVolumeExpansion"], false]]],
    ["refuses missing expansion", /allowVolumeExpansion: missing/, [[["allowVolumeExpansion"], undefined]]],
    [
      "refuses in-tree provisioners",
      /provisioner = "kubernetes.io\/gce-pd"/,
      [[provisioner, "kubernetes.io/gce-pd"]],
    ],
    ["refuses scratch space", /"rancher.io\/local-path"/, [[provisioner, "rancher.io/local-path"]]],
    ["refuses host paths", /"hostpath.csi.k8s.io"/, [[provisioner, "hostpath.csi.k8s.io"]]],
    ["refuses a missing provisioner", /provisioner: missing/, [[provisioner, undefined]]],
    [
      "takes settings: provisioners",
      "nothing",
      [[provisioner, "rancher.io/local-path"]],
      { config: { allowedProvisioners: ["rancher.io/local-path"] } },
    ],
    ["refuses another type", /provisioner = 1 \(wrong type\)/, [[provisioner, 1]]],
    ["leaves unknowns open", "open", [[provisioner, unknownValue]]],
    [
      "judges the rest beside an unknown",
      /Immediate/,
      [
        [provisioner, unknownValue],
        [["volumeBindingMode"], "Immediate"],
      ],
    ],
  ]);

  it("judges classes that no ensemble of the stack uses only if there is no ensemble, or its class is unknown", () => {
    const other = changed(
      changed(storageClass, ["metadata", "name"], "other"),
      ["volumeBindingMode"],
      "Immediate",
    );
    expectVerdict(storageClassPolicy, [statefulSet, storageClass, { ...other, name: "other" }], "nothing");
    expectVerdict(storageClassPolicy, [statefulSet, other], "nothing");
    expectVerdict(storageClassPolicy, [other], /Immediate/);
    const unnamed = changed(
      statefulSet,
      ["spec", "volumeClaimTemplates", 0, "spec", "storageClassName"],
      unknownValue,
    );
    expectVerdict(storageClassPolicy, [unnamed, other], /Immediate/);
  });
});
