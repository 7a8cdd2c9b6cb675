import {
  client,
  cluster,
  configMap,
  neighbours,
  nodePool,
  podPath,
  statefulSet,
  storageClass,
} from "../../fixtures/policy/ensemble.ts";
import { tutorial } from "../../fixtures/policy/tutorial.ts";
import { changed, unknownValue } from "../../fixtures/policy/harness.ts";
import { clusterAndNodes, objects, replaced, withStatefulSet, type Program } from "./program.ts";

export const ensemble: Program = { resources: objects, rejections: {} };

const alone = neighbours.filter(({ type }) => type.startsWith("kubernetes:") && !type.includes("helm.sh"));

/** An ensemble beside workloads that do much of what an ensemble must not. */
export const ensembleBesideOthers: Program = { resources: [...objects, ...alone], rejections: {} };

/** A first preview, in which names and images are not known yet. */
export const ensembleWithUnknowns: Program = {
  resources: replaced(
    withStatefulSet([...podPath, "containers", 0, "image"], unknownValue),
    storageClass,
    changed(storageClass, ["parameters"], { type: unknownValue }),
  ),
  rejections: {},
};

/** A first preview of all together, in which the engine shows what came of no Kubernetes object. */
export const ensembleOnNewCluster: Program = {
  resources: [...objects, ...alone, ...clusterAndNodes],
  rejections: {},
  onNewCluster: true,
};

/** A first preview with a fault for each policy over the stack. */
export const faultsOnNewCluster: Program = {
  resources: [
    changed(changed(storageClass, ["volumeBindingMode"], "Immediate"), ["reclaimPolicy"], "Delete"),
    changed(configMap, ["data", "zoo.cfg"], "server.1=zk-0:2888:3888"),
    changed(client, ["spec", "type"], "LoadBalancer"),
    changed(statefulSet, [...podPath, "nodeSelector"], { "cloud.google.com/gke-nodepool": "web" }),
    cluster,
    changed(nodePool, ["nodeCount"], 3),
  ],
  rejections: {
    "storage-class": 'volumeBindingMode = "Immediate"',
    "durable-storage-in-stack": 'reclaimPolicy = "Delete"',
    "quorum-configuration": "3 servers run while",
    "network-exposure": 'spec.type = "LoadBalancer"',
    "governing-service": 'add a headless Service "zk-hs" that selects the pods',
    "disruption-budget": "covered by no PodDisruptionBudget",
    "anti-affinity-in-stack": "leave 0 node(s)",
    "node-count": "has only 3 node(s) for certain",
  },
  onNewCluster: true,
};

export const clusterProgram: Program = { resources: clusterAndNodes, rejections: {} };

/** A first preview with an unknown beside each of many faults: none of them hides a fault. */
export const unknownsHideNothing: Program = {
  resources: replaced(
    objects,
    statefulSet,
    [
      [[...podPath, "containers", 0, "image"], unknownValue],
      [[...podPath, "restartPolicy"], "OnFailure"],
      [[...podPath, "securityContext", "runAsUser"], unknownValue],
      [[...podPath, "automountServiceAccountToken"], true],
      [["spec", "volumeClaimTemplates", 0, "spec", "storageClassName"], unknownValue],
      [["spec", "volumeClaimTemplates", 0, "spec", "resources", "requests", "storage"], "1Gi"],
    ].reduce((resource, [path, value]) => changed(resource, path as string[], value), statefulSet),
  ).filter((resource) => resource !== configMap),
  rejections: {
    "restart-policy": 'restartPolicy = "OnFailure"',
    "pod-security": "automountServiceAccountToken = true",
    "durable-storage": 'storage = "1Gi"',
  },
};

/** The manifest of the Kubernetes tutorial. */
export const tutorialManifest: Program = {
  resources: tutorial,
  rejections: {
    "network-exposure": "publishNotReadyAddresses: missing",
    images: "ZooKeeper 3.9.5 or later",
    resources: "limits.memory: missing",
    probes: "startupProbe: missing",
    "durable-storage": "storageClassName: missing",
    "pod-security": "runAsNonRoot: missing",
  },
};

export const tutorialInConfigGroup: Program = { ...tutorialManifest, form: "ConfigGroup" };

export const tutorialInConfigFile: Program = { ...tutorialManifest, form: "ConfigFile" };

export const tutorialInNewConfigGroup: Program = { ...tutorialManifest, form: "yaml/v2 ConfigGroup" };

export const tutorialInNewConfigFile: Program = { ...tutorialManifest, form: "yaml/v2 ConfigFile" };

export const tutorialInChart: Program = { ...tutorialManifest, form: "Chart" };
