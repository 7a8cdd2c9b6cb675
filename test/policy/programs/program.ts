import { environment, nodePool, cluster, statefulSet } from "../../fixtures/policy/ensemble.ts";
import { changed, type Registered } from "../../fixtures/policy/harness.ts";
import type { Form } from "./forms.ts";

/** A small program: what it registers, and what the pack has to say about it. */
export interface Program {
  readonly resources: readonly Registered[];
  /** The policies that reject it, each with a part of its message; none if the program is compliant. */
  readonly rejections: Readonly<Record<string, string>>;
  /** The policies that find something and reject nothing, each with a part of its message. @default none */
  readonly advice?: Readonly<Record<string, string>>;
  /**
   * Whether the provider waits for a value that only an update makes known, as on a cluster that is still to be made.
   *
   * @default false
   */
  readonly onNewCluster?: boolean;
  /** How the objects get into the program. @default one by one */
  readonly form?: Form;
  /** @default "dev" */
  readonly stack?: string;
}

/** The good environment's Kubernetes objects, without its cluster. */
export const objects = environment.filter((resource) => resource !== cluster && resource !== nodePool);

/** The good environment's cluster, without what is in it. */
export const clusterAndNodes = [cluster, nodePool];

/** The resources, with one of them replaced. */
export function replaced(
  resources: readonly Registered[],
  original: Registered,
  ...replacements: readonly Registered[]
): readonly Registered[] {
  return resources.flatMap((resource) => (resource === original ? replacements : [resource]));
}

/** The good environment's Kubernetes objects, with one property of the StatefulSet changed. */
export function withStatefulSet(path: readonly (string | number)[], value: unknown): readonly Registered[] {
  return replaced(objects, statefulSet, changed(statefulSet, path, value));
}
