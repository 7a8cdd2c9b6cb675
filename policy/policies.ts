import type { Policies } from "@pulumi/policy";

import { antiAffinity } from "./rules/anti-affinity.ts";
import { antiAffinityInStack } from "./rules/anti-affinity-in-stack.ts";
import { disruptionBudget } from "./rules/disruption-budget.ts";
import { durableStorage } from "./rules/durable-storage.ts";
import { durableStorageInStack } from "./rules/durable-storage-in-stack.ts";
import { gkeCluster } from "./rules/gke-cluster.ts";
import { gkeDeletionProtection } from "./rules/gke-deletion-protection.ts";
import { gkeDeletionProtectionElsewhere } from "./rules/gke-deletion-protection-elsewhere.ts";
import { images } from "./rules/images.ts";
import { networkExposure } from "./rules/network-exposure.ts";
import { nodeCount } from "./rules/node-count.ts";
import { nodePool } from "./rules/node-pool.ts";
import { podSecurity } from "./rules/pod-security.ts";
import { probes } from "./rules/probes.ts";
import { quorumConfiguration } from "./rules/quorum-configuration.ts";
import { quorumSize } from "./rules/quorum-size.ts";
import { resources } from "./rules/resources.ts";
import { restartPolicy } from "./rules/restart-policy.ts";
import { storageClass } from "./rules/storage-class.ts";

/** All policies of the pack, in the order of the README's table. */
export const policies: Policies = [
  antiAffinity,
  antiAffinityInStack,
  restartPolicy,
  disruptionBudget,
  quorumSize,
  quorumConfiguration,
  durableStorage,
  durableStorageInStack,
  probes,
  podSecurity,
  images,
  resources,
  networkExposure,
  nodePool,
  nodeCount,
  gkeCluster,
  gkeDeletionProtection,
  gkeDeletionProtectionElsewhere,
  storageClass,
];
