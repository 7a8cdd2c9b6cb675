import type { Policies } from "@pulumi/policy";

import { ruleOf, type StackResource } from "../define.ts";
import { parseType } from "../kubernetes/object.ts";
import { Field } from "../reading/field.ts";
import type { Finding } from "../reading/finding.ts";
import type { Report } from "../reading/report.ts";
import { reportUnvalidated } from "../reading/unvalidated.ts";
import { readSettings } from "../settings.ts";
import { serversOf, type StackServer } from "../stack.ts";
import { claimsOf, classesOf, classOf, placesOf } from "../storage-classes.ts";
import { recognitionSettings } from "../zookeeper/recognition.ts";
import type { Configuration } from "./configuration.ts";
import type { KubernetesManifest } from "./objects.ts";

/** What a policy finds, and where. */
export interface PolicyFinding {
  readonly policy: string;
  /** `error` if the policy is mandatory, `warning` if it is advisory. */
  readonly level: "error" | "warning";
  /** The object's kind, namespace and name, as in `StatefulSet default/zk`. */
  readonly object: string;
  readonly finding: Finding;
  /** The object as it was read. */
  readonly manifest?: KubernetesManifest;
}

/** A line of a file or of standard input. */
export interface Place {
  /** How the file is shown; "stdin" for standard input. */
  readonly name: string;
  /** The file's absolute path; undefined for standard input. */
  readonly file?: string | undefined;
  readonly line: number;
}

/** What was found. */
export interface Evaluation {
  /** The number of objects. */
  readonly objects: number;
  /** The number of workloads that run ZooKeeper servers. */
  readonly workloads: number;
  /** In the order of the objects, and of the policies. */
  readonly findings: readonly PolicyFinding[];
  /** Lines about what the objects do not show. */
  readonly unvalidated: readonly string[];
}

/** How the objects are validated. */
export interface Conditions {
  /** The name of the stack that the objects stand for, which says whether they are in production. */
  readonly stack: string;
  /** The namespace of objects without one. */
  readonly namespace: string;
  readonly configuration: Configuration;
  /** Whether the objects are those of a live cluster, of which most belong to others. @default false */
  readonly live?: boolean;
}

/** The type of a resource that `@pulumi/kubernetes` would give to the object. */
function typeOf({ apiVersion, kind }: KubernetesManifest): string {
  return `kubernetes:${apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`}:${kind}`;
}

/** The resources that the policies see, and the objects by URN. */
function resourcesOf(
  objects: readonly KubernetesManifest[],
  { stack, namespace }: Conditions,
): { readonly resources: readonly StackResource[]; readonly byUrn: ReadonlyMap<string, KubernetesManifest> } {
  const byUrn = new Map<string, KubernetesManifest>();
  const resources = objects.map((manifest, i): StackResource => {
    const type = typeOf(manifest);
    const { name, props } = manifest;
    // An object may be given twice.
    const urn = `urn:pulumi:${stack}::check::${type}::${name}#${i}`;
    byUrn.set(urn, manifest);
    return { type, name, urn, root: new Field(props), defaultNamespace: namespace, madeFrom: () => [] };
  });
  return { resources, byUrn };
}

/** The lines about what the policy could not validate. */
function unvalidated(policy: string, report: Report): string[] {
  const lines: string[] = [];
  reportUnvalidated(policy, report.object, report, (line) => lines.push(line));
  return lines;
}

/** The workloads that run ZooKeeper servers, with any of the labels by which policies recognize them. */
function zooKeeperIn(
  resources: readonly StackResource[],
  configuration: Configuration,
): readonly StackServer[] {
  const labels = [...configuration.values()].map(({ settings }) => settings["serverLabel"]);
  const found = [...new Set([...labels, undefined])].flatMap((serverLabel) =>
    serversOf(resources, readSettings(recognitionSettings, { serverLabel })).filter(
      ({ runs }) => runs === true,
    ),
  );
  return [...new Map(found.map((server) => [server.workload.urn, server])).values()];
}

/** The resources without the StorageClasses that no ZooKeeper server uses. */
function withoutOthersClasses(
  resources: readonly StackResource[],
  servers: readonly StackServer[],
): readonly StackResource[] {
  const classes = classesOf(resources);
  const used = servers
    .flatMap((server) => claimsOf(server, resources, placesOf(server, resources, [])))
    .map((claim) => classOf(claim, classes)?.urn);
  return resources.filter(({ type, urn }) => parseType(type)?.kind !== "StorageClass" || used.includes(urn));
}

/** Validates the objects with the policies, as the parts of one stack. */
export function evaluate(
  objects: readonly KubernetesManifest[],
  policies: Policies,
  conditions: Conditions,
): Evaluation {
  const { resources, byUrn } = resourcesOf(objects, conditions);
  const servers = zooKeeperIn(resources, conditions.configuration);
  const validated = conditions.live === true ? withoutOthersClasses(resources, servers) : resources;
  const findings: PolicyFinding[] = [];
  const lines: string[] = [];
  for (const policy of policies) {
    const { level = policy.enforcementLevel, settings = {} } =
      conditions.configuration.get(policy.name) ?? {};
    if (level === "disabled") {
      continue;
    }
    for (const { report, urn } of ruleOf(policy).inspect(validated, settings)) {
      const manifest = urn === undefined ? undefined : byUrn.get(urn);
      findings.push(
        ...report.distinct().map((finding): PolicyFinding => ({
          policy: policy.name,
          level: level === "advisory" ? "warning" : "error",
          object: report.object,
          finding,
          ...(manifest && { manifest }),
        })),
      );
      lines.push(...unvalidated(policy.name, report));
    }
  }
  const places = new Map(objects.map((manifest, i) => [manifest, i]));
  const placeAmong = ({ manifest }: PolicyFinding): number =>
    (manifest && places.get(manifest)) ?? objects.length;
  return {
    objects: objects.length,
    workloads: servers.length,
    findings: findings.sort((a, b) => placeAmong(a) - placeAmong(b)),
    unvalidated: lines,
  };
}

/** The place of a finding's property in the text that its object was read from; undefined if there is none. */
export function placeOf({ finding, manifest }: PolicyFinding): Place | undefined {
  const origin = manifest?.origin;
  return origin && { name: origin.name, file: origin.file, line: origin.lineOf(finding.path) };
}

/** The number of findings of a level. */
export function countOf({ findings }: Evaluation, level: PolicyFinding["level"]): number {
  return findings.filter((finding) => finding.level === level).length;
}
