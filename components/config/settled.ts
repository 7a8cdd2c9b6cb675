import type { KnownEnvironment } from "../environment/args.ts";
import { contains, parseCidr } from "../units/cidr.ts";
import { parseQuantity } from "../units/quantity.ts";
import type { Report } from "../validation/report.ts";

type Value = string | number;

/** What stands of an environment, by property path, as far as not every other value can take its place. */
export type Settled = Readonly<Record<string, Value>>;

/** A setting that cannot take just any value once there is an ensemble. */
interface Rule {
  /** Its property of the environment. */
  readonly path: string;
  readonly of: (environment: KnownEnvironment) => Value | undefined;
  /** Whether the change can be made in place; none can where this is missing. */
  readonly inPlace?: (before: Value, now: Value) => boolean;
  readonly reason: (before: Value) => string;
  readonly fix: (before: Value) => string;
  /** Whether it may be changed where the ensemble is not protected, because that asks for another one. */
  readonly protected: boolean;
}

const clusterRules = (
  ["project", "name", "location", "nodeRange", "podRange", "serviceRange", "controlPlaneRange"] as const
).map((property): Rule => ({
  path: `gke.${property}`,
  of: ({ gke }) => gke?.[property],
  ...(property === "nodeRange" ? { inPlace: isWithin } : {}),
  reason: (before) => `the cluster, which has ${quoted(before)}, would be replaced with all that is on it`,
  fix: (before) =>
    `keep ${quoted(before)}; another cluster is another stack, and a backup brings the data there`,
  protected: true,
}));

const ensembleRules = (["name", "namespace"] as const).map((property): Rule => ({
  path: `ensemble.${property}`,
  of: ({ ensemble }) => ensemble?.[property],
  reason: (before) =>
    `the ensemble has ${quoted(before)}, and another ${property} is another, empty ensemble`,
  fix: (before) => `keep ${quoted(before)}; another ensemble is another stack`,
  protected: true,
}));

const rules: readonly Rule[] = [
  ...clusterRules,
  ...ensembleRules,
  {
    path: "storage.className",
    of: ({ ensemble, storage }) => ensemble?.storageClassName || storage?.className,
    reason: (before) => `the volumes are of class ${quoted(before)}, and would not follow`,
    fix: (before) => `keep class ${quoted(before)}`,
    protected: true,
  },
  {
    path: "ensemble.volumeSize",
    of: ({ ensemble }) => ensemble?.volumeSize,
    inPlace: (before, now) => size(now) >= size(before),
    reason: (before) => `the volumes have ${quoted(before)}, and a volume cannot shrink`,
    fix: (before) => `use ${quoted(before)} or more`,
    protected: false,
  },
  {
    path: "ensemble.servers",
    of: ({ ensemble }) => ensemble?.servers,
    inPlace: (before, now) => Number(now) >= quorum(Number(before)),
    reason: (before) =>
      `what ${before} servers acknowledged is on ${quorum(Number(before))} of them for certain: these could all go`,
    fix: (before) => stepDown(Number(before)),
    protected: false,
  },
];

/** What to remember of an environment for its next change. */
export function settle(environment: KnownEnvironment): Settled {
  return Object.fromEntries(
    rules.flatMap(({ path, of }) => {
      const value = of(environment);
      return value === undefined ? [] : [[path, value]];
    }),
  );
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
  for (const rule of rules) {
    const was = before[rule.path];
    const now = rule.of(environment);
    const unchanged = was === undefined || now === undefined || was === now;
    if (unchanged || rule.inPlace?.(was, now) === true || (rule.protected && !guarded)) {
      continue;
    }
    const also = rule.protected ? "; who gives this one up sets protectEnsemble to false first" : "";
    report.fault(pathIn(environment, rule.path), now, rule.reason(was), rule.fix(was) + also);
  }
}

function checkKind(cluster: Value | undefined, environment: KnownEnvironment, report: Report): void {
  if (cluster !== undefined && environment.gke === undefined && environment.existing !== undefined) {
    const reason = `the ensemble is on GKE cluster ${quoted(cluster)}, which would be deleted`;
    report.fault("existing.kubeconfig", "[secret]", reason, "another cluster is another stack");
  }
  if (cluster === undefined && environment.gke !== undefined) {
    const reason = "the ensemble is on a cluster that was there, and would be left behind";
    report.fault("gke.project", environment.gke.project, reason, "another cluster is another stack");
  }
}

/** Where a user has set the value: a class is named in one of two places. */
function pathIn({ ensemble }: KnownEnvironment, path: string): string {
  return path === "storage.className" && ensemble?.storageClassName ? "ensemble.storageClassName" : path;
}

function isWithin(before: Value, now: Value): boolean {
  const [inner, outer] = [parseCidr(String(before)), parseCidr(String(now))];
  return inner !== undefined && outer !== undefined && contains(outer, inner);
}

const size = (value: Value): number => parseQuantity(String(value)) ?? 0;

/** How many servers have a write for certain once it is acknowledged. */
const quorum = (servers: number): number => Math.floor(servers / 2) + 1;

function stepDown(servers: number): string {
  const least = quorum(servers) + ((quorum(servers) + 1) % 2);
  return least < servers
    ? `go to ${least} first, and on when all servers are Ready`
    : `keep ${servers}; fewer are another stack, and a backup brings the data there`;
}

const quoted = (value: Value): string => JSON.stringify(value);
