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

/** The switches of the API server's addresses, and of its public one. */
const addressSwitches = ["enabled", "enablePublicEndpoint"];

/** Whether the API server has no address that the internet reaches, which leaves its DNS name. */
function hasNoAddress(endpoints: Field): Truth {
  return some(
    addressSwitches.map((key): Truth => {
      const endpoint = endpoints.at(key);
      return endpoint.unknown ? "unknown" : known(endpoint.boolean()) === false;
    }),
  );
}

/**
 * The API server has no public address, or authorized networks. Private nodes say nothing about it, and the DNS name
 * lets in only those whom IAM allows.
 *
 * @see https://cloud.google.com/kubernetes-engine/docs/concepts/network-isolation
 */
function validateReach(root: Field, report: Report): void {
  const config = root.at("masterAuthorizedNetworksConfig");
  const endpoints = root.at("controlPlaneEndpointsConfig", "ipEndpointsConfig");
  const others = endpoints.at("authorizedNetworksConfig");
  const isUnreachable = hasNoAddress(endpoints);
  if (isUnreachable === true) {
    return;
  }
  validateNetworks(config, report);
  if (!others.unknown) {
    validateNetworks(others, report);
  }
  const privateNodes = root.at("privateClusterConfig", "enablePrivateNodes");
  const privateEndpoint = root.at("privateClusterConfig", "enablePrivateEndpoint");
  const closed = some([
    isUnreachable,
    switched(privateEndpoint),
    // Without any block, nobody comes in.
    config.unknown ? "unknown" : !config.absent,
    switched(others.at("enabled")),
  ]);
  if (closed === "unknown") {
    const deciding = [
      privateEndpoint,
      ...addressSwitches.map((key) => endpoints.at(key)),
      config,
      others.at("enabled"),
    ];
    for (const { path } of deciding.filter((field) => field.unknown)) {
      report.leaveOpen(path);
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
      "requests, or set controlPlaneEndpointsConfig.ipEndpointsConfig.enabled to false and use the DNS endpoint, or " +
      "name the networks in masterAuthorizedNetworksConfig",
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
  profile: "production",
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
