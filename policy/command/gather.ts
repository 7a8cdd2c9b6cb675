import type { Readable } from "node:stream";

import { renderFinding } from "../../domain/finding.ts";
import { isPlainObject } from "../reading/raw.ts";
import { policiesWithout, readCluster, type Cluster } from "./cluster.ts";
import { readDocuments } from "./documents.ts";
import { readInputs } from "./inputs.ts";
import { configured, objectsIn, type KubernetesManifest, type Origin } from "./objects.ts";

/** What was read, and what was left out. */
export interface Gathered {
  readonly objects: readonly KubernetesManifest[];
  /** What could not be read. */
  readonly failures: readonly string[];
  /** What was left out. */
  readonly notes: readonly string[];
  /** Policies that cannot validate anything. */
  readonly without: readonly string[];
}

const isAt = (origin: Origin | undefined): string =>
  origin === undefined ? "the cluster" : `${origin.name}:${origin.lineOf("")}`;

/** Notes on objects that were given more than once, such as by a base and by what was rendered from it. */
function repeated(objects: readonly KubernetesManifest[]): readonly string[] {
  const first = new Map<string, KubernetesManifest>();
  return objects.flatMap((object) => {
    const { kind, name, namespace, apiVersion } = object;
    const key = JSON.stringify([apiVersion.replace(/\/.*/, ""), kind, namespace, name]);
    const before = first.get(key);
    if (before === undefined) {
      first.set(key, object);
      return [];
    }
    const label = `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
    return `${isAt(object.origin)}: ${label} is also at ${isAt(before.origin)}; both are validated`;
  });
}

/** Whether the document tells Kustomize what to build. */
function isKustomization(origin: Origin | undefined, object?: KubernetesManifest): boolean {
  return (
    object?.apiVersion.startsWith("kustomize.config.k8s.io/") === true ||
    /(?:^|[\\/])kustomization\.ya?ml$/i.test(origin?.name ?? "")
  );
}

/** Notes on documents that are no objects of a cluster. */
function notesOn(objects: readonly KubernetesManifest[], others: readonly (Origin | undefined)[]): string[] {
  const unbuilt = "a Kustomization, which is not built here; validate what kubectl kustomize prints";
  return [
    ...others.map((origin) =>
      isKustomization(origin)
        ? `${isAt(origin)}: ${unbuilt}`
        : `${isAt(origin)}: no Kubernetes object, as it has no apiVersion and kind`,
    ),
    ...objects.flatMap((object): string[] => {
      const { origin, props, namespace } = object;
      if (isKustomization(origin, object)) {
        return [`${isAt(origin)}: ${unbuilt}`];
      }
      const { metadata } = props;
      const given = isPlainObject(metadata) ? (metadata["namespace"] ?? "") : "";
      return namespace === undefined && given !== ""
        ? [`${isAt(origin)}: its namespace is not a string, so kubectl rejects it`]
        : [];
    }),
  ];
}

/** Reads the files that were given. */
export async function gatherFiles(
  names: readonly string[],
  directory: string,
  stdin: Readable,
): Promise<Gathered> {
  const { inputs, unreadable } = await readInputs(names, directory, stdin);
  const failures = unreadable.map(({ name, ...rest }) => renderFinding({ subject: name, ...rest }));
  const documents = inputs.flatMap(({ name, file, text }) => {
    const read = readDocuments(text);
    failures.push(
      ...read.faults.map(({ line = 1, reason, fix }) =>
        renderFinding({ subject: `${name}:${line}`, reason, fix }),
      ),
    );
    return read.documents.map(({ value, lineOf }) => ({ value, origin: { name, file, lineOf } }));
  });
  const { objects, others } = objectsIn(documents);
  return {
    objects: configured(objects, false),
    failures,
    notes: [...notesOn(objects, others), ...repeated(objects)],
    without: [],
  };
}

/** Reads the cluster that was given. @throws ClusterError */
export async function gatherCluster(cluster: Cluster): Promise<Gathered> {
  const { lists, invisible } = await readCluster(cluster);
  const { objects } = objectsIn(lists.map((value) => ({ value })));
  const without = policiesWithout(invisible);
  const consequence = without.length === 0 ? "" : `; not validated: ${without.join(", ")}`;
  const notes =
    invisible.length === 0 ? [] : [`Not visible to this user: ${invisible.join(", ")}${consequence}`];
  return { objects: configured(objects, true), failures: [], notes, without };
}
