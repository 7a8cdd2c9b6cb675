import { resourcePolicy } from "../define.ts";
import { clusterType, labelOf } from "../gke/stack.ts";
import { items, known, type Field } from "../reading/field.ts";
import type { Report } from "../reading/report.ts";
import { some, type Truth } from "../reading/truth.ts";
import { texts } from "../settings.ts";

function isOpenToAll(cidr: string): boolean {
  return /\/0+$/.test(cidr);
}

function switched(field: Field): Truth {
  return field.unknown ? "unknown" : known(field.boolean()) === true;
}

/** Private nodes, or authorised networks of which none is the whole internet. */
function judgeReach(root: Field, report: Report): void {
  const blocks = root.at("masterAuthorizedNetworksConfig", "cidrBlocks");
  const ranges = items(blocks).map((block) => block.at("cidrBlock"));
  for (const range of ranges) {
    report.check(range.string(), {
      holds: (cidr) => !isOpenToAll(cidr),
      absent: "refused",
      required: "networks that you know (this one is the whole internet)",
      fix: "name your own ranges",
    });
  }
  const config = root.at("masterAuthorizedNetworksConfig");
  const authorised: Truth = config.unknown || blocks.unknown ? "unknown" : !config.absent;
  const reachable = some([switched(root.at("privateClusterConfig", "enablePrivateNodes")), authorised]);
  if (reachable === "unknown") report.leaveOpen("privateClusterConfig, masterAuthorizedNetworksConfig");
  if (reachable !== false) return;
  report.refuse({
    path: "privateClusterConfig.enablePrivateNodes",
    observed: "not true, and masterAuthorizedNetworksConfig is missing",
    required: "private nodes or authorised networks",
    fix: "set privateClusterConfig.enablePrivateNodes to true, with a NAT for the nodes' own requests",
  });
}

function judgeCredentials(auth: Field, report: Report): void {
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
      shown: () => "set",
    });
  }
}

function judgeNetworkPolicy(root: Field, report: Report): void {
  const datapath = root.at("datapathProvider");
  const dataplaneV2: Truth = datapath.unknown ? "unknown" : known(datapath.string()) === "ADVANCED_DATAPATH";
  const enforced = some([dataplaneV2, switched(root.at("networkPolicy", "enabled"))]);
  if (enforced === "unknown") report.leaveOpen("datapathProvider, networkPolicy.enabled");
  if (enforced !== false) return;
  report.refuse({
    path: datapath.path,
    observed: `${JSON.stringify(known(datapath.string()) ?? "missing")}, and networkPolicy.enabled is not true`,
    required: '"ADVANCED_DATAPATH" (Dataplane V2) or network policy (else NetworkPolicies do nothing)',
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
  judge: (resource, open, settings) => {
    const report = open(labelOf("Cluster", resource));
    const { root } = resource;
    report.check(root.at("releaseChannel", "channel").string(), {
      holds: (channel) => settings.releaseChannels.includes(channel),
      absent: "refused",
      required: `one of ${settings.releaseChannels.join(", ")}`,
      fix: "set releaseChannel.channel to REGULAR",
    });
    judgeReach(root, report);
    judgeCredentials(root.at("masterAuth"), report);
    if (known(root.at("enableAutopilot").boolean()) === true) return;
    report.check(root.at("workloadIdentityConfig", "workloadPool").string(), {
      holds: (pool) => pool !== "",
      absent: "refused",
      required: "a workload pool (else pods share the node's identity)",
      fix: "set workloadIdentityConfig.workloadPool to PROJECT.svc.id.goog",
    });
    judgeNetworkPolicy(root, report);
  },
});
