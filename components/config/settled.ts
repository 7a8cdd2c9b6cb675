import type { KnownEnvironment } from "../environment/args.ts";
import { secret, type Report } from "../validation/report.ts";
import { rejections, type Value } from "./changes.ts";

/** What stands of an environment, by property path, as far as not every other value can take its place. */
export type Settled = Readonly<Record<string, Value>>;

/** What to remember of an environment for its next change. */
export function settle(environment: KnownEnvironment): Settled {
  return Object.fromEntries(
    rejections.flatMap(([path, { of }]) => {
      const value = of(environment);
      return value === undefined ? [] : [[path, value]];
    }),
  );
}

/** The key under which the identity of a cluster that was there is remembered. */
export const clusterKey = "existing.id";

/** What was settled, with the cluster that it was settled on; an id that is empty tells nothing. */
export function withCluster(settled: Settled, id: string): Settled {
  return id === "" ? settled : { ...settled, [clusterKey]: id };
}

/**
 * Notes every change that cannot be made in place: it would leave the data behind, or lose some.
 * @param before what the last update settled; empty when there was none
 */
export function checkSettled(before: Settled, environment: KnownEnvironment, report: Report): void {
  const guarded = environment.ensemble?.protect !== false;
  if (guarded && before["ensemble.name"] !== undefined) {
    checkKind(before["gke.name"], environment, report);
  }
  for (const [path, rejection] of rejections) {
    const was = before[path];
    const now = rejection.of(environment);
    const unchanged = was === undefined || now === undefined || was === now;
    if (unchanged || rejection.allows?.(was, now) === true || (rejection.protected && !guarded)) {
      continue;
    }
    const also = rejection.protected ? "; to abandon this ensemble, set protectEnsemble to false first" : "";
    report.error(pathIn(environment, path), now, rejection.reason(was), rejection.fix(was) + also);
  }
}

function checkKind(cluster: Value | undefined, environment: KnownEnvironment, report: Report): void {
  if (cluster !== undefined && environment.gke === undefined && environment.existing !== undefined) {
    const reason = `the ensemble is on GKE cluster ${quoted(cluster)}, which would be deleted`;
    report.error("existing.kubeconfig", secret, reason, "use another stack for another cluster");
  }
  if (cluster === undefined && environment.gke !== undefined) {
    const reason = "the ensemble is on an existing cluster and would be left there";
    report.error("gke.project", environment.gke.project, reason, "use another stack for another cluster");
  }
}

/** Where a user has set the value: a class is named in one of two places. */
function pathIn({ ensemble }: KnownEnvironment, path: string): string {
  return path === "storage.className" && ensemble?.storageClassName ? "ensemble.storageClassName" : path;
}

const quoted = (value: Value): string => JSON.stringify(value);
