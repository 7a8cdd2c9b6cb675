import { join } from "node:path";

import { writeWhole } from "../../system/files.ts";
import { commandLine } from "../../system/shell.ts";
import { metadataServerAddress } from "../cluster/addresses.ts";
import { ensureTokenKey, tokenKeyFile } from "../cluster/buckets.ts";
import { kubeconfig } from "../cluster/pki.ts";
import { clusterDir } from "../cluster/records.ts";
import type { ClusterRecord, NodeRecord } from "../cluster/records.ts";
import { projectNumber } from "../google/numeric-ids.ts";

const metadataFile = (cluster: ClusterRecord): string => join(clusterDir(cluster), "metadata.json");

/** Writes what the metadata servers of a cluster's nodes know; they read it for each request. */
export function writeMetadata(cluster: ClusterRecord): void {
  const { project, workloadPool = "" } = cluster;
  ensureTokenKey();
  const known = { projectId: project, projectNumber: projectNumber(project), workloadPool };
  writeWhole(metadataFile(cluster), `${JSON.stringify(known, null, 2)}\n`);
}

/**
 * The commands of the service that gives a node's pods access tokens of their ServiceAccounts. It asks the API server
 * as the node, which may list its own pods only.
 */
export const metadataService = (cluster: ClusterRecord, node: NodeRecord): string[] => [
  `exec ${commandLine(
    "metadata-server",
    `--kubeconfig=${kubeconfig(cluster, node.name)}`,
    `--node=${node.name}`,
    `--listen=${metadataServerAddress}:80`,
    `--cluster=${metadataFile(cluster)}`,
    `--key=${tokenKeyFile()}`,
  )}`,
];
