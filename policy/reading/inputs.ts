import { Field } from "./field.ts";
import { unknownObject } from "./raw.ts";

type Properties = Readonly<Record<string, unknown>>;

/** What went into each resource, by URN, as the engine showed it one resource at a time. */
const shown = new Map<string, Properties>();

/** Keeps what went into a resource, for `asInStack`. The pack serves one stack, and the latest showing counts. */
export function rememberInputs(urn: string, inputs: Properties): void {
  shown.set(urn, inputs);
}

/**
 * A resource of the whole stack. While a provider waits for a value of the update, as one does for the kubeconfig of a
 * cluster that is still to be made, a preview shows its resources without any property: their inputs stand in then.
 * Where not even these were shown, all of the resource is unknown.
 *
 * @see `sdk/go/common/resource/plugin/provider_plugin.go` in pulumi/pulumi ("hand back an empty property map")
 */
export function asInStack(urn: string, outputs: Properties): Field {
  if (Object.keys(outputs).length > 0) {
    return new Field(outputs);
  }
  const inputs = shown.get(urn);
  return inputs === undefined ? new Field(unknownObject, "its properties") : new Field(inputs);
}
