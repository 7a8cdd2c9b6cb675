import { expect } from "chai";

import { apiUrls } from "../../local-gke/cluster/pki.ts";
import { endpointRules } from "../../local-gke/cluster/network.ts";
import { endpointOutputs, openEndpoints } from "../../local-gke/provider/resources/endpoints.ts";
import type { Properties } from "../../local-gke/provider/values.ts";

const [privateEndpoint, publicEndpoint, dnsEndpoint] = ["198.18.64.1", "198.18.64.3", "198.18.64.4"];

describe("the endpoints of a cluster of the local GKE", () => {
  const networks = { cidrBlocks: [{ cidrBlock: "203.0.113.0/24" }] };
  const dns = { dnsEndpointConfig: { allowExternalTraffic: true } };
  const cases: readonly (readonly [string, Properties, { public: boolean; dns: boolean }])[] = [
    ["a cluster whose arguments say nothing about access", {}, { public: true, dns: false }],
    [
      "authorised networks",
      { masterAuthorizedNetworksConfig: networks, controlPlaneEndpointsConfig: {} },
      { public: true, dns: false },
    ],
    ["no authorised network", { masterAuthorizedNetworksConfig: {} }, { public: false, dns: false }],
    [
      "an empty list of authorised networks",
      { masterAuthorizedNetworksConfig: { cidrBlocks: [] } },
      { public: false, dns: false },
    ],
    [
      "only the private endpoint",
      {
        privateClusterConfig: { enablePrivateEndpoint: true },
        masterAuthorizedNetworksConfig: networks,
      },
      { public: false, dns: false },
    ],
    [
      "the DNS endpoint beside the others",
      { masterAuthorizedNetworksConfig: networks, controlPlaneEndpointsConfig: dns },
      { public: true, dns: true },
    ],
    [
      "the DNS endpoint only",
      { controlPlaneEndpointsConfig: { ...dns, ipEndpointsConfig: { enabled: false } } },
      { public: false, dns: true },
    ],
  ];
  for (const [title, inputs, open] of cases) {
    it(`are open as on GKE with ${title}`, () => {
      expect(openEndpoints(inputs)).to.deep.equal(open);
      const rules = endpointRules(1, open);
      expect(rules.includes(`ip daddr ${publicEndpoint} tcp dport 443 reject`)).to.equal(!open.public);
      expect(rules.includes(`ip daddr ${dnsEndpoint} tcp dport 443 reject`)).to.equal(!open.dns);
      expect(rules).not.to.include(privateEndpoint);
    });
  }

  it("are recorded whether open or not, and the public one is the cluster's unless it is private", () => {
    const made = {
      endpoint: publicEndpoint,
      "privateClusterConfig.privateEndpoint": privateEndpoint,
      "privateClusterConfig.publicEndpoint": publicEndpoint,
      "controlPlaneEndpointsConfig.dnsEndpointConfig.endpoint": dnsEndpoint,
    };
    expect(endpointOutputs(1, {})).to.deep.equal(made);
    expect(endpointOutputs(1, { privateClusterConfig: { enablePrivateEndpoint: true } })).to.deep.equal({
      ...made,
      endpoint: privateEndpoint,
    });
  });

  it("are all those at which a kubeconfig may reach the cluster", () => {
    const record = {
      project: "p",
      location: "us-central1-a",
      name: "zk",
      slot: 1,
      createTime: "",
      pools: [],
    };
    expect(apiUrls(record)).to.have.members(
      [privateEndpoint, publicEndpoint, dnsEndpoint].map((address) => `https://${address}`),
    );
  });
});
