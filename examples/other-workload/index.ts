import * as gcp from "@pulumi/gcp";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

const location = "europe-west1-b";
const cluster = new gcp.container.Cluster("demo", {
  name: "demo",
  location,
  initialNodeCount: 1,
  removeDefaultNodePool: true,
  deletionProtection: false,
});
const pool = new gcp.container.NodePool("demo", {
  name: "demo",
  cluster: cluster.id,
  location,
  nodeCount: 1,
  nodeConfig: { machineType: "e2-small" },
});

/** Clients log in with gke-gcloud-auth-plugin, on Google's cloud as on the local GKE. */
const kubeconfig = pulumi.jsonStringify({
  apiVersion: "v1",
  kind: "Config",
  clusters: [
    {
      name: "demo",
      cluster: {
        server: pulumi.interpolate`https://${cluster.endpoint}`,
        "certificate-authority-data": cluster.masterAuth.clusterCaCertificate,
      },
    },
  ],
  contexts: [{ name: "demo", context: { cluster: "demo", user: "demo" } }],
  "current-context": "demo",
  users: [
    {
      name: "demo",
      user: {
        exec: {
          apiVersion: "client.authentication.k8s.io/v1beta1",
          command: "gke-gcloud-auth-plugin",
          interactiveMode: "Never",
          provideClusterInfo: true,
        },
      },
    },
  ],
});
const provider = new kubernetes.Provider("demo", { kubeconfig });

const labels = { app: "pause" };
new kubernetes.apps.v1.Deployment(
  "pause",
  {
    metadata: { name: "pause", namespace: "default" },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        // An image that every local node has; on Google's cloud, use one of a registry.
        spec: { containers: [{ name: "pause", image: "docker.io/local-gke/pause:1" }] },
      },
    },
  },
  { provider, dependsOn: [pool] },
);
