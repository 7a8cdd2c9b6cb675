import { commandLine } from "../../system/shell.ts";
import * as addresses from "../cluster/addresses.ts";

/**
 * The Corefile of a node's DNS cache, that of NodeLocal DNSCache on GKE's nodes. It keeps an address for 30 s, and a
 * denial for 5 s.
 * @param slot the cluster's
 * @param index the node's
 * @see https://github.com/kubernetes/kubernetes/blob/v1.34.3/cluster/addons/dns/nodelocaldns/nodelocaldns.yaml
 */
export function dnsCacheConfig(slot: number, index: number): string {
  const zone = (name: string, cache: string): string => `${name}:53 {
    bind ${addresses.nodeAddress(slot, index)}
    errors
    ${cache}
    forward . ${addresses.controlPlaneAddress(slot)} {
        force_tcp
    }
}
`;
  return [
    zone("cluster.local", "cache {\n        success 9984 30\n        denial 9984 5\n    }"),
    zone(".", "cache 30"),
  ].join("");
}

/** The commands of the service that serves a node's pods from its cache. */
export const dnsCacheService = (corefile: string): string[] => [
  `exec ${commandLine("coredns", "-conf", corefile)}`,
];
