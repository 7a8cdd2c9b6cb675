import { checkBackups } from "../backup/against.ts";
import { fixedFields, type LiveEnsemble, type LiveObject, type LiveStatefulSet } from "../live/ensemble.ts";
import { parseQuantity } from "../../domain/quantity.ts";
import type { ShownFinding } from "../../domain/finding.ts";
import type { Report } from "../validation/report.ts";
import type { EnsembleValues } from "./args.ts";
import { covers } from "./covers.ts";
import { claimNames } from "../../domain/names.ts";
import { monitoringApis, monitoringKind } from "../monitoring/objects.ts";
import { podSelector } from "./ownership.ts";
import { leastStep, loneServer } from "./steps.ts";
import type { StatefulSetManifest } from "./stateful-set.ts";
import { checkTls, warningsOfSecrets } from "./tls-against.ts";

/** What an update is to change an ensemble to. */
export interface Intent {
  readonly settings: EnsembleValues;
  readonly manifest: StatefulSetManifest;
  readonly owner: Owner;
}

/** The stack that an ensemble belongs to. */
export interface Owner {
  /** `project/stack`. */
  readonly stack: string;
  /** What distinguishes it from another stack of that name; undefined if nothing does. */
  readonly id: string | undefined;
  /** What it may take over. */
  readonly adopt: string;
}

/**
 * Adds everything for which an update must not begin, given the present state of the cluster: objects of others, a
 * rollout while a server is down, more than one server to add or remove, volumes that cannot change as requested.
 */
export function checkAgainstCluster(intent: Intent, live: LiveEnsemble, report: Report): void {
  checkOwners(intent, live, report);
  checkFixed(intent, live, report);
  checkLabels(intent, live, report);
  checkServers(intent, live, report);
  checkRollout(intent, live, report);
  checkVolumes(intent, live, report);
  checkBackups(intent.settings, live, report);
  checkTls(intent.settings, live, report, Date.now());
  checkMonitoring(intent.settings, live, report);
}

/** What to say about an update that may begin. */
export function warningsAgainstCluster(
  settings: EnsembleValues,
  live: LiveEnsemble,
): readonly ShownFinding[] {
  return [...[warningOfClosing(settings, live) ?? []].flat(), ...warningsOfSecrets(settings, live)];
}

/** Adds objects that do not belong to this stack. */
export function checkOwners({ settings, owner }: Intent, live: LiveEnsemble, report: Report): void {
  if (owner.adopt === "any") {
    return;
  }
  const { statefulSet } = live;
  // The objects around the StatefulSet belong to its owner. Those of earlier versions do not name theirs.
  const ours = statefulSet !== undefined && belongsTo(statefulSet, owner);
  const foreign = [...(statefulSet === undefined ? [] : [statefulSet]), ...live.around].filter((object) =>
    object.owner === undefined ? !ours && owner.adopt !== "unowned" : !belongsTo(object, owner),
  );
  if (foreign.length === 0) {
    return;
  }
  const owners = [...new Set(foreign.map(describeOwner))].join(" and ");
  const marked = foreign.some((object) => object.owner !== undefined);
  report.error(
    "name",
    settings.name,
    `${foreign.map(({ what }) => what).join(", ")} ${foreign.length === 1 ? "exists" : "exist"} already, created by ${owners}; ` +
      "this update would take over what is in use, and destroying this stack would delete it",
    `use another name or namespace. To take it over on purpose, ` +
      (marked
        ? "first remove it from the other stack's state (pulumi state delete), unless it is this stack under an earlier name, " +
          'then set adopt to "any" for one update'
        : 'set adopt to "unowned" for one update'),
  );
}

function belongsTo(object: LiveObject, owner: Owner): boolean {
  const sameId = object.ownerId === undefined || owner.id === undefined || object.ownerId === owner.id;
  return object.owner === owner.stack && sameId;
}

function describeOwner({ owner, managers }: LiveObject): string {
  if (owner !== undefined) {
    return `stack ${owner}`;
  }
  return managers.length === 0 ? "an unknown program" : managers.join(", ");
}

/** What to say where an update keeps clients out that could connect before; undefined where it does not. */
export function warningOfClosing(
  { clients, networkPolicy, namespace }: EnsembleValues,
  { admitsAnyClient }: LiveEnsemble,
): ShownFinding | undefined {
  return admitsAnyClient && networkPolicy && clients.length === 0
    ? {
        subject: "clients",
        reason: `until now, any client could connect; after this update, only pods of namespace ${namespace} can`,
        fix: 'list the clients elsewhere, or use "*" to let any client connect',
      }
    : undefined;
}

/** Servers without a name or without a way between them lose their quorum. */
function checkLabels({ settings }: Intent, { pods }: LiveEnsemble, report: Report): void {
  const labels = Object.entries(podSelector(settings));
  const others = pods.filter((pod) => labels.some(([key, value]) => pod.labels[key] !== value));
  if (others.length === 0) {
    return;
  }
  const list = labels.map(([key, value]) => `${key}=${value}`).join(", ");
  report.error(
    "adopt",
    settings.adopt,
    `pods ${others.map(({ name }) => name).join(", ")} do not have the labels ${list}, by which Services and NetworkPolicy ` +
      "select the servers: they would lose their names",
    'set adopt to "unowned" until an update has replaced these pods',
  );
}

/** Pulumi deletes and recreates what cannot change in place: no server would run meanwhile. */
function checkFixed({ settings, manifest }: Intent, { statefulSet }: LiveEnsemble, report: Report): void {
  if (statefulSet === undefined || !settings.protect) {
    return;
  }
  // The size of the template stays as it was; the claims grow.
  const claims = statefulSet.fixed.volumeClaimTemplates;
  const wanted = { ...manifest.spec, volumeClaimTemplates: withoutSizes(manifest.spec.volumeClaimTemplates) };
  const changed = fixedFields.filter((field) =>
    field === "volumeClaimTemplates"
      ? !covers(claims, wanted.volumeClaimTemplates)
      : !covers(statefulSet.fixed[field], wanted[field]),
  );
  if (changed.length === 0) {
    return;
  }
  report.error(
    changed.includes("volumeClaimTemplates") ? "storageClassName" : "name",
    changed.includes("volumeClaimTemplates") ? settings.storageClassName : settings.name,
    `${statefulSet.what} has another ${changed.join(", ")}, which Kubernetes does not allow to change: it would be deleted and recreated`,
    "keep the present value. If the StatefulSet may be recreated, delete it first, but not its pods: " +
      `kubectl -n ${settings.namespace} delete statefulset ${settings.name} --cascade=orphan`,
  );
}

function withoutSizes(templates: unknown): unknown {
  if (!Array.isArray(templates)) {
    return templates;
  }
  return templates.map((template: unknown) => {
    const { spec, ...rest } = template as { spec?: object };
    return { ...rest, spec: { ...spec, resources: undefined } };
  });
}

/**
 * One server more or less at a time: only then does each majority of the old servers share one with each of the new.
 */
function checkServers({ settings }: Intent, live: LiveEnsemble, report: Report): void {
  const { statefulSet } = live;
  if (statefulSet === undefined) {
    checkReturn(settings, live, report);
    return;
  }
  const [before, now] = [statefulSet.servers, settings.servers];
  if (before === now) {
    return;
  }
  if (before === 1) {
    report.error("servers", now, loneServer.reason, loneServer.fix);
  } else if (Math.abs(now - before) > 1) {
    report.error(
      "servers",
      now,
      `the ensemble has ${before} servers, which must join and leave one at a time so that every two majorities share a server`,
      `use ${leastStep(before, now)} first, with scalingTo ${now}, and continue when all servers are Ready`,
    );
  }
}

/** An ensemble that returns to its volumes needs a quorum of servers with data: servers without do not vote. */
function checkReturn(settings: EnsembleValues, { bootstrapped, claims }: LiveEnsemble, report: Report): void {
  if (!bootstrapped || claims.length === 0) {
    return;
  }
  const own = new Set(claimNames(settings.name, settings.servers));
  const kept = claims.filter(({ name }) => own.has(name)).length;
  if (kept > settings.servers / 2) {
    return;
  }
  report.error(
    "servers",
    settings.servers,
    `the ensemble existed before, and only ${kept} of these servers still have their volumes: they are no quorum, and ` +
      "servers without data do not vote",
    `use ${claims.length}, as there are ${claims.length} volumes`,
  );
}

function checkRollout({ settings, manifest }: Intent, { statefulSet }: LiveEnsemble, report: Report): void {
  // With no server Ready there is none to take down, and an ensemble that never came up needs this update.
  if (statefulSet === undefined || settings.allowDegradedUpdate || statefulSet.ready === 0) {
    return;
  }
  if (covers(statefulSet.template, manifest.spec.template)) {
    return;
  }
  const why = whyNotWhole(statefulSet);
  if (why === undefined) {
    return;
  }
  report.error(
    "allowDegradedUpdate",
    false,
    `${why}: this update replaces the servers one after the other, and would take down another one`,
    `wait until all are Ready (kubectl -n ${settings.namespace} rollout status sts/${settings.name}); ` +
      "if this update is the repair, set allowDegradedUpdate to true for it",
  );
}

function whyNotWhole({ what, servers, replicas, ready, rolledOut }: LiveStatefulSet): string | undefined {
  if (ready < Math.max(servers, replicas)) {
    return `${what} has ${ready} of ${Math.max(servers, replicas)} servers Ready`;
  }
  return rolledOut ? undefined : `${what} is still being rolled out`;
}

function checkMonitoring(
  { monitoring }: EnsembleValues,
  { monitoring: found }: LiveEnsemble,
  report: Report,
): void {
  const kind = monitoringKind(monitoring);
  if (kind === undefined || found !== false) {
    return;
  }
  const { group, version } = monitoringApis[kind];
  const install =
    kind === "managed"
      ? "turn on Google's managed Prometheus for the cluster (gcloud container clusters update CLUSTER --enable-managed-prometheus)"
      : "install the Prometheus operator first";
  report.error(
    "monitoring",
    monitoring,
    `the cluster has no API ${group}/${version}`,
    `${install}, or set monitoring to "none"`,
  );
}

function checkVolumes({ settings }: Intent, live: LiveEnsemble, report: Report): void {
  const wanted = parseQuantity(settings.volumeSize) ?? 0;
  const own = new Set(claimNames(settings.name, settings.servers));
  const claims = live.claims.filter(({ name }) => own.has(name));
  const larger = claims.filter(({ size }) => (parseQuantity(size) ?? 0) > wanted);
  const [largest] = larger.toSorted((a, b) => (parseQuantity(b.size) ?? 0) - (parseQuantity(a.size) ?? 0));
  if (largest !== undefined) {
    report.error(
      "volumeSize",
      settings.volumeSize,
      `${larger.map(({ name, size }) => `claim ${name} has ${size}`).join(", ")}, and a volume cannot shrink`,
      `use ${JSON.stringify(largest.size)} or more`,
    );
  }
  const stuck = claims.filter(
    ({ size, className }) => (parseQuantity(size) ?? 0) < wanted && live.expandable[className] === false,
  );
  for (const className of new Set(stuck.map((claim) => claim.className))) {
    const names = stuck
      .filter((claim) => claim.className === className)
      .map(({ name, size }) => `${name} (${size})`);
    report.error(
      "volumeSize",
      settings.volumeSize,
      `StorageClass ${className} does not allow its volumes to grow: ${names.join(", ")}`,
      `keep the size, or allow it first, if the driver supports it: kubectl patch storageclass ${className} -p '{"allowVolumeExpansion":true}'`,
    );
  }
}
