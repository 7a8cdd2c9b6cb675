import { stackPolicy } from "../define.ts";
import type { KubernetesObject } from "../kubernetes/object.ts";
import { podsOf } from "../kubernetes/pods.ts";
import { matches, selectorOf } from "../kubernetes/selector.ts";
import { removalOf } from "../kubernetes/served.ts";
import { objectsOf } from "../stack.ts";
import { certainMembers, type Member } from "../zookeeper/ensembles.ts";
import { recognitionSettings } from "../zookeeper/recognition.ts";

/** Whether the object's selector matches pods of the workload, in its namespace. */
function selectsPods(object: KubernetesObject, selector: string, { workload }: Member): boolean {
  const conditions = selectorOf(object.root.at("spec", selector));
  return (
    object.namespace === workload.namespace &&
    podsOf(workload, "any").some(({ labels }) => matches(conditions, labels) === true)
  );
}

/**
 * The API server does not create an object of a version that it no longer serves, whatever the manifest says: an
 * update stops there, and what was to be protected is not.
 *
 * @see https://kubernetes.io/docs/reference/using-api/deprecation-guide/
 */
export const apiVersions = stackPolicy({
  name: "api-versions",
  description: "ZooKeeper's objects are of API versions that Kubernetes serves",
  settings: recognitionSettings,
  enforcementLevel: "mandatory",
  validate: (resources, open, settings) => {
    const members = certainMembers(resources, settings);
    const selecting = [
      ...objectsOf(resources, "policy", "PodDisruptionBudget").map((object) => ({
        object,
        selector: "selector",
      })),
      ...objectsOf(resources, "extensions", "NetworkPolicy").map((object) => ({
        object,
        selector: "podSelector",
      })),
    ].filter(
      ({ object, selector }) =>
        removalOf(object) !== undefined && members.some((member) => selectsPods(object, selector, member)),
    );
    const classes = objectsOf(resources, "storage.k8s.io", "StorageClass");
    for (const object of [
      ...members.map(({ workload }) => workload),
      ...selecting.map((selected) => selected.object),
      ...classes,
    ]) {
      const removal = removalOf(object);
      if (removal !== undefined) {
        open(object.label, object.urn).reject({
          path: "apiVersion",
          value: JSON.stringify(object.apiVersion),
          required: `a version that Kubernetes serves (${object.apiVersion} is gone since ${removal.release})`,
          fix: `use ${removal.successor}`,
        });
      }
    }
  },
});
