import * as pulumi from "@pulumi/pulumi";
import { Cluster, type ClusterArgs } from "@pulumi/gcp/container/cluster.js";
import { Provider } from "@pulumi/kubernetes/provider.js";

import { noteAccess } from "../live/access.ts";
import { providerOptions } from "../live/provider.ts";
import { gkeSettings } from "../settings/gke.ts";
import { checked, settingsOf } from "../validation/checked.ts";
import { toOutput } from "../speed.ts";
import { BackupBucket, type BackupBucketArgs } from "./backup-bucket.ts";
import { BackupReader, type BackupReaderArgs } from "./backup-reader.ts";
import { gkeDefaults, type GkeClusterArgs, type GkeValues } from "./args.ts";
import { checkGke } from "./check.ts";
import { renderKubeconfig } from "./kubeconfig.ts";
import { resourceLabels } from "./labels.ts";
import { maintenancePolicy } from "./maintenance.ts";
import { GkeNetwork, rangeNames } from "./network.ts";
import { NodeIdentity } from "./node-identity.ts";
import { GkeNodePool, nodeZones } from "./node-pool.ts";

/**
 * A GKE cluster with private nodes: its network, the nodes' identity, the control plane and the node pool.
 * @example
 * const cluster = new GkeCluster("zookeeper", { project: "my-project", location: "europe-west1-b" });
 * new ZooKeeperEnsemble("zk", {}, { provider: cluster.provider, dependsOn: [cluster] });
 * @throws InputPropertiesError if an argument is invalid, before anything is registered
 * @see https://cloud.google.com/kubernetes-engine/docs/concepts/kubernetes-engine-overview
 */
export class GkeCluster extends pulumi.ComponentResource {
  /** A kubeconfig for the cluster; a secret. It logs in through gke-gcloud-auth-plugin. */
  public readonly kubeconfig: pulumi.Output<string>;
  /** The provider for resources on the cluster. */
  public readonly provider: Provider;

  readonly #settings: pulumi.Output<GkeValues>;
  readonly #name: string;

  constructor(name: string, args: GkeClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    const { transformCluster, transformNodePool, ...inputs } = args;
    const accepted = checked(
      `GKE cluster ${name}`,
      args,
      settingsOf(args, { name, ...inputs }, gkeDefaults),
      gkeSettings,
      checkGke,
    );
    super("zookeeper:gke:GkeCluster", name, inputs, opts);
    this.#settings = toOutput<GkeValues>(accepted);
    this.#name = name;

    const settings = this.#settings;
    const network = new GkeNetwork(name, { settings }, { parent: this });
    const identity = new NodeIdentity(name, { settings }, { parent: this });
    const cluster = this.#createControlPlane(network, identity, transformCluster);
    this.kubeconfig = this.#renderKubeconfig(cluster);
    const { deletionProtection = gkeDefaults.deletionProtection } = args;
    new GkeNodePool(
      name,
      {
        ...{ settings, cluster: cluster.name, serviceAccount: identity.email, transform: transformNodePool },
        // An option of a resource is no output.
        protect: deletionProtection === true,
      },
      // The nodes need the NAT to pull images from elsewhere, and the roles to pull the project's images and to log.
      { parent: this, dependsOn: [network, identity] },
    );
    this.provider = new Provider(
      `${name}-kubernetes`,
      {
        kubeconfig: this.kubeconfig,
        ...providerOptions,
        // Otherwise, Pulumi would take another address for another cluster, and replace everything on it.
        clusterIdentifier: settings.apply(
          (s) => `projects/${s.project}/locations/${s.location}/clusters/${s.name}`,
        ),
      },
      { parent: this },
    );
    noteAccess(
      this.provider,
      this.kubeconfig.apply((kubeconfig) => ({ kubeconfig })),
    );

    this.registerOutputs({ kubeconfig: this.kubeconfig });
  }

  /**
   * Creates the bucket with the backups of an ensemble on this cluster, or only the right to write to it.
   * @param name the name of the component
   */
  createBackupBucket(
    name: string,
    args: Omit<BackupBucketArgs, "settings">,
    opts?: pulumi.ComponentResourceOptions,
  ): BackupBucket {
    // A project has the pool of its clusters' identities once it has a cluster that uses it.
    return new BackupBucket(name, { ...args, settings: this.#settings }, { ...opts, dependsOn: [this] });
  }

  /**
   * Lets the servers of a new ensemble on this cluster read the bucket with the backup that they begin with.
   * @param name the name of the component
   */
  allowRestore(
    name: string,
    args: Omit<BackupReaderArgs, "settings">,
    opts?: pulumi.ComponentResourceOptions,
  ): BackupReader {
    return new BackupReader(name, { ...args, settings: this.#settings }, { ...opts, dependsOn: [this] });
  }

  #createControlPlane(
    network: GkeNetwork,
    identity: NodeIdentity,
    transform: GkeClusterArgs["transformCluster"],
  ): Cluster {
    const settings = this.#settings;
    const args: ClusterArgs = {
      ...this.#place(),
      ...this.#access(),
      network: network.networkId,
      subnetwork: network.subnetworkId,
      networkingMode: "VPC_NATIVE",
      ipAllocationPolicy: {
        clusterSecondaryRangeName: rangeNames.pods,
        servicesSecondaryRangeName: rangeNames.services,
      },
      datapathProvider: "ADVANCED_DATAPATH",
      releaseChannel: { channel: settings.apply((s) => s.releaseChannel) },
      maintenancePolicy: settings.apply(maintenancePolicy),
      workloadIdentityConfig: { workloadPool: settings.apply((s) => `${s.project}.svc.id.goog`) },
      enableShieldedNodes: true,
      monitoringConfig: { enableComponents: ["SYSTEM_COMPONENTS"], managedPrometheus: { enabled: true } },
      addonsConfig: { gcePersistentDiskCsiDriverConfig: { enabled: true } },
      deletionProtection: settings.apply((s) => s.deletionProtection),
      resourceLabels: settings.apply(resourceLabels),
      // GKE creates a first pool and removes it: its nodes are small, take no quota of SSDs, and have no more rights
      // than ours.
      removeDefaultNodePool: true,
      initialNodeCount: 1,
      nodeConfig: {
        machineType: "e2-small",
        diskType: "pd-standard",
        diskSizeGb: 20,
        serviceAccount: identity.email,
        shieldedInstanceConfig: { enableSecureBoot: true, enableIntegrityMonitoring: true },
      },
    };
    return new Cluster(`${this.#name}-cluster`, transform === undefined ? args : transform(args), {
      parent: this,
      // The remains of the first pool do not matter.
      ignoreChanges: ["nodeConfig", "initialNodeCount"],
    });
  }

  #place(): Pick<ClusterArgs, "project" | "name" | "location" | "nodeLocations"> {
    const settings = this.#settings;
    return {
      project: settings.apply((s) => s.project),
      name: settings.apply((s) => s.name),
      location: settings.apply((s) => s.location),
      // GKE does not accept a zonal cluster's own zone here.
      nodeLocations: settings.apply((s) => nodeZones(s).filter((zone) => zone !== s.location)),
    };
  }

  /** Access to the API server: from the authorized networks or, without any, through the DNS endpoint with IAM. */
  #access(): Pick<
    ClusterArgs,
    "privateClusterConfig" | "masterAuthorizedNetworksConfig" | "controlPlaneEndpointsConfig" | "masterAuth"
  > {
    const settings = this.#settings;
    return {
      privateClusterConfig: {
        enablePrivateNodes: true,
        enablePrivateEndpoint: settings.apply((s) => s.authorizedNetworks.length === 0),
        masterIpv4CidrBlock: settings.apply((s) => s.controlPlaneRange),
      },
      masterAuthorizedNetworksConfig: {
        cidrBlocks: settings.apply((s) => s.authorizedNetworks.map((cidrBlock) => ({ cidrBlock }))),
        // Otherwise, Google decides whether all of its public addresses, also of other customers, have access.
        gcpPublicCidrsAccessEnabled: false,
      },
      controlPlaneEndpointsConfig: {
        dnsEndpointConfig: { allowExternalTraffic: settings.apply((s) => s.authorizedNetworks.length === 0) },
      },
      masterAuth: { clientCertificateConfig: { issueClientCertificate: false } },
    };
  }

  #renderKubeconfig(cluster: Cluster): pulumi.Output<string> {
    return pulumi.secret(
      pulumi
        .all([
          this.#settings,
          cluster.name,
          cluster.endpoint,
          cluster.masterAuth.clusterCaCertificate,
          cluster.controlPlaneEndpointsConfig.dnsEndpointConfig.endpoint,
        ])
        .apply(([settings, name, address, certificateAuthority, dnsName]) =>
          renderKubeconfig(
            settings.authorizedNetworks.length > 0
              ? { name, host: address, certificateAuthority }
              : // Its certificate is signed by a public authority.
                { name, host: dnsName, certificateAuthority: undefined },
          ),
        ),
    );
  }
}
