import { isPlainObject } from "../reading/raw.ts";

/** Where an object was read from. */
export interface Origin {
  /** How the file is shown; "stdin" for standard input. */
  readonly name: string;
  /** The file's absolute path; undefined for standard input. */
  readonly file?: string;
  /** The line of a path below the object; of the object itself for an empty path. */
  readonly lineOf: (path: string) => number;
}

/** A Kubernetes object that was read. */
export interface KubernetesManifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** As the object has it; undefined if it has none. */
  readonly namespace?: string;
  readonly props: Readonly<Record<string, unknown>>;
  /** Undefined for an object of a live cluster. */
  readonly origin?: Origin;
}

/** What documents hold. */
export interface Objects {
  readonly objects: readonly KubernetesManifest[];
  /** Where documents are that are no Kubernetes objects. */
  readonly others: readonly (Origin | undefined)[];
}

/** A document, with what its parent in a list gives to it. */
interface Place {
  readonly value: unknown;
  readonly origin?: Origin | undefined;
  /** Of the typed list that it is an item of, such as `PodList`. */
  readonly apiVersion?: unknown;
  readonly kind?: string | undefined;
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

const below = (origin: Origin | undefined, prefix: string): Origin | undefined =>
  origin && {
    ...origin,
    lineOf: (path) => origin.lineOf(path === "" ? prefix : `${prefix}.${path}`),
  };

/** What the API server adds: it is no configuration, and the rules are about configuration. */
function withoutServerFields(props: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { metadata } = props;
  const kept = Object.entries(props).filter(([key]) => key !== "status");
  const cleaned = Object.fromEntries(kept);
  if (isPlainObject(metadata) && "managedFields" in metadata) {
    cleaned["metadata"] = Object.fromEntries(
      Object.entries(metadata).filter(([key]) => key !== "managedFields"),
    );
  }
  return cleaned;
}

function read(
  place: Place,
  listsAround: ReadonlySet<unknown>,
  found: { objects: KubernetesManifest[]; others: (Origin | undefined)[] },
): void {
  const { value, origin } = place;
  if (value === undefined || value === null) {
    return;
  }
  if (!isPlainObject(value)) {
    found.others.push(origin);
    return;
  }
  const apiVersion = value["apiVersion"] ?? place.apiVersion;
  const kind = value["kind"] ?? place.kind;
  if (!isText(apiVersion) || !isText(kind)) {
    found.others.push(origin);
    return;
  }
  const items = value["items"];
  if (kind.endsWith("List") && (Array.isArray(items) || items === null)) {
    // An alias may make a list an item of itself.
    if (listsAround.has(items)) {
      return;
    }
    const itemKind = kind === "List" ? undefined : kind.slice(0, -"List".length);
    for (const [i, item] of (items ?? []).entries()) {
      const itemPlace = { value: item as unknown, origin: below(origin, `items[${i}]`) };
      const inherited = itemKind === undefined ? {} : { apiVersion, kind: itemKind };
      read({ ...itemPlace, ...inherited }, new Set([...listsAround, items]), found);
    }
    return;
  }
  const metadata = isPlainObject(value["metadata"]) ? value["metadata"] : {};
  const name = [metadata["name"], metadata["generateName"]].find(isText) ?? "(no name)";
  const namespace = metadata["namespace"];
  found.objects.push({
    ...{ apiVersion, kind, name, origin },
    ...(isText(namespace) && { namespace }),
    props: withoutServerFields(value),
  });
}

/** The Kubernetes objects of documents: each document is one, or a list of them, or none. */
export function objectsIn(
  documents: readonly { readonly value: unknown; readonly origin?: Origin }[],
): Objects {
  const found = { objects: [], others: [] };
  for (const document of documents) {
    read(document, new Set(), found);
  }
  return found;
}

/** Kinds whose controllers create other objects that the rules read. */
const controllers: ReadonlySet<unknown> = new Set([
  ...["StatefulSet", "Deployment", "ReplicaSet", "DaemonSet", "ReplicationController", "Job", "CronJob"],
]);

/** The name of the workload that has created the object, as kind and name. */
function controllerOf({ props }: KubernetesManifest): string | undefined {
  const metadata = props["metadata"];
  const owners = isPlainObject(metadata) ? metadata["ownerReferences"] : undefined;
  const controller = (Array.isArray(owners) ? owners : []).find(
    (owner): owner is Readonly<Record<string, unknown>> =>
      isPlainObject(owner) && owner["controller"] === true,
  );
  return controller !== undefined && controllers.has(controller["kind"])
    ? `${String(controller["kind"])}/${String(controller["name"])}`
    : undefined;
}

/**
 * The objects that somebody has configured: those that a controller has created from another object, such as the pods
 * of a StatefulSet, are left out, as the other object says all about them.
 *
 * @param everyOwner whether owners that are not among the objects count, as in a live cluster, where they may only be
 * invisible
 */
export function configured(
  objects: readonly KubernetesManifest[],
  everyOwner: boolean,
): readonly KubernetesManifest[] {
  const present = new Set(objects.map(({ kind, name, namespace = "" }) => `${namespace}/${kind}/${name}`));
  return objects.filter((object) => {
    const controller = controllerOf(object);
    return (
      controller === undefined || !(everyOwner || present.has(`${object.namespace ?? ""}/${controller}`))
    );
  });
}
