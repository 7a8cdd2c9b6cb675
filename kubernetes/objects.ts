import type { apps, batch, core, discovery, meta, policy } from "@pulumi/kubernetes/types/output.js";

/**
 * An object as `kubectl get -o json` prints it: the types are those of the Kubernetes API, but any field may be
 * missing, as the API server leaves out what is empty, zero or not known yet.
 */
export type Read<T> = T extends readonly (infer Item)[]
  ? readonly Read<Item>[]
  : T extends object
    ? { readonly [Field in keyof T]?: Read<T[Field]> }
    : T;

export type ConfigMap = Read<core.v1.ConfigMap>;
export type Container = Read<core.v1.Container>;
export type CronJob = Read<batch.v1.CronJob>;
export type EndpointSlice = Read<discovery.v1.EndpointSlice>;
export type LabelSelector = Read<meta.v1.LabelSelector>;
export type Node = Read<core.v1.Node>;
export type PersistentVolume = Read<core.v1.PersistentVolume>;
export type PersistentVolumeClaim = Read<core.v1.PersistentVolumeClaim>;
export type Pod = Read<core.v1.Pod>;
export type PodDisruptionBudget = Read<policy.v1.PodDisruptionBudget>;
export type PodTemplate = Read<core.v1.PodTemplateSpec>;
export type Service = Read<core.v1.Service>;
export type StatefulSet = Read<apps.v1.StatefulSet>;

/** The objects by the names that kubectl gives to their kinds. */
export interface ObjectOfKind {
  configmaps: ConfigMap;
  endpointslices: EndpointSlice;
  nodes: Node;
  persistentvolumeclaims: PersistentVolumeClaim;
  persistentvolumes: PersistentVolume;
  poddisruptionbudgets: PodDisruptionBudget;
  pods: Pod;
  services: Service;
  statefulsets: StatefulSet;
}

/** What every object has. */
export interface AnyObject {
  readonly kind?: string;
  readonly metadata?: Read<meta.v1.ObjectMeta>;
}

/** The name of an object; empty where there is none. */
export const nameOf = (object: AnyObject | undefined): string => object?.metadata?.name ?? "";

/** The name of an object with its namespace, where it has one: `default/zk-0`. */
export const fullNameOf = (object: AnyObject): string =>
  [object.metadata?.namespace, nameOf(object)].filter((part) => part !== undefined).join("/");

/**
 * Whether a kubelet runs the pod from a file of its node, as the API server only shows it.
 * @see https://kubernetes.io/docs/tasks/configure-pod-container/static-pod/
 */
export const isStatic = ({ metadata }: AnyObject): boolean =>
  metadata?.annotations?.["kubernetes.io/config.mirror"] !== undefined;

/** Whether a job has created the pod. */
export const isOfJob = ({ metadata }: AnyObject): boolean =>
  (metadata?.ownerReferences ?? []).some(({ kind }) => kind === "Job");

/** The identity of an object: a new one of the same name has another. */
export const uidOf = (object: AnyObject | undefined): string => object?.metadata?.uid ?? "";

/** The labels or annotations of an object as a plain record. */
export type Labels = Readonly<Record<string, string | undefined>>;

/** A condition of a pod or node, such as Ready; undefined where it is not reported. */
export function conditionOf(
  object: Pod | Node | undefined,
  type: string,
): { readonly status?: string; readonly reason?: string; readonly message?: string } | undefined {
  return object?.status?.conditions?.find((condition) => condition.type === type);
}

/** Whether a condition of a pod or node is reported to hold. */
export const hasCondition = (object: Pod | Node | undefined, type: string): boolean =>
  conditionOf(object, type)?.status === "True";

/** The StatefulSet that a pod belongs to by its name, as namespace/name. */
export const ownerOf = (pod: Pod): string => fullNameOf(pod).replace(/-\d+$/, "");

/** Whether an object is being deleted. */
export const isTerminating = (object: AnyObject | undefined): boolean =>
  object?.metadata?.deletionTimestamp !== undefined;

/** Whether a pod is Ready and is not being deleted. */
export const isReady = (pod: Pod | undefined): boolean => hasCondition(pod, "Ready") && !isTerminating(pod);

/** How often the containers of a pod have been restarted, together. */
export const restartsOf = (pod: Pod | undefined): number =>
  (pod?.status?.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + (restartCount ?? 0), 0);

/** The node that a pod is on; empty where it is on none. */
export const nodeOf = (pod: Pod | undefined): string => pod?.spec?.nodeName ?? "";

/** The address of a pod; empty where it has none yet. */
export const addressOf = (pod: Pod | undefined): string => pod?.status?.podIP ?? "";

/** Why the scheduler finds no node for a pod; undefined where it does not say so. */
export function unschedulableReason(pod: Pod | undefined): string | undefined {
  const condition = conditionOf(pod, "PodScheduled");
  return condition?.reason === "Unschedulable" ? (condition.message ?? "") : undefined;
}

/** The id of a pod's first container without the runtime's name; empty where it does not run. */
export const containerIdOf = (pod: Pod | undefined): string =>
  (pod?.status?.containerStatuses?.[0]?.containerID ?? "").replace(/^\w+:\/\//, "");

/** Whether a node is cordoned. */
export const isCordoned = (node: Node | undefined): boolean => node?.spec?.unschedulable === true;

/** Whether a node takes pods: it is Ready and not cordoned. */
export const isSchedulable = (node: Node | undefined): boolean =>
  hasCondition(node, "Ready") && !isCordoned(node);

/** The addresses that are ready in these EndpointSlices, sorted. A readiness that is not reported counts as ready. */
export const readyEndpoints = (slices: Iterable<EndpointSlice>): string[] =>
  [...slices]
    .flatMap(({ endpoints }) => endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready !== false)
    .flatMap(({ addresses }) => addresses ?? [])
    .sort();

/** The addresses of the pods that are Ready, sorted. */
export const readyAddresses = (pods: Iterable<Pod | undefined>): string[] =>
  [...pods].filter(isReady).map(addressOf).sort();

/** Whether a plain selector, such as that of a Service, selects what has these labels. An empty one selects nothing. */
export function selects(selector: Labels | undefined, labels: Labels): boolean {
  const wanted = Object.entries(selector ?? {});
  return wanted.length > 0 && wanted.every(([label, value]) => labels[label] === value);
}

/** Whether a label selector matches these labels. A missing one matches nothing, an empty one everything. */
export function selectorMatches(selector: LabelSelector | undefined, labels: Labels): boolean {
  if (selector === undefined) {
    return false;
  }
  return (
    Object.entries(selector.matchLabels ?? {}).every(([label, value]) => labels[label] === value) &&
    (selector.matchExpressions ?? []).every(({ key = "", operator, values }) => {
      const value = labels[key];
      const isListed = value !== undefined && (values ?? []).includes(value);
      switch (operator) {
        case "In":
          return isListed;
        case "NotIn":
          return !isListed;
        case "Exists":
          return value !== undefined;
        case "DoesNotExist":
          return value === undefined;
        default:
          return false;
      }
    })
  );
}

/** Whether a container of the pod names a port. */
export const opensPort = (pod: Pod, port: number): boolean =>
  (pod.spec?.containers ?? []).some(({ ports = [] }) =>
    ports.some(({ containerPort }) => containerPort === port),
  );
