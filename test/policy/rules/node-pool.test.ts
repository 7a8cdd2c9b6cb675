import { nodePool as nodePoolPolicy } from "../../../policy/rules/node-pool.ts";
import { nodePool } from "../../fixtures/policy/ensemble.ts";
import { unknownValue } from "../../fixtures/policy/harness.ts";
import { rows } from "../table.ts";

const config = ["nodeConfig"];
const machine = [...config, "machineType"];

describe("node-pool", () => {
  rows(nodePoolPolicy, [nodePool], nodePool, [
    ["accepts a hardened pool", "nothing", []],
    [
      "refuses one CPU",
      /machineType = "n1-standard-1" \(1 vCPUs, 3840 MiB\)\s+Required: at least 2 dedicated vCPUs/,
      [[machine, "n1-standard-1"]],
    ],
    ["refuses too little memory", /"n2-highcpu-2" \(2 vCPUs, 2048 MiB\)/, [[machine, "n2-highcpu-2"]]],
    [
      "refuses a shared core",
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
    ["refuses a missing machine type", /machineType: missing/, [[machine, undefined]]],
    ["refuses what it does not know", /"z9-huge-2", an unknown machine type/, [[machine, "z9-huge-2"]]],
    ["refuses another type", /machineType = 2 \(wrong type\)/, [[machine, 2]]],
    [
      "leaves an unknown machine open and judges the rest",
      /autoRepair = false/,
      [
        [machine, unknownValue],
        [["management", "autoRepair"], false],
      ],
    ],
    ["refuses missing repair", /autoRepair: missing/, [[["management"], undefined]]],
    [
      "refuses an upgrade that takes nodes away",
      /maxUnavailable = 1\s+Required: 0/,
      [[["upgradeSettings", "maxUnavailable"], 1]],
    ],
    [
      "refuses an upgrade without surge",
      /maxSurge = 0\s+Required: 1 or more/,
      [[["upgradeSettings", "maxSurge"], 0]],
    ],
    ["accepts GKE's own settings, 1 and 0", "nothing", [[["upgradeSettings"], undefined]]],
    ["accepts blue-green", "nothing", [[["upgradeSettings"], { strategy: "BLUE_GREEN", maxUnavailable: 3 }]]],
    [
      "refuses surge in name only",
      /maxUnavailable/,
      [[["upgradeSettings"], { strategy: "SURGE", maxSurge: 1, maxUnavailable: 3 }]],
    ],
    [
      "refuses a missing service account",
      /serviceAccount: missing/,
      [[[...config, "serviceAccount"], undefined]],
    ],
    [
      "refuses the default account",
      /serviceAccount = "default"/,
      [[[...config, "serviceAccount"], "default"]],
    ],
    [
      "refuses the default account by name",
      /-compute@/,
      [[[...config, "serviceAccount"], "123-compute@developer.gserviceaccount.com"]],
    ],
    ["refuses an empty account", /serviceAccount = ""/, [[[...config, "serviceAccount"], ""]]],
    ["leaves an unknown account open", "open", [[[...config, "serviceAccount"], unknownValue]]],
    [
      "refuses missing secure boot",
      /enableSecureBoot: missing/,
      [[[...config, "shieldedInstanceConfig"], undefined]],
    ],
    [
      "refuses secure boot off",
      /enableSecureBoot = false/,
      [[[...config, "shieldedInstanceConfig", "enableSecureBoot"], false]],
    ],
    [
      "refuses integrity monitoring off",
      /enableIntegrityMonitoring = false/,
      [[[...config, "shieldedInstanceConfig", "enableIntegrityMonitoring"], false]],
    ],
    [
      "refuses open metadata",
      /mode = "GCE_METADATA"/,
      [[[...config, "workloadMetadataConfig", "mode"], "GCE_METADATA"]],
    ],
    ["refuses missing concealment", /mode: missing/, [[[...config, "workloadMetadataConfig"], undefined]]],
    [
      "refuses legacy endpoints",
      /disable-legacy-endpoints = "false"/,
      [[[...config, "metadata", "disable-legacy-endpoints"], "false"]],
    ],
    [
      "refuses metadata without them disabled",
      /disable-legacy-endpoints: missing/,
      [[[...config, "metadata"], { a: "b" }]],
    ],
    ["accepts missing metadata, which disables them", "nothing", [[[...config, "metadata"], undefined]]],
    ["leaves an unknown configuration open", "open", [[config, unknownValue]]],
  ]);
});
