import { expect } from "chai";

import { nodePool as nodePoolPolicy } from "../../../policy/rules/node-pool.ts";
import { nodePool } from "../../fixtures/policy/ensemble.ts";
import { changed, unknownValue, validate } from "../../fixtures/policy/harness.ts";
import { rows, type Edit, type Row } from "../table.ts";

const config = ["nodeConfig"];
const machine = [...config, "machineType"];
const spot = [...config, "spot"];
const preemptible = [...config, "preemptible"];
const taints = [...config, "taints"];
const taint = (effect: unknown): Edit => [taints, [{ key: "team", value: "ci", effect }]];

describe("node-pool", () => {
  rows(nodePoolPolicy, [nodePool], nodePool, [
    ["accepts a hardened pool", "nothing", []],
    [
      "rejects one CPU",
      /machineType = "n1-standard-1" \(1 vCPUs, 3840 MiB\)\s+Required: at least 2 dedicated vCPUs/,
      [[machine, "n1-standard-1"]],
    ],
    ["rejects too little memory", /"n2-highcpu-2" \(2 vCPUs, 2048 MiB\)/, [[machine, "n2-highcpu-2"]]],
    [
      "rejects a shared core",
      /"e2-medium" \(1 vCPUs sustained, of a shared core, 4096 MiB\)/,
      [[machine, "e2-medium"]],
    ],
    [
      "takes settings: shared cores",
      "nothing",
      [[machine, "e2-medium"]],
      { config: { allowSharedCore: true } },
    ],
    [
      "takes settings: shared cores with too little memory",
      /e2-small/,
      [[machine, "e2-small"]],
      { config: { allowSharedCore: true } },
    ],
    ["takes settings: CPUs", /e2-custom-2-4096/, [], { config: { minimumCpus: 4 } }],
    ["takes settings: memory", /e2-custom-2-4096/, [], { config: { minimumMemoryMiB: 4097 } }],
    ["rejects a missing machine type", /machineType: missing/, [[machine, undefined]]],
    [
      "accepts a missing machine type if the default is accepted",
      "nothing",
      [[machine, undefined]],
      { config: { allowSharedCore: true } },
    ],
    [
      "asks for no dedicated CPUs where shared ones are accepted",
      /Required: at least 2 vCPUs and 8192 MiB/,
      [[machine, undefined]],
      { config: { allowSharedCore: true, minimumMemoryMiB: 8192 } },
    ],
    [
      "gives an example that its settings accept",
      /such as e2-custom-4-5120, or give the pool a NO_SCHEDULE taint/,
      [],
      { config: { minimumCpus: 3, minimumMemoryMiB: 4900 } },
    ],
    [
      "gives an example with the memory that its CPUs need",
      /such as e2-custom-16-8192,/,
      [],
      { config: { minimumCpus: 16 } },
    ],
    [
      "gives no example where there is none",
      /Fix: use a larger machine type, or give/,
      [],
      { config: { minimumCpus: 33 } },
    ],
    ["accepts a series that is large enough by its name", "nothing", [[machine, "c4a-standard-4"]]],
    [
      "rejects a series that is too small by its name",
      /"c4a-standard-1" \(1 vCPUs, 4096/,
      [[machine, "c4a-standard-1"]],
    ],
    [
      "rejects a series with too little memory by its name",
      /"c4d-highcpu-2" \(2 vCPUs, 3072/,
      [[machine, "c4d-highcpu-2"]],
    ],
    ["accepts machines with accelerators", "nothing", [[machine, "ct6e-standard-4t"]]],
    ["rejects the CPUs of a series that is new", /"n9-standard-1" \(1 vCPUs\)/, [[machine, "n9-standard-1"]]],
    ["leaves machines open whose size their names do not show", "hidden", [[machine, "z9-huge-2"]]],
    ["leaves the memory of a series open that is new", "hidden", [[machine, "n9-standard-4"]]],
    [
      "leaves machines open that may be larger than the least that is known of them",
      "hidden",
      [[machine, "a2-highgpu-1g"]],
      { config: { minimumCpus: 9 } },
    ],
    [
      "leaves memory open that may be larger than the least that is known of it",
      "hidden",
      [[machine, "m4-megamem-28"]],
      { config: { minimumMemoryMiB: 4_000_000 } },
    ],
    ["rejects another type", /machineType = 2 \(wrong type\)/, [[machine, 2]]],
    [
      "leaves an unknown machine open and validates the rest",
      /autoRepair = false/,
      [
        [machine, unknownValue],
        [["management", "autoRepair"], false],
      ],
    ],
    ["rejects missing repair", /autoRepair: missing/, [[["management"], undefined]]],
    [
      "rejects an upgrade that takes nodes away",
      /maxUnavailable = 1\s+Required: 0/,
      [[["upgradeSettings", "maxUnavailable"], 1]],
    ],
    [
      "rejects an upgrade without surge",
      /maxSurge = 0\s+Required: 1 or more/,
      [[["upgradeSettings", "maxSurge"], 0]],
    ],
    ["accepts GKE's own settings, 1 and 0", "nothing", [[["upgradeSettings"], undefined]]],
    ["accepts blue-green", "nothing", [[["upgradeSettings"], { strategy: "BLUE_GREEN", maxUnavailable: 3 }]]],
    [
      "rejects surge in name only",
      /maxUnavailable/,
      [[["upgradeSettings"], { strategy: "SURGE", maxSurge: 1, maxUnavailable: 3 }]],
    ],
    [
      "rejects a missing service account",
      /serviceAccount: missing/,
      [[[...config, "serviceAccount"], undefined]],
    ],
    [
      "rejects the default account",
      /serviceAccount = "default"/,
      [[[...config, "serviceAccount"], "default"]],
    ],
    [
      "rejects the default account by name",
      /-compute@/,
      [[[...config, "serviceAccount"], "123-compute@developer.gserviceaccount.com"]],
    ],
    ["rejects an empty account", /serviceAccount = ""/, [[[...config, "serviceAccount"], ""]]],
    ["leaves an unknown account open", "open", [[[...config, "serviceAccount"], unknownValue]]],
    [
      "rejects missing secure boot",
      /enableSecureBoot: missing/,
      [[[...config, "shieldedInstanceConfig"], undefined]],
    ],
    [
      "rejects secure boot off",
      /enableSecureBoot = false/,
      [[[...config, "shieldedInstanceConfig", "enableSecureBoot"], false]],
    ],
    [
      "rejects integrity monitoring off",
      /enableIntegrityMonitoring = false/,
      [[[...config, "shieldedInstanceConfig", "enableIntegrityMonitoring"], false]],
    ],
    [
      "rejects open metadata",
      /mode = "GCE_METADATA"/,
      [[[...config, "workloadMetadataConfig", "mode"], "GCE_METADATA"]],
    ],
    ["rejects missing concealment", /mode: missing/, [[[...config, "workloadMetadataConfig"], undefined]]],
    [
      "rejects legacy endpoints",
      /disable-legacy-endpoints = "false"/,
      [[[...config, "metadata", "disable-legacy-endpoints"], "false"]],
    ],
    [
      "rejects metadata without them disabled",
      /disable-legacy-endpoints: missing/,
      [[[...config, "metadata"], { a: "b" }]],
    ],
    ["accepts missing metadata, which disables them", "nothing", [[[...config, "metadata"], undefined]]],
    ["leaves an unknown configuration open", "open", [[config, unknownValue]]],
    [
      "rejects spot VMs",
      /spot = true\s+Required: false \(Google takes .*\s+Fix: remove spot, or give the pool a NO_SCHEDULE taint/,
      [[spot, true]],
    ],
    [
      "rejects preemptible VMs",
      /preemptible = true\s+Required: false.*\s+Fix: remove preemptible,/,
      [[preemptible, true]],
    ],
    ["rejects VMs with flex-start", /flexStart = true\s+Required: false/, [[[...config, "flexStart"], true]]],
    [
      "rejects VMs that end",
      /maxRunDuration = "86400s"\s+Required: missing .*\s+Fix: remove maxRunDuration,/,
      [[[...config, "maxRunDuration"], "86400s"]],
    ],
    [
      "accepts spot VMs turned off",
      "nothing",
      [
        [spot, false],
        [preemptible, false],
      ],
    ],
    ["accepts an empty duration", "nothing", [[[...config, "maxRunDuration"], ""]]],
    ["rejects spot VMs of another type", /spot = "true" \(wrong type\)/, [[spot, "true"]]],
    ["leaves open whether they are spot VMs", "open", [[spot, unknownValue]]],
    [
      "takes settings: spot VMs",
      "nothing",
      [
        [spot, true],
        [preemptible, true],
      ],
      { config: { allowSpot: true } },
    ],
    ...["NO_SCHEDULE", "NO_EXECUTE", "NoSchedule", "NoExecute"].map((effect): Row => [
      `accepts machines of any kind with a taint ${effect}`,
      "nothing",
      [[machine, "e2-small"], [spot, true], taint(effect)],
    ]),
    [
      "accepts small machines with a taint beside others",
      "nothing",
      [
        [machine, "e2-small"],
        [taints, [{ effect: "PREFER_NO_SCHEDULE" }, { effect: "NO_SCHEDULE" }]],
      ],
    ],
    [
      "accepts machines that GKE taints",
      "nothing",
      [
        [machine, "ct5lp-hightpu-1t"],
        [spot, true],
      ],
    ],
    [
      "rejects small machines with a taint that only advises",
      /e2-small/,
      [[machine, "e2-small"], taint("PREFER_NO_SCHEDULE")],
    ],
    ["rejects small machines with a taint of no effect", /e2-small/, [[machine, "e2-small"], taint(7)]],
    [
      "rejects small machines with an empty list of taints",
      /e2-small/,
      [
        [machine, "e2-small"],
        [taints, []],
      ],
    ],
    [
      "rejects small machines with taints of another type",
      /e2-small/,
      [
        [machine, "e2-small"],
        [taints, { effect: "NO_SCHEDULE" }],
      ],
    ],
    [
      "leaves small machines with unknown taints open",
      "open",
      [
        [machine, "e2-small"],
        [taints, unknownValue],
      ],
    ],
    [
      "leaves small machines with a taint of unknown effect open",
      "open",
      [[machine, "e2-small"], taint(unknownValue)],
    ],
    ["accepts large machines with unknown taints", "nothing", [[taints, unknownValue]]],
    [
      "validates the rest of a tainted pool",
      [/autoRepair: missing/, /maxUnavailable = 1/, /serviceAccount: missing/],
      [
        taint("NO_SCHEDULE"),
        [["management"], undefined],
        [["upgradeSettings", "maxUnavailable"], 1],
        [[...config, "serviceAccount"], undefined],
      ],
    ],
  ]);

  it("says that taints are not known yet, and nothing else", () => {
    const open = changed(changed(nodePool, machine, "e2-small"), taints, unknownValue);
    expect(validate(nodePoolPolicy, [open]).open).to.deep.equal([
      "node-pool could not validate NodePool nodes, because these values are not known yet: nodeConfig.taints",
    ]);
  });

  it("says which machine type does not show its size", () => {
    expect(validate(nodePoolPolicy, [changed(nodePool, machine, "z9-huge-2")]).open).to.deep.equal([
      "node-pool could not validate NodePool nodes, because the resources do not show: the size of machine type " +
        '"z9-huge-2" (nodeConfig.machineType)',
    ]);
  });
});
