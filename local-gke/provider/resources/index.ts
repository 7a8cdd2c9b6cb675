import type { ResourceKind } from "../resource.ts";
import { bucketIamBinding, bucketIamMember } from "./bucket-roles.ts";
import { cluster } from "./cluster.ts";
import { iamMember, serviceAccount } from "./identity.ts";
import { network, router, routerNat, subnetwork } from "./network.ts";
import { nodePool } from "./node-pool.ts";
import { bucket } from "./bucket.ts";

/** The types that the local GKE emulates, by token. */
export const kinds: ReadonlyMap<string, ResourceKind> = new Map(
  [
    ...[network, subnetwork, router, routerNat, serviceAccount, iamMember],
    ...[bucket, bucketIamMember, bucketIamBinding],
    ...[cluster, nodePool],
  ].map((kind) => [kind.token, kind]),
);
