// The local GKE's stand-in for gke-gcloud-auth-plugin: it gives a client
// certificate for a cluster of this machine, and nothing for any other.
import { readFileSync } from "node:fs";

import { configurePlugin } from "./configuration.ts";
import { apiUrls, kubeconfig, kubeconfigData } from "./cluster/pki.ts";
import { allClusters } from "./cluster/records.ts";

interface ExecInfo {
  apiVersion: string;
  spec: { cluster?: { server: string } };
}

function fail(reason: string): never {
  console.error(`gke-gcloud-auth-plugin (local GKE): ${reason}`);
  process.exit(1);
}

configurePlugin(process.env);
const info = process.env["KUBERNETES_EXEC_INFO"];
if (info === undefined) {
  fail(
    "KUBERNETES_EXEC_INFO is not set; the plugin is started by a Kubernetes client whose kubeconfig says provideClusterInfo: true",
  );
}
const { apiVersion, spec } = JSON.parse(info) as ExecInfo;
const server = spec.cluster?.server ?? "";
const cluster = allClusters().find((candidate) => apiUrls(candidate).includes(server));
if (cluster === undefined) {
  fail(`no cluster of this machine has its API at ${server}`);
}

const text = readFileSync(kubeconfig(cluster, "user"), "utf8");
const decoded = (field: string): string => {
  const data = kubeconfigData(text, field);
  if (data === undefined) {
    fail(`${kubeconfig(cluster, "user")} has no ${field}`);
  }
  return data;
};
console.log(
  JSON.stringify({
    apiVersion,
    kind: "ExecCredential",
    status: {
      // Clients ask again only after this, and may otherwise ask for every request.
      expirationTimestamp: new Date(Date.now() + 3_600_000).toISOString(),
      clientCertificateData: decoded("client-certificate-data"),
      clientKeyData: decoded("client-key-data"),
    },
  }),
);
