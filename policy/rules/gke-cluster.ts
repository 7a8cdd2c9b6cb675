import {
  mostPublicAddresses,
  mostPublicIpv6Addresses,
  parseAnyCidr,
  publicAddresses,
  publicIpv6Addresses,
} from "../../domain/cidr.ts";
import { resourcePolicy } from "../define.ts";
import { clusterType, labelOf } from "../gke/stack.ts";
import { known, type Field } from "../reading/field.ts";
import type { Report } from "../reading/report.ts";
import { some, type Truth } from "../reading/truth.ts";
import { texts } from "../settings.ts";

function switched(field: Field): Truth {
  return field.unknown ? "unknown" : known(field.boolean()) === true;
}

/**
 * Validates the networks that may reach the API server: all of them together, as two halves of the internet are all of
 * it.
 */
function validateNetworks(config: Field, report: Report): void {
  const blocks = report.elements(config.at("cidrBlocks")).map((block) => block.at("cidrBlock"));
  for (const block of blocks) {
    report.check(block.string(), {
      holds: (cidr) => (parseAnyCidr(cidr)?.prefix ?? 0) > 0,
      absent: "rejected",
      required: "networks that you know, as CIDR blocks (a prefix of length 0 is the whole internet)",
      fix: "name your own ranges",
    });
  }
  const seen = blocks.flatMap((block) => parseAnyCidr(known(block.string()) ?? "") ?? []);
  const [ipv4, ipv6] = [publicAddresses(seen), publicIpv6Addresses(seen)];
  const isWide = ipv4 > mostPublicAddresses || ipv6 > mostPublicIpv6Addresses;
  if (isWide && !seen.some(({ prefix }) => prefix === 0)) {
    const count =
      ipv4 > mostPublicAddresses ? `${ipv4} IPv4 addresses` : "more than a /20 of the IPv6 addresses";
    report.reject({
      path: config.at("cidrBlocks").path,
      observed: `a list that holds ${count} of the internet`,
      required:
        "networks that you know: of the internet a /8 of IPv4 and a /20 of IPv6 at most, all blocks together",
      fix: "name your own ranges",
    });
  }
  report.check(config.at("gcpPublicCidrsAccessEnabled").boolean(), {
    holds: (on) => !on,
    absent: "accepted",
    required: "false (every public address of Google Cloud is let in, other customers' too)",
    fix: "set gcpPublicCidrsAccessEnabled to false",
  });
}

/**
 * The API server has no public address, or authorised networks. Private nodes say nothing about it.
 *
 * @see https://cloud.google.com/kubernetes-engine/docs/concepts/network-isolation
 */
function validateReach(root: Field, report: Report): void {
  const config = root.at("masterAuthorizedNetworksConfig");
  validateNetworks(config, report);
  const privateNodes = root.at("privateClusterConfig", "enablePrivateNodes");
  const privateEndpoint = root.at("privateClusterConfig", "enablePrivateEndpoint");
  const addresses = root.at("controlPlaneEndpointsConfig", "ipEndpointsConfig", "enabled");
  const closed = some([
    switched(privateEndpoint),
    addresses.unknown ? "unknown" : known(addresses.boolean()) === false,
    config.unknown ? "unknown" : !config.absent,
  ]);
  if (closed === "unknown") {
    for (const field of [privateEndpoint, addresses, config]) {
      if (field.unknown) {
        report.leaveOpen(field.path);
      }
    }
  }
  if (closed !== false) {
    return;
  }
  // Google has private endpoints only where the nodes are private, too.
  const first = switched(privateNodes) === false ? privateNodes : privateEndpoint;
  report.reject({
    path: first.path,
    observed: "not true, and masterAuthorizedNetworksConfig is missing",
    required: "an API server without a public address, or with authorised networks",
    fix:
      "set privateClusterConfig.enablePrivateNodes and enablePrivateEndpoint to true, with a NAT for the nodes' own " +
      "requests, or name the networks in masterAuthorizedNetworksConfig",
  });
}

function validateCredentials(auth: Field, report: Report): void {
  report.check(auth.at("clientCertificateConfig", "issueClientCertificate").boolean(), {
    holds: (issued) => !issued,
    absent: "accepted",
    required: "false (a client certificate cannot be revoked)",
    fix: "set issueClientCertificate to false",
  });
  for (const key of ["username", "password"]) {
    report.check(auth.at(key).string(), {
      holds: (value) => value === "",
      absent: "accepted",
      required: "missing (basic authentication)",
      fix: "remove it",
      shown: () => "(hidden)",
    });
  }
}

function validateNetworkPolicy(root: Field, report: Report): void {
  const datapath = root.at("datapathProvider");
  const dataplaneV2: Truth = datapath.unknown ? "unknown" : known(datapath.string()) === "ADVANCED_DATAPATH";
  const enforced = some([dataplaneV2, switched(root.at("networkPolicy", "enabled"))]);
  if (enforced === "unknown") {
    report.leaveOpen("datapathProvider, networkPolicy.enabled");
  }
  if (enforced !== false) {
    return;
  }
  report.reject({
    path: datapath.path,
    observed: `not "ADVANCED_DATAPATH", and networkPolicy.enabled is not true`,
    required:
      '"ADVANCED_DATAPATH" (Dataplane V2) or network policy (otherwise NetworkPolicies have no effect)',
    fix: "set datapathProvider to ADVANCED_DATAPATH",
  });
}

/**
 * What a GKE cluster must be. What Autopilot has always on is not asked of Autopilot clusters. Deletion protection is
 * in `gke-deletion-protection`.
 *
 * @see https://cloud.google.com/kubernetes-engine/docs/how-to/hardening-your-cluster
 * @see https://www.pulumi.com/registry/packages/gcp/api-docs/container/cluster/
 */
export const gkeCluster = resourcePolicy({
  name: "gke-cluster",
  description: "GKE clusters are kept up to date, use workload identity, and are closed to the internet",
  settings: {
    releaseChannels: texts("Release channels that are accepted", ["REGULAR", "STABLE", "EXTENDED"]),
  },
  enforcementLevel: "mandatory",
  type: clusterType,
  validate: (resource, open, settings) => {
    const report = open(labelOf("Cluster", resource));
    const { root } = resource;
    report.check(root.at("releaseChannel", "channel").string(), {
      holds: (channel) => settings.releaseChannels.includes(channel),
      absent: "rejected",
      required: `one of ${settings.releaseChannels.join(", ")}`,
      fix: "set releaseChannel.channel to REGULAR",
    });
    validateReach(root, report);
    report.check(root.at("enableLegacyAbac").boolean(), {
      holds: (on) => !on,
      absent: "accepted",
      required:
        "false (legacy authorization gives service accounts nearly every permission, whatever RBAC says)",
      fix: "remove enableLegacyAbac",
    });
    validateCredentials(root.at("masterAuth"), report);
    if (known(root.at("enableAutopilot").boolean()) === true) {
      return;
    }
    report.check(root.at("workloadIdentityConfig", "workloadPool").string(), {
      holds: (pool) => pool !== "",
      absent: "rejected",
      required: "a workload pool (otherwise pods share the node's identity)",
      fix: "set workloadIdentityConfig.workloadPool to PROJECT.svc.id.goog",
    });
    validateNetworkPolicy(root, report);
  },
});
