import { storageClass as storageClassPolicy } from "../../../policy/rules/storage-class.ts";
import { statefulSet, storageClass } from "../../fixtures/policy/ensemble.ts";
import { changed, unknownValue } from "../../fixtures/policy/harness.ts";
import { expectVerdict, rows } from "../table.ts";

describe("storage-class", () => {
  const provisioner = ["provisioner"];
  rows(storageClassPolicy, [storageClass, statefulSet], storageClass, [
    ["accepts the persistent disk driver", "nothing", []],
    [
      "rejects Immediate",
      /volumeBindingMode = "Immediate"\s+Required: "WaitForFirstConsumer"/,
      [[["volumeBindingMode"], "Immediate"]],
    ],
    ["rejects a missing mode", /volumeBindingMode: missing/, [[["volumeBindingMode"], undefined]]],
    ["rejects no expansion", /allowVolumeExpansion = false/, [[["allowVolumeExpansion"], false]]],
    ["rejects missing expansion", /allowVolumeExpansion: missing/, [[["allowVolumeExpansion"], undefined]]],
    [
      "rejects in-tree provisioners",
      /provisioner = "kubernetes.io\/gce-pd"/,
      [[provisioner, "kubernetes.io/gce-pd"]],
    ],
    [
      "rejects volumes that are created by hand, and asks none of them to grow",
      /provisioner = "kubernetes.io\/no-provisioner"/,
      [
        [provisioner, "kubernetes.io/no-provisioner"],
        [["allowVolumeExpansion"], undefined],
      ],
    ],
    ["rejects scratch space", /"rancher.io\/local-path"/, [[provisioner, "rancher.io/local-path"]]],
    ["rejects host paths", /"hostpath.csi.k8s.io"/, [[provisioner, "hostpath.csi.k8s.io"]]],
    ["rejects a missing provisioner", /provisioner: missing/, [[provisioner, undefined]]],
    [
      "takes settings: provisioners",
      "nothing",
      [[provisioner, "rancher.io/local-path"]],
      { config: { allowedProvisioners: ["rancher.io/local-path"] } },
    ],
    ["rejects another type", /provisioner = 1 \(wrong type\)/, [[provisioner, 1]]],
    ["leaves unknowns open", "open", [[provisioner, unknownValue]]],
    [
      "validates the rest beside an unknown",
      /Immediate/,
      [
        [provisioner, unknownValue],
        [["volumeBindingMode"], "Immediate"],
      ],
    ],
  ]);

  it("validates classes that no ensemble of the stack uses only if there is no ensemble, or its class is unknown", () => {
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
