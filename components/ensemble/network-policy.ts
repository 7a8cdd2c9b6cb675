import type * as inputs from "@pulumi/kubernetes/types/input.js";

import { parseClientSource } from "../../domain/client-source.ts";
import { ensembleNames } from "../../domain/names.ts";
import { backupLabels, hasBackups } from "../backup/identity.ts";
import type { EnsembleValues } from "./args.ts";
import { podSelector } from "./ownership.ts";
import { serverPorts, type ServerPort } from "./ports.ts";
import { objectMeta, type Manifest } from "./services.ts";

type Policy = inputs.networking.v1.NetworkPolicySpec;
type Rule = inputs.networking.v1.NetworkPolicyIngressRule;
type Peer = inputs.networking.v1.NetworkPolicyPeer;

/** Who may connect to a port; undefined for anybody. */
type Peers = Peer[] | undefined;

/**
 * Only the ensemble's own pods, and the observers that save backups, reach the quorum ports, and only its clients the
 * client port. Scrapers reach the metrics from anywhere.
 */
export function networkPolicy(ensemble: EnsembleValues): Manifest<Policy> {
  const own: Peer = { podSelector: { matchLabels: podSelector(ensemble) } };
  const observers: Peer = { podSelector: { matchLabels: backupLabels(ensemble.name) } };
  const peers: Readonly<Record<ServerPort["from"], Peers>> = {
    servers: hasBackups(ensemble) ? [own, observers] : [own],
    clients: clientPeers(ensemble, own),
    any: undefined,
  };
  const all = serverPorts(ensemble);
  const ingress = (["servers", "clients", "any"] as const).flatMap((from): Rule[] => {
    const ports = all.filter((each) => each.from === from).map(({ port }) => ({ port }));
    const allowed = peers[from];
    return ports.length === 0 ? [] : [{ ...(allowed && { from: allowed }), ports }];
  });
  return {
    metadata: objectMeta(ensemble, ensembleNames(ensemble.name).statefulSet),
    spec: {
      podSelector: { matchLabels: podSelector(ensemble) },
      policyTypes: ["Ingress"],
      ingress,
    },
  };
}

function clientPeers({ clients, namespace }: EnsembleValues, own: Peer): Peers {
  const sources = clients.length === 0 ? [namespace] : clients;
  const peers = sources.flatMap((text): Peer[] => {
    const source = parseClientSource(text);
    switch (source?.kind) {
      case "range":
        return [{ ipBlock: { cidr: source.cidr } }];
      case "pods":
        return [
          {
            // Every namespace has this label with its name.
            namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": source.namespace } },
            podSelector: { matchLabels: { ...source.labels } },
          },
        ];
      default:
        return [];
    }
  });
  return sources.includes("*") ? undefined : [own, ...peers];
}
