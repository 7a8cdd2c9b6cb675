import type { StackResource } from "./define.ts";
import type { KubernetesObject } from "./kubernetes/object.ts";
import type { Workload } from "./kubernetes/workload.ts";
import { items, known, type Field } from "./reading/field.ts";
import { objectsOf, type StackServer } from "./stack.ts";
import { dataPlaces, dataVolumes, type DataPlaces } from "./zookeeper/data-places.ts";
import { configPaths, configTexts } from "./zookeeper/sources.ts";
import type { ConfigMaps } from "./zookeeper/directory-variables.ts";

/** A claim of a server, from a claim template or as an object of its own, and what it was made from. */
export interface Claim {
  readonly spec: Field;
  readonly madeFrom: readonly string[];
  readonly namespace: string | undefined;
  /** Whether a claim of the name is one of these. */
  readonly isNamed: (name: string) => boolean;
  /** The object, if it is one of its own. */
  readonly object?: KubernetesObject;
}

/** Whether the StatefulSet's controller gives the name to a claim of the template. */
function isClaimOf(workload: Workload, template: string | undefined, name: string): boolean {
  const prefix = `${template ?? ""}-${workload.name}-`;
  return template !== undefined && name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length));
}

/** The stack's ConfigMaps of the workload's namespace. */
function configMapsOf(workload: Workload, configMaps: readonly KubernetesObject[]): ConfigMaps {
  return (name) =>
    configMaps.find((each) => each.name === name && each.namespace === workload.namespace)?.root.at("data");
}

/** Where the server keeps its data, as far as the whole stack shows it. */
export function placesOf(
  { workload, resource, ...server }: StackServer,
  resources: readonly StackResource[],
  dataPaths: readonly string[],
): DataPlaces {
  const configMaps = objectsOf(resources, "", "ConfigMap");
  const zooCfg = configPaths(configTexts(workload, configMaps, resource.madeFrom("spec")));
  return dataPlaces({ workload, ...server }, { maps: configMapsOf(workload, configMaps), zooCfg, dataPaths });
}

/**
 * The claims that the server's data is on: its templates, and the stack's claims that its volumes name. All of its
 * claims if it cannot be seen which.
 */
export function claimsOf(
  server: StackServer,
  resources: readonly StackResource[],
  places: DataPlaces,
): readonly Claim[] {
  const { workload, pod, resource } = server;
  const volumes = dataVolumes(server, places);
  const holdsData = (name: Field): boolean =>
    name.unknown || volumes === undefined || volumes.has(known(name.string()) ?? "");
  const templates = items(workload.root.at("spec", "volumeClaimTemplates"))
    .filter((template) => holdsData(template.at("metadata", "name")))
    .map((template) => ({
      spec: template.at("spec"),
      madeFrom: resource.madeFrom("spec"),
      namespace: workload.namespace,
      isNamed: (name: string) => isClaimOf(workload, known(template.at("metadata", "name").string()), name),
    }));
  const names = items(pod.at("volumes"))
    .filter((volume) => holdsData(volume.at("name")))
    .map((volume) => known(volume.at("persistentVolumeClaim", "claimName").string()));
  const claims = objectsOf(resources, "", "PersistentVolumeClaim")
    .filter(({ name, namespace }) => names.includes(name) && namespace === workload.namespace)
    .map((object) => ({
      object,
      namespace: object.namespace,
      isNamed: (name: string) => name === object.name,
      spec: object.root.at("spec"),
      madeFrom: resources.find((candidate) => candidate.urn === object.urn)?.madeFrom("spec") ?? [],
    }));
  return [...templates, ...claims];
}

/**
 * The stack's class that the claim names; where the name is not known yet, the class that it was made from.
 * Undefined if that is none of the stack's.
 */
export function classOf(claim: Claim, classes: readonly KubernetesObject[]): KubernetesObject | undefined {
  const field = claim.spec.at("storageClassName");
  if (field.unknown) {
    return classes.find(({ urn }) => claim.madeFrom.includes(urn));
  }
  const name = known(field.string());
  return classes.find((candidate) => candidate.name === name);
}

/** The stack's storage classes. */
export function classesOf(resources: readonly StackResource[]): readonly KubernetesObject[] {
  return objectsOf(resources, "storage.k8s.io", "StorageClass");
}

/**
 * Whether volumes of the class are created when they are claimed. Those of a class without a provisioner are created
 * by hand, with a reclaim policy of their own, and do not grow whatever the class says.
 *
 * @see https://kubernetes.io/docs/concepts/storage/storage-classes/#local
 */
export function createsVolumes(storageClass: Field): boolean {
  return known(storageClass.at("provisioner").string()) !== "kubernetes.io/no-provisioner";
}
