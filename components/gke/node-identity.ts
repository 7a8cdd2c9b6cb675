import { createHash } from "node:crypto";

import * as pulumi from "@pulumi/pulumi";
import { IAMMember } from "@pulumi/gcp/projects/iammember.js";
import { Account } from "@pulumi/gcp/serviceaccount/account.js";

import type { GkeValues } from "./args.ts";

/** Arguments of `NodeIdentity`. */
export interface NodeIdentityArgs {
  /** The cluster's settings, validated. */
  settings: pulumi.Input<GkeValues>;
}

/** The roles of the nodes: to write logs and metrics, and to pull images from the project's Artifact Registry. */
const roles = [
  { suffix: "nodes-role", role: "roles/container.defaultNodeServiceAccount" },
  { suffix: "nodes-images", role: "roles/artifactregistry.reader" },
];

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
        accountId: settings.apply(nodeAccountId),
        displayName: pulumi.interpolate`Nodes of GKE cluster ${settings.apply((s) => s.name)}`,
      },
      // Another account means another node pool, and the nodes of the old pool would all be deleted at once, without
      // regard to the disruption budget. Existing accounts, of earlier versions NAME-nodes, keep their id.
      { parent: this, ignoreChanges: ["accountId"] },
    );
    for (const { suffix, role } of roles) {
      new IAMMember(
        `${name}-${suffix}`,
        { project, role, member: pulumi.interpolate`serviceAccount:${account.email}` },
        { parent: this },
      );
    }

    this.email = account.email;
    this.registerOutputs({ email: this.email });
  }
}

/**
 * The id of the service account of a new cluster's nodes, at most 30 characters. Clusters with the same name in other
 * locations have other ids: these are unique in a project, names of clusters only in a location.
 */
export function nodeAccountId({ name, location }: Pick<GkeValues, "name" | "location">): string {
  return `${name}-${createHash("sha256").update(location).digest("hex").slice(0, 5)}`;
}
