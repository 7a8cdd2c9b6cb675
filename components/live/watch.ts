import type { CoreV1Event, V1PersistentVolumeClaim, V1Pod } from "@kubernetes/client-node";

import { claimTemplate } from "../../domain/names.ts";
import type { ClaimState, PodState, Progress, Reason } from "../ensemble/progress.ts";
import type { ClusterReader } from "./reader.ts";

/** Reads the progress of an ensemble. @throws Unreachable */
export async function readProgress(
  reader: ClusterReader,
  namespace: string,
  name: string,
): Promise<Progress> {
  const labelSelector = `app=${name}`;
  const [statefulSet, pods] = await Promise.all([
    reader.ask((options) => reader.apps.readNamespacedStatefulSet({ namespace, name }, options)),
    reader.ask((options) => reader.core.listNamespacedPod({ namespace, labelSelector }, options)),
  ]);
  const own = (pods?.items ?? []).filter(({ metadata }) => isOrdinalOf(metadata?.name ?? "", name));
  const status = statefulSet?.status;
  const seen = (status?.observedGeneration ?? 0) >= (statefulSet?.metadata?.generation ?? 1);
  return {
    servers: statefulSet?.spec?.replicas ?? 1,
    updated: seen ? (status?.updatedReplicas ?? 0) : 0,
    ready: seen ? (status?.readyReplicas ?? 0) : 0,
    pods: await Promise.all(own.map((pod) => readPod(reader, namespace, pod, status?.updateRevision))),
  };
}

const isOrdinalOf = (pod: string, name: string): boolean =>
  pod.startsWith(`${name}-`) && /^\d+$/.test(pod.slice(name.length + 1));

async function readPod(
  reader: ClusterReader,
  namespace: string,
  pod: V1Pod,
  revision: string | undefined,
): Promise<PodState> {
  const { metadata, status } = pod;
  const name = metadata?.name ?? "";
  const condition = (type: string) => status?.conditions?.find((each) => each.type === type);
  const server = status?.containerStatuses?.find((each) => !each.ready) ?? status?.containerStatuses?.[0];
  const placed = condition("PodScheduled");
  return {
    name,
    ready: condition("Ready")?.status === "True",
    current: metadata?.labels?.["controller-revision-hash"] === revision,
    phase: status?.phase ?? "Pending",
    waiting: reasonOf(server?.state?.waiting),
    ended: reasonOf(server?.lastState?.terminated ?? server?.state?.terminated),
    restarts: server?.restartCount ?? 0,
    unschedulable: placed?.status === "False" ? placed.message : undefined,
    // Only a pod without a container waits for its volume.
    claim: server === undefined ? await readClaim(reader, namespace, `${claimTemplate}-${name}`) : undefined,
  };
}

async function readClaim(
  reader: ClusterReader,
  namespace: string,
  name: string,
): Promise<ClaimState | undefined> {
  const claim = await reader.ask((options) =>
    reader.core.readNamespacedPersistentVolumeClaim({ namespace, name }, options),
  );
  if (claim === undefined || claim.status?.phase === "Bound") {
    return undefined;
  }
  const fieldSelector = `involvedObject.kind=PersistentVolumeClaim,involvedObject.name=${name}`;
  const events = await reader.ask((options) =>
    reader.core.listNamespacedEvent({ namespace, fieldSelector }, options),
  );
  return claimState(name, claim, events?.items ?? []);
}

function claimState(
  name: string,
  claim: V1PersistentVolumeClaim,
  events: readonly CoreV1Event[],
): ClaimState {
  const sorted = events.toSorted((a, b) => timeOf(a) - timeOf(b));
  const newest = sorted.at(-1);
  const failed = sorted.findLastIndex(({ reason }) => reason === "ProvisioningFailed");
  const begun = sorted.findLastIndex(({ reason }) => reason === "Provisioning");
  return {
    name,
    className: claim.spec?.storageClassName ?? "",
    event: newest && { reason: newest.reason ?? "", message: newest.message ?? "" },
    provisioning: begun >= 0 && begun > failed,
  };
}

/** The client may leave times as strings. */
function timeOf({ lastTimestamp, eventTime, metadata }: CoreV1Event): number {
  return new Date(lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? 0).getTime();
}

function reasonOf(state: { reason?: string; message?: string } | undefined): Reason | undefined {
  return state === undefined ? undefined : { reason: state.reason ?? "", message: state.message ?? "" };
}
