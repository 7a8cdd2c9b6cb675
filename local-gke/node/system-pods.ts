import { everyNode, wholeCluster, type Amount } from "../google/reservations.ts";
import { pauseImage } from "../images/pack.ts";

/**
 * Pods that do nothing and request what GKE's own pods request, so that a pod that has no room on GKE has none here.
 * The kubelet starts them from files. Those of the whole cluster are on its first node, as most of them share one.
 * @param index the node's number in its cluster
 */
export function systemPods(index: number): SystemPod[] {
  return [
    placeholder("gke-system", everyNode),
    ...(index === 0 ? [placeholder("gke-cluster", wholeCluster)] : []),
  ];
}

/** A static pod; the kubelet adds the node's name to its own. */
interface SystemPod {
  metadata: { name: string };
}

function placeholder(name: string, { milliCpu, memoryMiB }: Amount): SystemPod {
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "kube-system", labels: { "k8s-app": name } },
    spec: {
      hostNetwork: true,
      priorityClassName: "system-node-critical",
      terminationGracePeriodSeconds: 0,
      containers: [
        {
          name: "placeholder",
          image: pauseImage,
          imagePullPolicy: "IfNotPresent",
          resources: { requests: { cpu: `${milliCpu}m`, memory: `${memoryMiB}Mi` } },
        },
      ],
    },
  };
  return pod;
}
