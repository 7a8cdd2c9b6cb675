import type { Policies } from "@pulumi/policy";

import { aclChecks } from "./rules/acl-checks.ts";
import { antiAffinity } from "./rules/anti-affinity.ts";
import { antiAffinityInStack } from "./rules/anti-affinity-in-stack.ts";
import { apiVersions } from "./rules/api-versions.ts";
import { autoscaling } from "./rules/autoscaling.ts";
import { backupCopies } from "./rules/backup-copies.ts";
import { backups } from "./rules/backups.ts";
import { disruptionBudget } from "./rules/disruption-budget.ts";
import { durableStorage } from "./rules/durable-storage.ts";
import { durableStorageInStack } from "./rules/durable-storage-in-stack.ts";
import { encryption } from "./rules/encryption.ts";
import { gkeCluster } from "./rules/gke-cluster.ts";
import { gkeDeletionProtection } from "./rules/gke-deletion-protection.ts";
import { gkeDeletionProtectionElsewhere } from "./rules/gke-deletion-protection-elsewhere.ts";
import { governingService } from "./rules/governing-service.ts";
import { hardening } from "./rules/hardening.ts";
import { images } from "./rules/images.ts";
import { monitoring } from "./rules/monitoring.ts";
import { networkExposure } from "./rules/network-exposure.ts";
import { networkPolicies } from "./rules/network-policies.ts";
import { nodeCount } from "./rules/node-count.ts";
import { nodePoolInCluster } from "./rules/node-pool-in-cluster.ts";
import { nodePoolInStack } from "./rules/node-pool-in-stack.ts";
import { nodePool } from "./rules/node-pool.ts";
import { notValidated } from "./rules/not-validated.ts";
import { podSecurity } from "./rules/pod-security.ts";
import { probes } from "./rules/probes.ts";
import { probesInStack } from "./rules/probes-in-stack.ts";
import { quorumConfiguration } from "./rules/quorum-configuration.ts";
import { quorumSize } from "./rules/quorum-size.ts";
import { quorumPorts } from "./rules/quorum-ports.ts";
import { resources } from "./rules/resources.ts";
import { resourcesInStack } from "./rules/resources-in-stack.ts";
import { restartPolicy } from "./rules/restart-policy.ts";
import { serverIdentity } from "./rules/server-identity.ts";
import { secrets } from "./rules/secrets.ts";
import { singleZone } from "./rules/single-zone.ts";
import { storageClass } from "./rules/storage-class.ts";
import { synchronization } from "./rules/synchronization.ts";
import { zoneSpread } from "./rules/zone-spread.ts";

/** All policies of the pack, in the order of the README's table. */
export const policies: Policies = [
  antiAffinity,
  antiAffinityInStack,
  singleZone,
  zoneSpread,
  restartPolicy,
  disruptionBudget,
  quorumSize,
  quorumConfiguration,
  synchronization,
  serverIdentity,
  autoscaling,
  apiVersions,
  durableStorage,
  durableStorageInStack,
  probes,
  probesInStack,
  podSecurity,
  images,
  resources,
  resourcesInStack,
  networkExposure,
  quorumPorts,
  networkPolicies,
  governingService,
  secrets,
  aclChecks,
  encryption,
  monitoring,
  backups,
  backupCopies,
  hardening,
  nodePool,
  nodePoolInCluster,
  nodePoolInStack,
  nodeCount,
  gkeCluster,
  gkeDeletionProtection,
  gkeDeletionProtectionElsewhere,
  storageClass,
  notValidated,
];
