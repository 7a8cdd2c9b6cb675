import { ports } from "../domain/names.ts";
import { askInPod, parseSrvr, type ServerStatus } from "../kubernetes/four-letter-words.ts";
import { checkHealth } from "../kubernetes/health.ts";
import { fullNameOf, isReady, nameOf, selects, type AnyObject, type Pod } from "../kubernetes/objects.ts";
import { DrillFailure } from "./errors.ts";
import type { Kubectl } from "./kubectl.ts";

/** An ensemble like that of the tutorial, by the names of its objects. */
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

/** The object with this name, or the first. */
function named(objects: readonly AnyObject[], name: string): string | undefined {
  const names = objects.map(nameOf);
  return names.includes(name) ? name : names[0];
}

/** Asks a server for its state, not shown. One that does not answer has no mode. */
export async function serverStatus(
  kubectl: Kubectl,
  { container, clientPort }: Ensemble,
  pod: string,
): Promise<ServerStatus> {
  const command = ["exec", pod, "-c", container, "--", ...askInPod("srvr", clientPort)];
  const { stdout } = await kubectl.quiet(command);
  return parseSrvr(stdout);
}

/** The ensemble's pods, in the order of their ordinals; undefined for one that does not exist. */
export async function readPods(kubectl: Kubectl, ensemble: Ensemble): Promise<(Pod | undefined)[]> {
  const found = await kubectl.readAll("pods", "-l", ensemble.selector);
  return ensemble.pods.map((name) => found.find((pod) => nameOf(pod) === name));
}

/**
 * Why the ensemble is not ready for a drill, a line each: problems, and reasons to leave it alone such as a rollout.
 * Empty means that it is ready.
 */
export async function ensembleProblems(kubectl: Kubectl, ensemble: Ensemble): Promise<string[]> {
  const { name, namespace, selector } = ensemble;
  const statefulSet = await kubectl.read("statefulsets", name);
  const pods = await kubectl.readAll("pods", "-l", selector);
  const budget = ensemble.budget && (await kubectl.read("poddisruptionbudgets", ensemble.budget));
  const ready = pods.filter(isReady).map(fullNameOf);
  const asked = ensemble.pods
    .map((pod) => ({ pod, fullName: `${namespace}/${pod}` }))
    .filter(({ fullName }) => ready.includes(fullName))
    .map(async ({ pod, fullName }) => [fullName, await serverStatus(kubectl, ensemble, pod)] as const);
  const { problems, risks } = checkHealth(
    {
      nodes: await kubectl.readAll("nodes"),
      pods,
      statefulSets: statefulSet === undefined ? [] : [statefulSet],
      budgets: budget === undefined || budget === "" ? [] : [budget],
      servers: new Map(await Promise.all(asked)),
    },
    { ensembles: [`${namespace}/${name}`] },
  );
  return [...problems, ...risks];
}
