import type { StackResource } from "./define.ts";
import type { KubernetesObject } from "./kubernetes/object.ts";
import { items, known, type Field } from "./reading/field.ts";
import { objectsOf, type StackServer } from "./stack.ts";

/** A claim of a server, from a claim template or as an object of its own, and what it was made from. */
export interface Claim {
  readonly spec: Field;
  readonly madeFrom: readonly string[];
}

/** The claims of the server's pods: its templates, and the stack's claims that its volumes name. */
export function claimsOf(server: StackServer, resources: readonly StackResource[]): readonly Claim[] {
  const { workload, pod, resource } = server;
  const templates = items(workload.root.at("spec", "volumeClaimTemplates")).map((template) => ({
    spec: template.at("spec"),
    madeFrom: resource.madeFrom("spec"),
  }));
  const names = items(pod.at("volumes")).map((volume) =>
    known(volume.at("persistentVolumeClaim", "claimName").string()),
  );
  const claims = objectsOf(resources, "", "PersistentVolumeClaim")
    .filter(({ name, namespace }) => names.includes(name) && namespace === workload.namespace)
    .map(({ root, urn }) => ({
      spec: root.at("spec"),
      madeFrom: resources.find((candidate) => candidate.urn === urn)?.madeFrom("spec") ?? [],
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
