import { gkeCluster } from "../../../policy/rules/gke-cluster.ts";
import { cluster } from "../fixtures/ensemble.ts";
import { unknownValue } from "../harness.ts";
import { rows } from "../table.ts";

describe("gke-cluster", () => {
  const networks = (...cidrs: unknown[]) =>
    [["masterAuthorizedNetworksConfig"], { cidrBlocks: cidrs.map((cidrBlock) => ({ cidrBlock })) }] as const;
  const privateNodes = ["privateClusterConfig"];
  rows(gkeCluster, [cluster], cluster, [
    ["accepts a hardened cluster", "nothing", []],
    [
      "refuses no release channel",
      /channel is missing; required: one of REGULAR, STABLE, EXTENDED/,
      [[["releaseChannel"], undefined]],
    ],
    ["refuses RAPID", /channel is "RAPID"/, [[["releaseChannel", "channel"], "RAPID"]]],
    [
      "takes settings: channels",
      "nothing",
      [[["releaseChannel", "channel"], "RAPID"]],
      { config: { releaseChannels: ["RAPID"] } },
    ],
    ["refuses no workload identity", /workloadPool is missing/, [[["workloadIdentityConfig"], undefined]]],
    ["refuses an empty pool", /workloadPool is ""/, [[["workloadIdentityConfig", "workloadPool"], ""]]],
    [
      "refuses public nodes and an open API",
      /enablePrivateNodes is not true, and masterAuthorizedNetworksConfig is missing/,
      [[privateNodes, undefined]],
    ],
    ["refuses private nodes off", /is not true/, [[[...privateNodes, "enablePrivateNodes"], false]]],
    ["accepts authorised networks instead", "nothing", [[privateNodes, undefined], networks("192.0.2.0/24")]],
    ["refuses the whole internet", /cidrBlock is "0.0.0.0\/0"/, [networks("192.0.2.0/24", "0.0.0.0/0")]],
    ["refuses the whole IPv6 internet", /cidrBlock is "::\/0"/, [networks("::/0")]],
    ["accepts large networks", "nothing", [networks("10.0.0.0/8", "10.0.0.0/10")]],
    ["refuses a network without range", /cidrBlock is missing/, [networks(undefined)]],
    [
      "leaves unknown networks open",
      "open",
      [
        [privateNodes, undefined],
        [["masterAuthorizedNetworksConfig"], unknownValue],
      ],
    ],
    [
      "leaves an unknown list of networks open",
      "open",
      [
        [privateNodes, undefined],
        [["masterAuthorizedNetworksConfig"], { cidrBlocks: unknownValue }],
      ],
    ],
    ["accepts no word on client certificates, which means none", "nothing", [[["masterAuth"], undefined]]],
    ["leaves unknown ranges open", "open", [networks(unknownValue)]],
    ["leaves unknown private nodes open", "open", [[privateNodes, unknownValue]]],
    [
      "refuses a client certificate",
      /issueClientCertificate is true/,
      [[["masterAuth", "clientCertificateConfig", "issueClientCertificate"], true]],
    ],
    [
      "refuses basic authentication, and shows no password",
      [/username is set/, /password is set/],
      [
        [["masterAuth", "username"], "admin"],
        [["masterAuth", "password"], "secret"],
      ],
    ],
    ["accepts empty names", "nothing", [[["masterAuth", "username"], ""]]],
    [
      "refuses no network policy",
      /datapathProvider is "missing", and networkPolicy.enabled is not true/,
      [[["datapathProvider"], undefined]],
    ],
    [
      "refuses the legacy data path",
      /datapathProvider is "LEGACY_DATAPATH"/,
      [[["datapathProvider"], "LEGACY_DATAPATH"]],
    ],
    [
      "accepts network policy instead",
      "nothing",
      [
        [["datapathProvider"], undefined],
        [["networkPolicy"], { enabled: true }],
      ],
    ],
    [
      "leaves an unknown data path open and judges the channel",
      /channel is missing/,
      [
        [["datapathProvider"], unknownValue],
        [["releaseChannel"], undefined],
      ],
    ],
    ["leaves an unknown data path open", "open", [[["datapathProvider"], unknownValue]]],
    [
      "asks Autopilot for less",
      "nothing",
      [
        [["enableAutopilot"], true],
        [["datapathProvider"], undefined],
        [["workloadIdentityConfig"], undefined],
      ],
    ],
    ["refuses another type", /channel is 1 \(wrong type\)/, [[["releaseChannel", "channel"], 1]]],
  ]);
});
