import type { ApiAccess } from "./configuration.ts";
import type { Kubectl } from "./watched.ts";

interface Kubeconfig {
  readonly clusters: readonly {
    readonly cluster: { readonly server: string; readonly "certificate-authority-data"?: string };
  }[];
  readonly users: readonly {
    readonly user: { readonly "client-certificate-data"?: string; readonly "client-key-data"?: string };
  }[];
}

const decoded = (base64: string): string => Buffer.from(base64, "base64").toString();

/**
 * How kubectl reaches the API of its cluster.
 * @throws Error where it needs anything else than a certificate
 */
export async function readAccess(kubectl: Kubectl): Promise<ApiAccess> {
  const view = await kubectl("config", "view", "--raw", "--minify", "-o=json");
  const { clusters, users } = JSON.parse(view) as Kubeconfig;
  const [cluster, user] = [clusters[0]?.cluster, users[0]?.user];
  const ca = cluster?.["certificate-authority-data"];
  const certificate = user?.["client-certificate-data"];
  const key = user?.["client-key-data"];
  if (cluster === undefined || ca === undefined || certificate === undefined || key === undefined) {
    throw new Error("the kubeconfig of the cluster has no client certificate");
  }
  const { hostname, port } = new URL(cluster.server);
  return {
    address: `${hostname}:${port || "443"}`,
    ca: decoded(ca),
    certificate: decoded(certificate),
    key: decoded(key),
  };
}
