import { expect } from "chai";

import { gkeCluster } from "../../../policy/rules/gke-cluster.ts";
import { cluster } from "../../fixtures/policy/ensemble.ts";
import { changed, validate, unknownValue } from "../../fixtures/policy/harness.ts";
import { rows, type Row } from "../table.ts";

describe("gke-cluster", () => {
  const networks = (...cidrs: unknown[]) =>
    [["masterAuthorizedNetworksConfig"], { cidrBlocks: cidrs.map((cidrBlock) => ({ cidrBlock })) }] as const;
  const privateNodes = ["privateClusterConfig"];
  rows(gkeCluster, [cluster], cluster, [
    ["accepts a hardened cluster", "nothing", []],
    [
      "rejects no release channel",
      /channel: missing\s+Required: one of REGULAR, STABLE, EXTENDED/,
      [[["releaseChannel"], undefined]],
    ],
    ["rejects RAPID", /channel = "RAPID"/, [[["releaseChannel", "channel"], "RAPID"]]],
    [
      "takes settings: channels",
      "nothing",
      [[["releaseChannel", "channel"], "RAPID"]],
      { config: { releaseChannels: ["RAPID"] } },
    ],
    ["rejects no workload identity", /workloadPool: missing/, [[["workloadIdentityConfig"], undefined]]],
    ["rejects an empty pool", /workloadPool = ""/, [[["workloadIdentityConfig", "workloadPool"], ""]]],
    [
      "rejects public nodes and an open API",
      /enablePrivateNodes: not true, and masterAuthorizedNetworksConfig is missing/,
      [[privateNodes, undefined]],
    ],
    [
      "rejects private nodes off",
      /enablePrivateNodes: not true/,
      [[privateNodes, { enablePrivateNodes: false, enablePrivateEndpoint: false }]],
    ],
    [
      "rejects private nodes with an API server for everyone",
      /enablePrivateEndpoint: not true, and masterAuthorizedNetworksConfig is missing\s+Required: an API server without a public address/,
      [[privateNodes, { enablePrivateNodes: true }]],
    ],
    [
      "rejects an API server for everyone that is said to be one",
      /enablePrivateEndpoint: not true/,
      [[[...privateNodes, "enablePrivateEndpoint"], false]],
    ],
    [
      "rejects an API server for everyone beside a DNS endpoint",
      /enablePrivateEndpoint: not true/,
      [
        [privateNodes, { enablePrivateNodes: true }],
        [["controlPlaneEndpointsConfig"], { dnsEndpointConfig: { allowExternalTraffic: true } }],
      ],
    ],
    [
      "rejects an address that is said to be there",
      /enablePrivateEndpoint: not true/,
      [
        [privateNodes, { enablePrivateNodes: true }],
        [["controlPlaneEndpointsConfig"], { ipEndpointsConfig: { enabled: true } }],
      ],
    ],
    [
      "accepts a DNS endpoint alone",
      "nothing",
      [
        [privateNodes, undefined],
        [
          ["controlPlaneEndpointsConfig"],
          { ipEndpointsConfig: { enabled: false }, dnsEndpointConfig: { allowExternalTraffic: true } },
        ],
      ],
    ],
    ...[
      { ipEndpointsConfig: { enabled: false } },
      { ipEndpointsConfig: { enabled: false }, dnsEndpointConfig: { allowExternalTraffic: false } },
      { ipEndpointsConfig: { enablePublicEndpoint: false } },
      { ipEndpointsConfig: { enabled: true, enablePublicEndpoint: false, globalAccess: true } },
      { ipEndpointsConfig: { authorizedNetworksConfig: { enabled: true } } },
      {
        ipEndpointsConfig: {
          authorizedNetworksConfig: { enabled: true, cidrBlocks: [{ cidrBlock: "192.0.2.0/24" }] },
        },
      },
    ].map((endpoints): Row => [
      `accepts ${JSON.stringify(endpoints)}, whatever nodes are private`,
      "nothing",
      [
        [privateNodes, undefined],
        [["controlPlaneEndpointsConfig"], endpoints],
      ],
    ]),
    ...[
      { dnsEndpointConfig: { allowExternalTraffic: false } },
      { ipEndpointsConfig: {} },
      { ipEndpointsConfig: { enabled: true, enablePublicEndpoint: true } },
      { ipEndpointsConfig: { authorizedNetworksConfig: { enabled: false } } },
      { ipEndpointsConfig: { authorizedNetworksConfig: {} } },
    ].map((endpoints): Row => [
      `rejects ${JSON.stringify(endpoints)} with private nodes`,
      /enablePrivateEndpoint: not true.*, or set controlPlaneEndpointsConfig\.ipEndpointsConfig\.enabled to false and use the DNS endpoint, or/s,
      [
        [privateNodes, { enablePrivateNodes: true }],
        [["controlPlaneEndpointsConfig"], endpoints],
      ],
    ]),
    [
      "rejects the whole internet among networks of the endpoints",
      /ipEndpointsConfig\.authorizedNetworksConfig\.cidrBlocks\[0\]\.cidrBlock = "0.0.0.0\/0"/,
      [
        [
          ["controlPlaneEndpointsConfig", "ipEndpointsConfig"],
          { authorizedNetworksConfig: { enabled: true, cidrBlocks: [{ cidrBlock: "0.0.0.0/0" }] } },
        ],
      ],
    ],
    [
      "rejects Google Cloud's public addresses among them",
      /ipEndpointsConfig\.authorizedNetworksConfig\.gcpPublicCidrsAccessEnabled = true/,
      [
        [
          ["controlPlaneEndpointsConfig", "ipEndpointsConfig", "authorizedNetworksConfig"],
          { enabled: true, gcpPublicCidrsAccessEnabled: true },
        ],
      ],
    ],
    [
      "accepts any network where no address is left",
      "nothing",
      [networks("0.0.0.0/0"), [["controlPlaneEndpointsConfig"], { ipEndpointsConfig: { enabled: false } }]],
    ],
    [
      "leaves an unknown switch of the public address open",
      "open",
      [
        [privateNodes, undefined],
        [["controlPlaneEndpointsConfig"], { ipEndpointsConfig: { enablePublicEndpoint: unknownValue } }],
      ],
    ],
    [
      "leaves unknown networks of the endpoints open",
      "open",
      [
        [privateNodes, undefined],
        [["controlPlaneEndpointsConfig"], { ipEndpointsConfig: { authorizedNetworksConfig: unknownValue } }],
      ],
    ],
    [
      "leaves an unknown address open",
      "open",
      [
        [privateNodes, undefined],
        [["controlPlaneEndpointsConfig"], { ipEndpointsConfig: { enabled: unknownValue } }],
      ],
    ],
    [
      "leaves an unknown private endpoint open",
      "open",
      [[privateNodes, { enablePrivateNodes: true, enablePrivateEndpoint: unknownValue }]],
    ],
    [
      "leaves nothing open where the private endpoint decides",
      "nothing",
      [[["controlPlaneEndpointsConfig"], unknownValue]],
    ],
    [
      "accepts networks without any block: nobody comes in at the public address",
      "nothing",
      [[privateNodes, undefined], networks()],
    ],
    [
      "asks the same of Autopilot",
      /enablePrivateEndpoint: not true/,
      [
        [["enableAutopilot"], true],
        [privateNodes, { enablePrivateNodes: true }],
      ],
    ],
    ["rejects legacy authorisation", /enableLegacyAbac = true/, [[["enableLegacyAbac"], true]]],
    ["accepts it turned off", "nothing", [[["enableLegacyAbac"], false]]],
    ["leaves it open while unknown", "open", [[["enableLegacyAbac"], unknownValue]]],
    [
      "rejects it of Autopilot too",
      /enableLegacyAbac = true/,
      [
        [["enableAutopilot"], true],
        [["enableLegacyAbac"], true],
      ],
    ],
    [
      "rejects Google Cloud's public addresses",
      /gcpPublicCidrsAccessEnabled = true/,
      [
        [
          ["masterAuthorizedNetworksConfig"],
          { cidrBlocks: [{ cidrBlock: "192.0.2.0/24" }], gcpPublicCidrsAccessEnabled: true },
        ],
      ],
    ],
    [
      "accepts them turned off",
      "nothing",
      [[["masterAuthorizedNetworksConfig"], { gcpPublicCidrsAccessEnabled: false }]],
    ],
    [
      "leaves them open while unknown",
      "open",
      [[["masterAuthorizedNetworksConfig"], { gcpPublicCidrsAccessEnabled: unknownValue }]],
    ],
    ["accepts authorised networks instead", "nothing", [[privateNodes, undefined], networks("192.0.2.0/24")]],
    ["rejects the whole internet", /cidrBlock = "0.0.0.0\/0"/, [networks("192.0.2.0/24", "0.0.0.0/0")]],
    ["rejects the whole IPv6 internet", /cidrBlock = "::\/0"/, [networks("::/0")]],
    ["accepts large networks", "nothing", [networks("10.0.0.0/8", "10.0.0.0/10")]],
    [
      "rejects the internet in two halves",
      /cidrBlocks: a list that holds \d+ IPv4 addresses of the internet/,
      [networks("0.0.0.0/1", "128.0.0.0/1")],
    ],
    ["rejects half of the internet", /cidrBlocks: a list that holds/, [networks("128.0.0.0/1")]],
    [
      "rejects the internet in many parts",
      /cidrBlocks: a list that holds/,
      [networks(...Array.from({ length: 256 }, (_, n) => `${n}.0.0.0/8`))],
    ],
    ["rejects more than a /8", /holds 33554432 IPv4 addresses/, [networks("8.0.0.0/7")]],
    [
      "rejects a /8 and one more address",
      /holds 16777217 IPv4 addresses/,
      [networks("8.0.0.0/8", "9.9.9.9/32")],
    ],
    ["accepts a /8", "nothing", [networks("8.0.0.0/8")]],
    [
      "counts an address once",
      "nothing",
      [networks("8.0.0.0/8", "8.0.0.0/9", "8.1.0.0/16", "8.128.0.0/9", "8.8.8.8/32")],
    ],
    [
      "does not count private addresses",
      "nothing",
      [networks("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "240.0.0.0/4")],
    ],
    ["counts the public addresses beside them", /IPv4 addresses of the internet/, [networks("8.0.0.0/6")]],
    ["rejects the whole internet with host bits", /cidrBlock = "8.8.8.8\/0"/, [networks("8.8.8.8/0")]],
    ["rejects host bits, as the provider does", /cidrBlock = "8.8.8.8\/24"/, [networks("8.8.8.8/24")]],
    ["rejects IPv6 in two halves", /addresses of the internet/, [networks("::/1", "8000::/1")]],
    ["rejects all that is routed of IPv6", /more than a \/20 of the IPv6 addresses/, [networks("2000::/3")]],
    ["rejects it in parts", /of the IPv6 addresses/, [networks("2000::/4", "3000::/4")]],
    ["accepts a network of IPv6", "nothing", [networks("2001:db8::/32", "2a00:1450:4001::/48", "fd00::/8")]],
    ["accepts a /20 of it", "nothing", [networks("2400::/20")]],
    [
      "names IPv6 beside as much of IPv4 as is accepted",
      /more than a \/20 of the IPv6 addresses/,
      [networks("8.0.0.0/8", "2400::/19")],
    ],
    ["rejects a /19 of it", /more than a \/20 of the IPv6 addresses/, [networks("2400::/19")]],
    [
      "sees IPv4 addresses that are written as IPv6 ones",
      /IPv4 addresses of the internet/,
      [networks("::ffff:0:0/97", "::ffff:128.0.0.0/97")],
    ],
    ["rejects what is no block", /cidrBlock = "everyone"/, [networks("everyone")]],
    ["rejects an address without a prefix", /cidrBlock = "192.0.2.1"/, [networks("192.0.2.1")]],
    ["rejects a prefix that is too long", /cidrBlock = "192.0.2.1\/33"/, [networks("192.0.2.1/33")]],
    [
      "validates what is known beside an unknown range",
      /holds \d+ IPv4 addresses/,
      [networks("0.0.0.0/1", unknownValue, "128.0.0.0/1")],
    ],
    [
      "rejects a list of the wrong type",
      /cidrBlocks = "192.0.2.0\/24" \(wrong type\)/,
      [[["masterAuthorizedNetworksConfig"], { cidrBlocks: "192.0.2.0/24" }]],
    ],
    ["rejects a network without range", /cidrBlock: missing/, [networks(undefined)]],
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
      "rejects a client certificate",
      /issueClientCertificate = true/,
      [[["masterAuth", "clientCertificateConfig", "issueClientCertificate"], true]],
    ],
    [
      "rejects basic authentication, and shows no password",
      [/username = \(hidden\)/, /password = \(hidden\)/],
      [
        [["masterAuth", "username"], "admin"],
        [["masterAuth", "password"], "secret"],
      ],
    ],
    ["accepts empty names", "nothing", [[["masterAuth", "username"], ""]]],
    [
      "rejects no network policy",
      /datapathProvider: not "ADVANCED_DATAPATH", and networkPolicy.enabled is not true/,
      [[["datapathProvider"], undefined]],
    ],
    [
      "rejects the legacy data path",
      /datapathProvider: not "ADVANCED_DATAPATH"/,
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
      "leaves an unknown data path open and validates the channel",
      /channel: missing/,
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
    ["rejects another type", /channel = 1 \(wrong type\)/, [[["releaseChannel", "channel"], 1]]],
  ]);

  it("leaves open only what is unknown", () => {
    const endpoint = { enablePrivateNodes: true, enablePrivateEndpoint: unknownValue };
    const { open } = validate(gkeCluster, [changed(cluster, privateNodes, endpoint)]);
    expect(open).to.have.length(1);
    expect(open[0]).to.match(/not known yet: privateClusterConfig\.enablePrivateEndpoint$/);
  });
});
