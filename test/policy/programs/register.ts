import * as pulumi from "@pulumi/pulumi";

import { unknownValue } from "../../fixtures/policy/harness.ts";
import { registerAs, typeFields } from "./forms.ts";
import type { Program } from "./program.ts";

/** A resource of whatever type its token says. */
class Registration extends pulumi.CustomResource {}

/** A provider that renders Kubernetes objects to files. */
class RenderingProvider extends pulumi.ProviderResource {}

/** The properties with each mark of an unknown replaced by an output that a preview does not know. */
function withUnknowns(value: unknown, unknown: pulumi.Output<string>): unknown {
  if (value === unknownValue) {
    return unknown;
  }
  if (Array.isArray(value)) {
    return value.map((element) => withUnknowns(element, unknown));
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, element]) => [key, withUnknowns(element, unknown)]),
  );
}

const unused = { metadata: { name: "unused" }, apiVersion: "v1", kind: "ConfigMap" };

/**
 * Registers the resources. Kubernetes objects are rendered to files, so that no cluster is needed.
 *
 * @param rendered folder for the rendered objects
 */
export async function registerAll(
  { resources, onNewCluster = false, form }: Program,
  rendered: string,
): Promise<void> {
  const rendering = (name: string, renderYamlToDirectory: pulumi.Input<string>) =>
    new RenderingProvider("kubernetes", name, { renderYamlToDirectory }, { version: "4.25.0" });
  const known = rendering("rendered", rendered);
  const needsUnknown = onNewCluster || JSON.stringify(resources).includes(unknownValue);
  const later = needsUnknown
    ? new Registration("kubernetes:core/v1:ConfigMap", "unused", unused, { provider: known }).id
    : pulumi.output("");
  const provider = onNewCluster ? rendering("new", later) : known;
  if (form !== undefined) {
    await registerAs(form, resources, `${rendered}-from`, provider);
    return;
  }
  for (const { type, name, props } of resources) {
    const inputs = withUnknowns(props, later) as pulumi.Inputs;
    const kubernetes = type.startsWith("kubernetes:");
    const options = kubernetes ? { provider } : { version: "9.37.0" };
    new Registration(type, name, kubernetes ? { ...typeFields(type), ...inputs } : inputs, options);
  }
}
