import * as pulumi from "@pulumi/pulumi";
import { Network } from "@pulumi/gcp/compute/network.js";
import { Router } from "@pulumi/gcp/compute/router.js";
import { RouterNat } from "@pulumi/gcp/compute/routerNat.js";
import { Subnetwork } from "@pulumi/gcp/compute/subnetwork.js";

import type { GkeValues } from "./args.ts";
import { regionOf } from "../../domain/location.ts";

/** The names of the subnetwork's secondary ranges. */
export const rangeNames = { pods: "pods", services: "services" } as const;

/** Arguments of `GkeNetwork`. */
export interface GkeNetworkArgs {
  /** The cluster's settings, validated. */
  settings: pulumi.Input<GkeValues>;
}

/**
 * The network of a cluster with private nodes: a dedicated VPC, one subnetwork with ranges for pods and Services, and a
 * NAT through which the nodes, which have no public addresses, reach image registries.
 * @example
 * const network = new GkeNetwork("zookeeper", { settings }, { parent: this });
 * @see https://cloud.google.com/kubernetes-engine/docs/concepts/alias-ips
 */
export class GkeNetwork extends pulumi.ComponentResource {
  /** The id of the VPC. */
  public readonly networkId: pulumi.Output<string>;
  /** The id of the subnetwork. */
  public readonly subnetworkId: pulumi.Output<string>;

  constructor(name: string, args: GkeNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("zookeeper:gke:GkeNetwork", name, args, opts);
    const settings = pulumi.output(args.settings);
    const project = settings.apply((s) => s.project);
    const region = settings.apply((s) => regionOf(s.location) ?? s.location);

    const network = new Network(
      `${name}-network`,
      { project, autoCreateSubnetworks: false, description: "Nodes of a ZooKeeper environment" },
      { parent: this },
    );
    const subnetwork = new Subnetwork(
      `${name}-subnetwork`,
      {
        project,
        region,
        network: network.id,
        ipCidrRange: settings.apply((s) => s.nodeRange),
        // Nodes without public addresses reach Google's own services, and its image registries, directly.
        privateIpGoogleAccess: true,
        secondaryIpRanges: [
          { rangeName: rangeNames.pods, ipCidrRange: settings.apply((s) => s.podRange) },
          { rangeName: rangeNames.services, ipCidrRange: settings.apply((s) => s.serviceRange) },
        ],
      },
      { parent: this },
    );
    const router = new Router(`${name}-router`, { project, region, network: network.id }, { parent: this });
    new RouterNat(
      `${name}-nat`,
      {
        project,
        region,
        router: router.name,
        natIpAllocateOption: "AUTO_ONLY",
        sourceSubnetworkIpRangesToNat: "ALL_SUBNETWORKS_ALL_IP_RANGES",
      },
      { parent: this },
    );

    this.networkId = network.id;
    this.subnetworkId = subnetwork.id;
    this.registerOutputs({ networkId: this.networkId, subnetworkId: this.subnetworkId });
  }
}
