import { DrillFailure } from "./errors.ts";
import { at, list, nameOf, number, text, texts, type Json } from "./json.ts";
import type { Kubectl } from "./kubectl.ts";
import { addressOf, isReady, isSchedulable, nodeOf } from "./pods.ts";
import { parseSrvr, type ServerStatus } from "./zookeeper.ts";

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
  const statefulSet = await kubectl.read("statefulset", name);
  const { namespace } = kubectl.target;
  if (statefulSet === undefined) {
    throw new DrillFailure(`there is no StatefulSet ${name} in namespace ${namespace}`);
  }
  const labels = texts(statefulSet, "spec", "selector", "matchLabels");
  const headless = text(statefulSet, "spec", "serviceName");
  const container = list(statefulSet, "spec", "template", "spec", "containers")[0];
  const port = list(container, "ports").find((p) => text(p, "name") === "client");
  const podLabels = texts(statefulSet, "spec", "template", "metadata", "labels");
  const services = (await kubectl.readAll("services")).filter(
    (service) => nameOf(service) !== headless && selects(texts(service, "spec", "selector"), podLabels),
  );
  const budgets = (await kubectl.readAll("poddisruptionbudgets")).filter((budget) =>
    selects(texts(budget, "spec", "selector", "matchLabels"), podLabels),
  );
  return {
    name,
    namespace,
    pods: Array.from({ length: number(statefulSet, "spec", "replicas") }, (_, n) => `${name}-${n}`),
    selector: Object.entries(labels)
      .map(([label, value]) => `${label}=${value}`)
      .join(","),
    headless,
    client: named(services, `${name}-cs`),
    budget: named(budgets, `${name}-pdb`),
    container: text(container, "name"),
    clientPort: number(port, "containerPort") || 2181,
  };
}

/** Whether a selector, which is not empty, selects what carries these labels. */
function selects(selector: Record<string, string>, labels: Record<string, string>): boolean {
  const wanted = Object.entries(selector);
  return wanted.length > 0 && wanted.every(([label, value]) => labels[label] === value);
}

/** The one of this name, or the only one there is. */
function named(objects: readonly Json[], name: string): string | undefined {
  const names = objects.map(nameOf);
  return names.includes(name) ? name : names[0];
}

/** Asks a server for its state, not shown. A server that does not answer is in no quorum. */
export async function serverStatus(
  kubectl: Kubectl,
  { container, clientPort }: Ensemble,
  pod: string,
): Promise<ServerStatus> {
  const ask = `printf srvr | nc -w 3 127.0.0.1 ${clientPort}`;
  const { stdout } = await kubectl.quiet(["exec", pod, "-c", container, "--", "sh", "-c", ask]);
  return parseSrvr(stdout);
}

/** The ensemble's pods, in the order of their ordinals; one that is not there is undefined. */
export async function readPods(kubectl: Kubectl, ensemble: Ensemble): Promise<(Json | undefined)[]> {
  const found = await kubectl.readAll("pods", "-l", ensemble.selector);
  return ensemble.pods.map((name) => found.find((pod) => nameOf(pod) === name));
}

/**
 * What is wrong with the ensemble, each in a sentence; empty means that it is
 * healthy: every server Ready and in a quorum with one leader, on a node that
 * takes pods, no roll-out under way, and a disruption allowed.
 */
export async function ensembleFaults(kubectl: Kubectl, ensemble: Ensemble): Promise<string[]> {
  const statefulSet = await kubectl.read("statefulset", ensemble.name);
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

function rolloutFaults(statefulSet: Json): string[] {
  const name = nameOf(statefulSet);
  const current = text(statefulSet, "status", "currentRevision");
  const update = text(statefulSet, "status", "updateRevision");
  return [
    ...(number(statefulSet, "spec", "replicas") === 0 ? [`StatefulSet ${name} has no replicas`] : []),
    ...(current === update
      ? []
      : [`StatefulSet ${name} is being rolled from revision ${current} to ${update}`]),
    ...(number(statefulSet, "status", "observedGeneration") < number(statefulSet, "metadata", "generation")
      ? [`a change of StatefulSet ${name} has not been taken up yet`]
      : []),
  ];
}

function podFaults(ensemble: Ensemble, pods: readonly (Json | undefined)[]): string[] {
  return pods.flatMap((pod, ordinal) => {
    const name = ensemble.pods[ordinal] ?? "";
    if (pod === undefined) {
      return [`pod ${name} is not there`];
    }
    if (isReady(pod)) {
      return [];
    }
    return [
      `pod ${name} is not Ready (${text(pod, "status", "phase") || "unknown phase"}, node ${nodeOf(pod) || "none"})`,
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
  pods: readonly (Json | undefined)[],
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
  const budget = await kubectl.read("poddisruptionbudget", ensemble.budget);
  const allowed = number(budget, "status", "disruptionsAllowed");
  return allowed > 0 || ensemble.pods.length < 3
    ? []
    : [`PodDisruptionBudget ${ensemble.budget} allows no disruption`];
}

/** The addresses of the pods that the Service sends clients to, sorted. */
export async function readyAddresses(kubectl: Kubectl, service: string): Promise<string[]> {
  return endpointAddresses(
    await kubectl.readAll("endpointslices", "-l", `kubernetes.io/service-name=${service}`),
  );
}

/** The addresses that are ready in these EndpointSlices, sorted. A readiness that is not said is taken as ready. */
export function endpointAddresses(slices: Iterable<Json>): string[] {
  return [...slices]
    .flatMap((slice) => list(slice, "endpoints"))
    .filter((endpoint) => at(endpoint, "conditions", "ready") !== false)
    .flatMap((endpoint) => list(endpoint, "addresses"))
    .filter((address) => typeof address === "string")
    .sort();
}

/** The addresses of the pods that are Ready, sorted. */
export const addressesOfReady = (pods: Iterable<Json | undefined>): string[] =>
  [...pods].filter(isReady).map(addressOf).sort();
