import { ports } from "../domain/names.ts";
import { askInPod, parseSrvr, type ServerStatus } from "../kubernetes/four-letter-words.ts";
import {
  isReady,
  isSchedulable,
  nameOf,
  nodeOf,
  selects,
  type AnyObject,
  type Pod,
  type StatefulSet,
} from "../kubernetes/objects.ts";
import { DrillFailure } from "./errors.ts";
import type { Kubectl } from "./kubectl.ts";

/** An ensemble of the tutorial's shape, by the names that its objects have. */
export interface Ensemble {
  /** The StatefulSet's name: `zk`. */
  readonly name: string;
  readonly namespace: string;
  /** The pods' names, in the order of their ordinals. */
  readonly pods: readonly string[];
  /** The selector of the pods as kubectl's `-l` takes it: `app=zk`. */
  readonly selector: string;
  /** The Service that gives every server its name: `zk-hs`. */
  readonly headless: string;
  /** The Service that clients use, `zk-cs`; undefined where there is none. */
  readonly client: string | undefined;
  /** The PodDisruptionBudget, `zk-pdb`; undefined where there is none. */
  readonly budget: string | undefined;
  /** The container that the server runs in. */
  readonly container: string;
  /** The port that clients use, inside the pod. */
  readonly clientPort: number;
}

/** How many servers are a quorum of an ensemble. */
export const quorum = (ensemble: Ensemble): number => Math.floor(ensemble.pods.length / 2) + 1;

/** Finds the ensemble of this name. @throws DrillFailure where there is none */
export async function findEnsemble(kubectl: Kubectl, name: string): Promise<Ensemble> {
  const statefulSet = await kubectl.read("statefulsets", name);
  const { namespace } = kubectl.target;
  if (statefulSet === undefined) {
    throw new DrillFailure(`there is no StatefulSet ${name} in namespace ${namespace}`);
  }
  const { spec } = statefulSet;
  const headless = spec?.serviceName ?? "";
  const container = spec?.template?.spec?.containers?.[0];
  const port = container?.ports?.find((candidate) => candidate.name === "client");
  const podLabels = spec?.template?.metadata?.labels ?? {};
  const services = (await kubectl.readAll("services")).filter(
    (service) => nameOf(service) !== headless && selects(service.spec?.selector, podLabels),
  );
  const budgets = (await kubectl.readAll("poddisruptionbudgets")).filter((budget) =>
    selects(budget.spec?.selector?.matchLabels, podLabels),
  );
  return {
    name,
    namespace,
    pods: Array.from({ length: spec?.replicas ?? 1 }, (_, n) => `${name}-${n}`),
    selector: Object.entries(spec?.selector?.matchLabels ?? {})
      .map(([label, value]) => `${label}=${value}`)
      .join(","),
    headless,
    client: named(services, `${name}-cs`),
    budget: named(budgets, `${name}-pdb`),
    container: container?.name ?? "",
    clientPort: port?.containerPort ?? ports.client,
  };
}

/** The one of this name, or the only one there is. */
function named(objects: readonly AnyObject[], name: string): string | undefined {
  const names = objects.map(nameOf);
  return names.includes(name) ? name : names[0];
}

/** Asks a server for its state, not shown. A server that does not answer is in no quorum. */
export async function serverStatus(
  kubectl: Kubectl,
  { container, clientPort }: Ensemble,
  pod: string,
): Promise<ServerStatus> {
  const command = ["exec", pod, "-c", container, "--", ...askInPod("srvr", clientPort)];
  const { stdout } = await kubectl.quiet(command);
  return parseSrvr(stdout);
}

/** The ensemble's pods, in the order of their ordinals; one that is not there is undefined. */
export async function readPods(kubectl: Kubectl, ensemble: Ensemble): Promise<(Pod | undefined)[]> {
  const found = await kubectl.readAll("pods", "-l", ensemble.selector);
  return ensemble.pods.map((name) => found.find((pod) => nameOf(pod) === name));
}

/**
 * What is wrong with the ensemble, each in a sentence; empty means that it is
 * healthy: every server Ready and in a quorum with one leader, on a node that
 * takes pods, no roll-out under way, and a disruption allowed.
 */
export async function ensembleFaults(kubectl: Kubectl, ensemble: Ensemble): Promise<string[]> {
  const statefulSet = await kubectl.read("statefulsets", ensemble.name);
  if (statefulSet === undefined) {
    return [`there is no StatefulSet ${ensemble.name}`];
  }
  const pods = await readPods(kubectl, ensemble);
  const faults = [...rolloutFaults(statefulSet), ...podFaults(ensemble, pods)];
  if (faults.length > 0) {
    return faults;
  }
  return [
    ...(await serverFaults(kubectl, ensemble)),
    ...(await nodeFaults(kubectl, ensemble, pods)),
    ...(await budgetFaults(kubectl, ensemble)),
  ];
}

function rolloutFaults(statefulSet: StatefulSet): string[] {
  const name = nameOf(statefulSet);
  const current = statefulSet.status?.currentRevision ?? "";
  const update = statefulSet.status?.updateRevision ?? "";
  return [
    ...(statefulSet.spec?.replicas === 0 ? [`StatefulSet ${name} has no replicas`] : []),
    ...(current === update
      ? []
      : [`StatefulSet ${name} is being rolled from revision ${current} to ${update}`]),
    ...((statefulSet.status?.observedGeneration ?? 0) < (statefulSet.metadata?.generation ?? 0)
      ? [`a change of StatefulSet ${name} has not been taken up yet`]
      : []),
  ];
}

function podFaults(ensemble: Ensemble, pods: readonly (Pod | undefined)[]): string[] {
  return pods.flatMap((pod, ordinal) => {
    const name = ensemble.pods[ordinal] ?? "";
    if (pod === undefined) {
      return [`pod ${name} is not there`];
    }
    if (isReady(pod)) {
      return [];
    }
    return [
      `pod ${name} is not Ready (${pod.status?.phase ?? "unknown phase"}, node ${nodeOf(pod) || "none"})`,
    ];
  });
}

async function serverFaults(kubectl: Kubectl, ensemble: Ensemble): Promise<string[]> {
  const modes = await Promise.all(
    ensemble.pods.map(async (pod) => (await serverStatus(kubectl, ensemble, pod)).mode),
  );
  const out = ensemble.pods.filter((_, ordinal) => modes[ordinal] === undefined);
  const leaders = modes.filter((mode) => mode === "leader" || mode === "standalone").length;
  return [
    ...out.map((pod) => `server ${pod} is in no quorum: its answer to srvr has no Mode`),
    ...(leaders === 1 ? [] : [`${leaders} servers say that they lead`]),
  ];
}

async function nodeFaults(
  kubectl: Kubectl,
  ensemble: Ensemble,
  pods: readonly (Pod | undefined)[],
): Promise<string[]> {
  const nodes = await kubectl.readAll("nodes");
  return pods.flatMap((pod, ordinal) => {
    const node = nodes.find((n) => nameOf(n) === nodeOf(pod));
    if (isSchedulable(node)) {
      return [];
    }
    return [`node ${nodeOf(pod)} of ${ensemble.pods[ordinal] ?? ""} is cordoned or not Ready`];
  });
}

async function budgetFaults(kubectl: Kubectl, ensemble: Ensemble): Promise<string[]> {
  if (ensemble.budget === undefined) {
    return [];
  }
  const budget = await kubectl.read("poddisruptionbudgets", ensemble.budget);
  const allowed = budget?.status?.disruptionsAllowed ?? 0;
  return allowed > 0 || ensemble.pods.length < 3
    ? []
    : [`PodDisruptionBudget ${ensemble.budget} allows no disruption`];
}
