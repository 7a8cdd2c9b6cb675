/** The address of a cluster's API server. */
export interface ApiServer {
  /** The name of the cluster, its user and its context in the kubeconfig. */
  readonly name: string;
  /** The host name or address of the API server. */
  readonly host: string;
  /** The cluster's certificate authority, in base64; undefined if a public authority has signed the certificate. */
  readonly certificateAuthority: string | undefined;
}

/**
 * A kubeconfig that logs in with the Google account of the machine on which it is used; it contains no secret of a
 * user.
 * @see https://cloud.google.com/kubernetes-engine/docs/how-to/cluster-access-for-kubectl
 */
export function renderKubeconfig({ name, host, certificateAuthority }: ApiServer): string {
  const kubeconfig = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name,
        cluster: {
          server: `https://${host}`,
          ...(certificateAuthority === undefined
            ? {}
            : { "certificate-authority-data": certificateAuthority }),
        },
      },
    ],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
    users: [
      {
        name,
        user: {
          exec: {
            apiVersion: "client.authentication.k8s.io/v1beta1",
            command: "gke-gcloud-auth-plugin",
            installHint:
              "Install gke-gcloud-auth-plugin: https://cloud.google.com/kubernetes-engine/docs/how-to/cluster-access-for-kubectl",
            provideClusterInfo: true,
            interactiveMode: "IfAvailable",
          },
        },
      },
    ],
  };
  // JSON is valid YAML, and needs no library.
  return JSON.stringify(kubeconfig, undefined, 2);
}
