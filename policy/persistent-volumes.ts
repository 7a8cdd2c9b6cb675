import { parseQuantity } from "../domain/quantity.ts";
import type { KubernetesObject } from "./kubernetes/object.ts";
import { labelsOf, matches, selectorOf } from "./kubernetes/selector.ts";
import { known, type Field } from "./reading/field.ts";
import { every, type Truth } from "./reading/truth.ts";
import type { Claim } from "./storage-classes.ts";

function equal(a: Field, b: Field): Truth {
  return a.unknown || b.unknown ? "unknown" : (known(a.string()) ?? "") === (known(b.string()) ?? "");
}

function isLargeEnough(volume: Field, claim: Field): boolean {
  const [capacity, request] = [
    volume.at("capacity", "storage"),
    claim.at("resources", "requests", "storage"),
  ].map((field) => parseQuantity(known(field.scalar()) ?? ""));
  return capacity === undefined || request === undefined || capacity >= request;
}

/**
 * Whether the claim may bind to the volume: one of them names the other, or they agree in class, size and labels.
 *
 * @see https://kubernetes.io/docs/concepts/storage/persistent-volumes/#binding
 */
export function mayBind({ name, root }: KubernetesObject, claim: Claim): Truth {
  const spec = root.at("spec");
  const reserved = spec.at("claimRef");
  const wanted = claim.spec.at("volumeName");
  if (reserved.at("name").unknown || wanted.unknown) {
    return "unknown";
  }
  if (!wanted.absent) {
    return known(wanted.string()) === name;
  }
  if (!reserved.absent) {
    const namespace = known(reserved.at("namespace").string()) ?? claim.namespace;
    return namespace === claim.namespace && claim.isNamed(known(reserved.at("name").string()) ?? "");
  }
  const selector = claim.spec.at("selector");
  return every([
    equal(spec.at("storageClassName"), claim.spec.at("storageClassName")),
    selector.absent || matches(selectorOf(selector), labelsOf(root.at("metadata", "labels"))),
    isLargeEnough(spec, claim.spec),
  ]);
}
