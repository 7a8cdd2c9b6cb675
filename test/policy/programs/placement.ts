import { budget, client, configMap, headless, podPath, statefulSet } from "../../fixtures/policy/ensemble.ts";
import { changed } from "../../fixtures/policy/harness.ts";
import { clusterAndNodes, objects, replaced, withStatefulSet, type Program } from "./program.ts";

const required = [
  ...podPath,
  "affinity",
  "podAntiAffinity",
  "requiredDuringSchedulingIgnoredDuringExecution",
];

export const antiAffinityPreferred: Program = {
  resources: withStatefulSet([...podPath, "affinity", "podAntiAffinity"], {
    preferredDuringSchedulingIgnoredDuringExecution: [
      { weight: 100, podAffinityTerm: { topologyKey: "kubernetes.io/hostname", labelSelector: {} } },
    ],
  }),
  rejections: {
    "anti-affinity": "move the preferred term to requiredDuringSchedulingIgnoredDuringExecution",
  },
};

export const antiAffinityOfOthers: Program = {
  resources: withStatefulSet([...required, 0, "labelSelector"], { matchLabels: { app: "zk-headless" } }),
  rejections: { "anti-affinity": "matches none of the workload's own pods" },
};

export const antiAffinityInOtherNamespace: Program = {
  resources: [
    ...withStatefulSet([...required, 0, "namespaceSelector"], { matchLabels: { team: "db" } }),
    {
      type: "kubernetes:core/v1:Namespace",
      name: "ns",
      props: { metadata: { name: "default", labels: { team: "web" } } },
    },
  ],
  rejections: { "anti-affinity-in-stack": "does not match the labels of the pods' own namespace" },
};

export const poolElsewhere: Program = {
  resources: [
    ...withStatefulSet([...podPath, "nodeSelector"], { "cloud.google.com/gke-nodepool": "web" }),
    ...clusterAndNodes,
  ],
  rejections: { "anti-affinity-in-stack": "leave 0 node(s) of the stack's pools" },
};

export const oneNodeByName: Program = {
  resources: withStatefulSet([...podPath, "nodeSelector"], { "kubernetes.io/hostname": "node-1" }),
  rejections: { "anti-affinity": "may run on 1 node" },
};

export const noBudget: Program = {
  resources: replaced(objects, budget),
  rejections: { "disruption-budget": "covered by no PodDisruptionBudget" },
};

export const twoBudgets: Program = {
  resources: [...objects, { ...changed(budget, ["metadata", "name"], "zk-budget"), name: "zk-budget" }],
  rejections: { "disruption-budget": "covered by 2 budgets" },
};

export const looseBudget: Program = {
  resources: replaced(objects, budget, changed(budget, ["spec", "maxUnavailable"], "50%")),
  rejections: { "disruption-budget": "leaves a quorum of 2 of 3 servers" },
};

export const fourServers: Program = {
  resources: withStatefulSet(["spec", "replicas"], 4),
  rejections: { "quorum-size": "an odd number", "quorum-configuration": "4 servers run while" },
};

export const oneServerInProduction: Program = {
  resources: withStatefulSet(["spec", "replicas"], 1),
  rejections: {
    "quorum-size": "3 or more in a production stack",
    "quorum-configuration": "1 servers run while",
  },
  stack: "prod",
};

export const fiveServersListed: Program = {
  resources: replaced(
    objects,
    configMap,
    changed(
      configMap,
      ["data", "zoo.cfg"],
      [1, 2, 3, 4, 5].map((n) => `server.${n}=zk-${n - 1}:2888:3888`).join("\n"),
    ),
  ),
  rejections: {
    "quorum-configuration": "3 servers run while ConfigMap default/zk-config data.zoo.cfg lists 5 servers",
  },
};

export const loadBalancer: Program = {
  resources: replaced(objects, client, changed(client, ["spec", "type"], "LoadBalancer")),
  rejections: { "network-exposure": 'spec.type = "LoadBalancer"' },
};

export const unpublishedNames: Program = {
  resources: replaced(objects, headless, changed(headless, ["spec", "publishNotReadyAddresses"], false)),
  rejections: { "network-exposure": "publishNotReadyAddresses: missing" },
};

/** The metrics of servers that are in another stack. */
export const metricsForEveryone: Program = {
  resources: replaced(objects, client, client, {
    type: client.type,
    name: "zookeeper-metrics",
    props: {
      metadata: { name: "zookeeper-metrics", namespace: "default" },
      spec: {
        type: "LoadBalancer",
        selector: { app: "elsewhere" },
        ports: [{ port: 80, targetPort: "metrics" }],
      },
    },
  }),
  rejections: { "network-exposure": 'spec.type = "LoadBalancer"' },
};

export const route: Program = {
  resources: [
    ...objects,
    {
      type: "kubernetes:gateway.networking.k8s.io/v1alpha2:TCPRoute",
      name: "zk",
      props: {
        metadata: { name: "zk", namespace: "default" },
        spec: { parentRefs: [{ name: "public" }], rules: [{ backendRefs: [{ name: "zk-cs", port: 2181 }] }] },
      },
    },
  ],
  rejections: { "network-exposure": '"zk-cs", a Service that leads to ZooKeeper' },
};

const target = { apiVersion: "apps/v1", kind: "StatefulSet", name: "zk" };

export const horizontalAutoscaler: Program = {
  resources: [
    ...objects,
    {
      type: "kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
      name: "zk",
      props: {
        metadata: { name: "zk", namespace: "default" },
        spec: { scaleTargetRef: target, minReplicas: 3, maxReplicas: 5 },
      },
    },
  ],
  rejections: { autoscaling: "an autoscaler of StatefulSet default/zk" },
};

export const verticalAutoscaler: Program = {
  resources: [
    ...objects,
    {
      type: "kubernetes:autoscaling.k8s.io/v1:VerticalPodAutoscaler",
      name: "zk",
      props: { metadata: { name: "zk", namespace: "default" }, spec: { targetRef: target } },
    },
  ],
  rejections: { autoscaling: "evicts servers to change their memory" },
};

export const removedBudget: Program = {
  resources: replaced(objects, budget, { ...budget, type: "kubernetes:policy/v1beta1:PodDisruptionBudget" }),
  rejections: { "api-versions": "gone since 1.25", "disruption-budget": "covered by no PodDisruptionBudget" },
};

export const removedStatefulSet: Program = {
  resources: replaced(objects, statefulSet, { ...statefulSet, type: "kubernetes:apps/v1beta1:StatefulSet" }),
  rejections: { "api-versions": "gone since 1.16" },
};
