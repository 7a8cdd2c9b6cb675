import type { Field } from "../reading/field.ts";
import { known } from "../reading/field.ts";
import type { Truth } from "../reading/truth.ts";

/** The resource type's parts: `kubernetes:apps/v1:StatefulSet` is group `apps`, version `v1`, kind `StatefulSet`. */
export interface KubernetesType {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** The type's parts, or undefined if it is not a Kubernetes API object (helm releases and providers are none). */
export function parseType(type: string): KubernetesType | undefined {
  const match = /^kubernetes:(?:([a-z0-9.-]+)\/)?(v[0-9][a-z0-9]*):([A-Z]\w*)$/.exec(type);
  if (match === null) {
    return undefined;
  }
  const [, group = "", version = "", kind = ""] = match;
  return { group: group === "core" ? "" : group, version, kind };
}

/** A Kubernetes object as the rules see it. */
export interface KubernetesObject {
  readonly kind: string;
  /** Group and version, as in manifests: `apps/v1`. */
  readonly apiVersion: string;
  /** The name in the cluster, the resource's name where the cluster's is not known yet. */
  readonly name: string;
  /** The namespace; undefined while it is unknown. @default "default" */
  readonly namespace: string | undefined;
  /** Kind, namespace and name, for messages. */
  readonly label: string;
  readonly root: Field;
  readonly urn: string;
}

/** Whether two objects are in the same namespace, as far as it is known. */
export function areTogether(
  one: Pick<KubernetesObject, "namespace">,
  other: Pick<KubernetesObject, "namespace">,
): Truth {
  return one.namespace === undefined || other.namespace === undefined
    ? "unknown"
    : one.namespace === other.namespace;
}

/** What a policy gets about a resource, from either of the engine's calls. */
export interface Resource {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly root: Field;
  /** The namespace that the provider gives to objects without one; undefined while it is unknown. */
  readonly defaultNamespace: string | undefined;
}

const clusterScoped: ReadonlySet<string> = new Set(["StorageClass", "PersistentVolume", "Namespace", "Node"]);

/** The resource as a Kubernetes object. */
export function kubernetesObject(resource: Resource, kind: string, root = resource.root): KubernetesObject {
  const name = known(root.at("metadata", "name").string()) ?? resource.name;
  const given = root.at("metadata", "namespace").string();
  // An empty namespace in the manifest means the provider's, as for kubectl.
  const namespace =
    given.state === "absent" || (given.state === "known" && given.value === "")
      ? resource.defaultNamespace
      : known(given);
  const label = clusterScoped.has(kind)
    ? `${kind} ${name}`
    : `${kind} ${namespace ?? "(namespace unknown)"}/${name}`;
  const { group = "", version = "" } = parseType(resource.type) ?? {};
  const apiVersion = group === "" ? version : `${group}/${version}`;
  return { kind, apiVersion, name, namespace, label, root, urn: resource.urn };
}
