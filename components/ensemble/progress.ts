import { renderFinding } from "../../domain/finding.ts";

/** What is read of a pod to see how an ensemble starts. */
export interface PodState {
  readonly name: string;
  readonly ready: boolean;
  /** Whether the pod has the newest template. */
  readonly current: boolean;
  readonly phase: string;
  /** Why the container does not run: ImagePullBackOff, CrashLoopBackOff; undefined if it runs. */
  readonly waiting: Reason | undefined;
  /** How the container ended the last time, with the end of its log. */
  readonly ended: Reason | undefined;
  /** How often the container was restarted. */
  readonly restarts: number;
  /** Why the pod cannot be scheduled. */
  readonly unschedulable: string | undefined;
  /** The pod's claim, if the pod waits for it. */
  readonly claim: ClaimState | undefined;
}

/** A claim that is not bound. */
export interface ClaimState {
  readonly name: string;
  readonly className: string;
  /** Its newest event. */
  readonly event: Reason | undefined;
  /** Whether a driver has begun to create the volume. */
  readonly provisioning: boolean;
}

/** A reason as Kubernetes gives it: a word, and a sentence. */
export interface Reason {
  readonly reason: string;
  readonly message: string;
}

/** What keeps a pod from ever becoming Ready. */
export interface Blockage {
  readonly pod: string;
  /** The ensemble argument to change; `transform` if no other argument can be the cause. */
  readonly setting: string;
  /** In Kubernetes' own words. */
  readonly reason: string;
  readonly fix: string;
}

const imageReasons = [
  "ErrImagePull",
  "ImagePullBackOff",
  "InvalidImageName",
  "ErrImageNeverPull",
  "ImageInspectError",
];
const containerReasons = ["CreateContainerConfigError", "CreateContainerError", "RunContainerError"];

/** Java's error for a full heap. */
const outOfMemory = "java.lang.OutOfMemoryError";

/** The beginning of the last line of a server that cannot start with a setting. */
const rejectedSetting = /^start-zookeeper: (clusterDomain)\b/;

/** What blocks a pod; undefined if it is Ready or may still become Ready by itself. */
export function blockageOf(pod: PodState): Blockage | undefined {
  if (pod.ready) {
    return undefined;
  }
  const { waiting, ended, claim } = pod;
  if (waiting !== undefined && imageReasons.includes(waiting.reason)) {
    const fix = "use an image that the nodes can pull";
    return { pod: pod.name, setting: "image", reason: reasonText(waiting), fix };
  }
  if (waiting !== undefined && containerReasons.includes(waiting.reason)) {
    return {
      pod: pod.name,
      setting: "transform",
      reason: reasonText(waiting),
      fix: "correct what the message names",
    };
  }
  if (ended !== undefined && (ended.reason === "OOMKilled" || ended.message.includes(outOfMemory))) {
    return {
      pod: pod.name,
      setting: "memory",
      reason: `the server ran out of memory (${ended.reason}): ${lastLine(ended.message)}`,
      fix: "give the servers more memory; see the runbook if their database no longer fits",
    };
  }
  const words = lastLine(ended?.message ?? "");
  const setting = rejectedSetting.exec(words)?.[1];
  // A server that cannot start with a setting cannot start with it later, either.
  if (ended !== undefined && (waiting?.reason === "CrashLoopBackOff" || setting !== undefined)) {
    return {
      pod: pod.name,
      setting: setting ?? "transform",
      reason: `the server exits at once (${ended.reason}): ${words}`,
      fix: `see kubectl logs ${pod.name} --previous`,
    };
  }
  if (claim !== undefined && !claim.provisioning) {
    const event = claim.event === undefined ? "" : `: ${reasonText(claim.event)}`;
    return {
      pod: pod.name,
      setting: "storageClassName",
      reason: `claim ${claim.name} of class ${JSON.stringify(claim.className)} gets no volume${event}`,
      fix: "use a StorageClass whose driver runs on this cluster (existingStorageClass or storageProvisioner)",
    };
  }
  return undefined;
}

/** A rollout replaces no pod while the one before is not Ready, not even one that can never become Ready. */
function describeBlockage({ pod, setting, reason, fix }: Blockage, pods: readonly PodState[]): string {
  const isOutdated =
    pods.some(({ name, current }) => name === pod && !current) && pods.some(({ current }) => current);
  return renderFinding({
    subject: setting,
    reason: `pod ${pod}: ${reason}`,
    fix: isOutdated ? `delete the pod, which still has the earlier template: kubectl delete pod ${pod}` : fix,
  });
}

/** What a pod that is not Ready is doing. */
export function describePod(pod: PodState): string {
  const why = blockageOf(pod)?.reason ?? pod.unschedulable ?? pod.waiting?.reason ?? pod.phase;
  return `${pod.name}: ${why}`;
}

const reasonText = ({ reason, message }: Reason): string =>
  message === "" ? reason : `${reason}: ${message}`;

function lastLine(text: string): string {
  return text.trimEnd().split("\n").at(-1) ?? "";
}

/** The progress of an ensemble that starts or is rolled out. */
export interface Progress {
  readonly servers: number;
  /** Servers with the newest template. */
  readonly updated: number;
  readonly ready: number;
  readonly pods: readonly PodState[];
}

/** How long a blockage must last to count, in milliseconds: a registry or a driver may fail once. */
export const blockagePatience = 40_000;
/** How long an ensemble may make no progress at all, in milliseconds. */
export const standstillPatience = 10 * 60_000;

/** Follows the progress of an ensemble: done, stuck, or to be waited for. */
export class Watch {
  #furthest = -1;
  #movedAt: number;
  #blockedSince = new Map<string, number>();

  /** @param now the time of the first look, in milliseconds */
  constructor(now: number) {
    this.#movedAt = now;
  }

  /**
   * Adds the present progress.
   * @returns undefined while the ensemble may still become Ready; empty when it is; else the problems
   */
  look(progress: Progress, now: number): readonly string[] | undefined {
    const { servers, updated, ready, pods } = progress;
    if (updated >= servers && ready >= servers) {
      return [];
    }
    if (updated + ready > this.#furthest) {
      this.#furthest = updated + ready;
      this.#movedAt = now;
    }
    const blocked = pods.flatMap((pod) => blockageOf(pod) ?? []);
    this.#blockedSince = new Map(
      blocked.map((each) => {
        const key = `${each.pod} ${each.setting}`;
        return [key, this.#blockedSince.get(key) ?? now];
      }),
    );
    // Between two starts, a server that exits at once looks like one that starts.
    const looping = pods.filter(
      // A server with an earlier template will still be replaced.
      ({ waiting, restarts, current }) => current && waiting?.reason === "CrashLoopBackOff" && restarts >= 3,
    );
    const stuck = blocked.filter(
      ({ pod, setting }) =>
        looping.some(({ name }) => name === pod) ||
        now - (this.#blockedSince.get(`${pod} ${setting}`) ?? now) >= blockagePatience,
    );
    if (stuck.length > 0) {
      return stuck.map((blockage) => describeBlockage(blockage, pods));
    }
    if (now - this.#movedAt < standstillPatience) {
      return undefined;
    }
    const minutes = Math.round(standstillPatience / 60_000);
    return [
      `${ready} of ${servers} servers are Ready, and there has been no progress for ${minutes} minutes`,
      ...pods.filter((pod) => !pod.ready).map(describePod),
    ];
  }
}
