import type { KnownEnvironment } from "../environment/args.ts";
import { quoted, type Settled as Value } from "../settings/changes.ts";
import { rejections } from "../settings/tables.ts";
import { secret, type Report } from "../validation/report.ts";

/** Values of the last update that later updates may not change freely, by property path. */
export type Settled = Readonly<Record<string, Value>>;

/** The values of an environment that later updates may not change freely. */
export function settle(environment: KnownEnvironment): Settled {
  return Object.fromEntries(
    rejections.flatMap(({ path, paths }) => {
      const { value } = find(environment, paths);
      return value === undefined ? [] : [[path, value]];
    }),
  );
}

/** The key under which the identity of an existing cluster is remembered. */
export const clusterKey = "existing.id";

/** The settled values with the identity of the cluster; an empty id is not remembered. */
export function withCluster(settled: Settled, id: string): Settled {
  return id === "" ? settled : { ...settled, [clusterKey]: id };
}

/**
 * Adds every change that is not possible in place, because it would leave the data behind or lose some.
 * @param before the values that the last update settled; empty if there was none
 */
export function checkSettled(before: Settled, environment: KnownEnvironment, report: Report): void {
  const isProtected = environment.ensemble?.protect !== false;
  if (isProtected && before["ensemble.name"] !== undefined) {
    checkKind(before["gke.name"], environment, report);
  }
  for (const { path, paths, rejection } of rejections) {
    const was = before[path];
    const { path: changed, value: now } = find(environment, paths);
    const isUnchanged = was === undefined || now === undefined || was === now;
    if (isUnchanged || rejection.allows?.(was, now) === true || (rejection.protected && !isProtected)) {
      continue;
    }
    const also = rejection.protected ? "; to abandon this ensemble, set protectEnsemble to false first" : "";
    report.error(changed, now, rejection.reason(was), rejection.fix(was, now) + also);
  }
}

function checkKind(cluster: Value | undefined, environment: KnownEnvironment, report: Report): void {
  const fix = "use another stack for another cluster";
  if (cluster !== undefined && environment.gke === undefined && environment.existing !== undefined) {
    const reason = `the ensemble is on GKE cluster ${quoted(cluster)}, which would be deleted`;
    report.error("existing.kubeconfig", secret, reason, fix);
  }
  if (cluster === undefined && environment.gke !== undefined) {
    const reason = "the ensemble is on an existing cluster and would be left there";
    report.error("gke.project", environment.gke.project, reason, fix);
  }
}

/** The first of the properties that is set, or else the last one. */
function find(
  environment: KnownEnvironment,
  paths: readonly string[],
): { readonly path: string; readonly value: Value | undefined } {
  const found = paths.map((path) => ({ path, value: remembered(valueAt(environment, path)) }));
  return (
    found.find(({ value }) => value !== undefined && value !== "") ??
    found.at(-1) ?? { path: "", value: undefined }
  );
}

function valueAt(environment: KnownEnvironment, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>(
      (value, name) =>
        typeof value === "object" && value !== null ? new Map(Object.entries(value)).get(name) : undefined,
      environment,
    );
}

/** The value of a setting as it is remembered; undefined if it cannot be. */
function remembered(value: unknown): Value | undefined {
  if (Array.isArray(value)) {
    return value.map(String).sort().join(",");
  }
  return typeof value === "string" || typeof value === "number" ? value : undefined;
}
