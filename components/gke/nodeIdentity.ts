import * as pulumi from "@pulumi/pulumi";
import { IAMMember } from "@pulumi/gcp/projects/iammember.js";
import { Account } from "@pulumi/gcp/serviceaccount/account.js";
import type { GkeValues } from "./args.ts";

/** What the nodes' identity is made of. */
export interface NodeIdentityArgs {
  /** The cluster's settings, checked. */
  settings: pulumi.Input<GkeValues>;
}

/**
 * The service account of a cluster's nodes, allowed to be a node and nothing else: write logs and metrics, pull images.
 * @example
 * const identity = new NodeIdentity("zookeeper", { settings }, { parent: this });
 * @see https://cloud.google.com/kubernetes-engine/docs/how-to/hardening-your-cluster#use_least_privilege_sa
 */
export class NodeIdentity extends pulumi.ComponentResource {
  /** The service account's e-mail address. */
  public readonly email: pulumi.Output<string>;

  constructor(name: string, args: NodeIdentityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("zookeeper:gke:NodeIdentity", name, args, opts);
    const settings = pulumi.output(args.settings);
    const project = settings.apply((s) => s.project);

    const account = new Account(
      `${name}-nodes`,
      {
        project,
        accountId: settings.apply((s) => nodeAccountId(s.name)),
        displayName: pulumi.interpolate`Nodes of GKE cluster ${settings.apply((s) => s.name)}`,
      },
      { parent: this },
    );
    new IAMMember(
      `${name}-nodes-role`,
      {
        project,
        role: "roles/container.defaultNodeServiceAccount",
        member: pulumi.interpolate`serviceAccount:${account.email}`,
      },
      { parent: this },
    );

    this.email = account.email;
    this.registerOutputs({ email: this.email });
  }
}

/** The id of the service account of a cluster's nodes. */
export function nodeAccountId(clusterName: string): string {
  return `${clusterName}-nodes`;
}
