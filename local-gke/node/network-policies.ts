import { commandLine, quoted } from "../../system/shell.ts";
import { kubeconfig } from "../cluster/pki.ts";
import { metadataServerAddress } from "../cluster/addresses.ts";
import type { ClusterRecord, NodeRecord } from "../cluster/records.ts";

/** The queue of packets on which the service network-policies decides. */
const policyQueue = 100;

/** Exists on a node whose kernel can queue packets. */
const enforcesPolicies = "/run/network-policies";

/**
 * Has the first packet of every connection that the node routes, or that is for its metadata server, wait for a
 * decision by the NetworkPolicies. Kernels have one of two ways to queue it. Without either, or without a way to read
 * the queue, nothing is filtered.
 */
export function queueNewConnections(): string {
  const rule =
    "add table ip policies; add chain ip policies forward { type filter hook forward priority 10; }; " +
    `add rule ip policies forward ct state new queue num ${policyQueue}; ` +
    "add chain ip policies input { type filter hook input priority 10; }; " +
    `add rule ip policies input ip daddr ${metadataServerAddress} ct state new queue num ${policyQueue}`;
  const iptables = (...packets: readonly string[]): string => {
    const chosen = [...packets, "-m", "conntrack", "--ctstate", "NEW"];
    return commandLine(
      "iptables",
      "-w",
      "-A",
      ...chosen,
      "-j",
      "NFQUEUE",
      "--queue-num",
      String(policyQueue),
    );
  };
  const withIptables = `{ ${iptables("FORWARD")} && ${iptables("INPUT", "-d", metadataServerAddress)}; }`;
  const readable = "{ modprobe -q nfnetlink_queue 2>/dev/null; [ -e /proc/net/netfilter/nfnetlink_queue ]; }";
  const queued = `{ ${commandLine("nft", rule)} || ${withIptables}; } 2>/dev/null`;
  const missing = "this kernel cannot queue packets: NetworkPolicies are not enforced";
  return `if ${readable} && ${queued}; then : >${enforcesPolicies}; else echo ${quoted(missing)}; fi`;
}

/** The commands of the service that decides on queued packets. It waits where the kernel cannot queue any. */
export const policyService = (cluster: ClusterRecord, node: NodeRecord): string[] => [
  `[ -e ${enforcesPolicies} ] || exec sleep infinity`,
  `exec ${commandLine(
    "network-policies",
    `--kubeconfig=${kubeconfig(cluster, "network-policies")}`,
    `--node=${node.name}`,
    `--queue=${policyQueue}`,
  )}`,
];
