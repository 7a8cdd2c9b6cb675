import { parseYaml } from "../../../domain/yaml.ts";
import type { Registered } from "../../fixtures/policy/harness.ts";

/** A resource that is no object of Kubernetes, as a fixture writes it: `resources: NAME: { type, props }`. */
interface Written {
  readonly type: string;
  readonly props: object;
}

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata?: { readonly name?: string };
  /** The objects of a `List`, each of which Pulumi registers as a resource. */
  readonly items?: readonly Manifest[];
}

function registered(manifest: Manifest): Registered {
  const { apiVersion, kind, metadata } = manifest;
  const version = apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`;
  return { type: `kubernetes:${version}:${kind}`, name: metadata?.name ?? kind, props: manifest };
}

function documents(text: string): readonly object[] {
  return text.split(/^---$/m).map((document, i) => {
    const parsed = parseYaml(document);
    if (!("value" in parsed) || typeof parsed.value !== "object" || parsed.value === null) {
      throw new Error(`document ${i + 1}: ${"fault" in parsed ? parsed.fault : "not an object"}`);
    }
    return parsed.value;
  });
}

/**
 * The resources of a fixture, as Pulumi registers them: Kubernetes manifests as they are, and other resources below the
 * key `resources`, by name.
 *
 * @throws Error if a document is not YAML or no object
 */
export function resourcesIn(text: string): readonly Registered[] {
  return documents(text).flatMap((document) => {
    if ("resources" in document) {
      const written = document.resources as Readonly<Record<string, Written>>;
      return Object.entries(written).map(([name, { type, props }]) => ({ type, name, props }));
    }
    const manifest = document as Manifest;
    return (manifest.items ?? [manifest]).map(registered);
  });
}
