import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type * as pulumi from "@pulumi/pulumi";

import type { Registered } from "../../fixtures/policy/harness.ts";

/** How Kubernetes objects get into a program, other than one by one. */
export type Form = "ConfigGroup" | "ConfigFile" | "yaml/v2 ConfigGroup" | "yaml/v2 ConfigFile" | "Chart";

/** The fields that the Kubernetes SDK would add: `kubernetes:core/v1:Pod` is apiVersion v1, kind Pod. */
export function typeFields(type: string): Record<string, string> {
  const [, version = "", kind = ""] = type.split(":");
  return { apiVersion: version.replace(/^core\//, ""), kind };
}

/** The objects as documents of YAML, of which JSON is a part. */
function manifest(resources: readonly Registered[]): string {
  return resources
    .map(({ type, props }) => JSON.stringify({ ...typeFields(type), ...props }, undefined, 2))
    .join("\n---\n");
}

/** Writes the objects as the templates of a Helm chart. */
function writeChart(folder: string, resources: readonly Registered[]): string {
  mkdirSync(join(folder, "templates"), { recursive: true });
  writeFileSync(join(folder, "Chart.yaml"), "apiVersion: v2\nname: objects\nversion: 0.1.0\n");
  writeFileSync(join(folder, "templates", "all.yaml"), manifest(resources));
  return folder;
}

/**
 * Registers the Kubernetes objects in the form.
 *
 * @param folder for the files that the form reads
 */
export async function registerAs(
  form: Form,
  resources: readonly Registered[],
  folder: string,
  provider: pulumi.ProviderResource,
): Promise<void> {
  const kubernetes = await import("@pulumi/kubernetes");
  mkdirSync(folder, { recursive: true });
  const yaml = manifest(resources);
  const file = join(folder, "manifest.yaml");
  writeFileSync(file, yaml);
  switch (form) {
    case "ConfigGroup":
      new kubernetes.yaml.ConfigGroup("objects", { yaml }, { provider });
      return;
    case "ConfigFile":
      new kubernetes.yaml.ConfigFile("objects", { file }, { provider });
      return;
    case "yaml/v2 ConfigGroup":
      new kubernetes.yaml.v2.ConfigGroup("objects", { yaml }, { provider });
      return;
    case "yaml/v2 ConfigFile":
      new kubernetes.yaml.v2.ConfigFile("objects", { file }, { provider });
      return;
    case "Chart":
      new kubernetes.helm.v4.Chart(
        "objects",
        { chart: writeChart(join(folder, "chart"), resources) },
        { provider },
      );
  }
}
