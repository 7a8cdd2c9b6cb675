// Pulumi.yaml has Node import this before all else, Pulumi's own launcher included: a preview waits for what that and
// Pulumi's library load, and holds it in memory.
import { createRequire, enableCompileCache } from "node:module";
import { join } from "node:path";
import { env } from "node:process";

import { defer } from "./defer.ts";

// Node keeps compiled code only where it is told to; a folder that cannot be written is no fault.
enableCompileCache(env["NODE_COMPILE_CACHE"] ?? join(import.meta.dirname, "../node_modules/.cache/compiled"));

const here = createRequire(import.meta.url);
const sdk = createRequire(here.resolve("@pulumi/pulumi"));

/**
 * What is loaded with Pulumi's library and this program has no use for: the
 * compiler and the readers of packages, for functions that are sent elsewhere;
 * the Automation API; the reader of manifests in YAML; versions of resource
 * packages.
 */
const unused = ["typescript", "@npmcli/arborist", "./automation", "js-yaml", "semver"] as const;

/** What Pulumi's launcher loads for a preview that is traced. */
const forTracing = [
  "@opentelemetry/exporter-zipkin",
  "@opentelemetry/instrumentation",
  "@opentelemetry/instrumentation-grpc",
  "@opentelemetry/resources",
  "@opentelemetry/sdk-trace-base",
  "@opentelemetry/sdk-trace-node",
] as const;

for (const specifier of unused) {
  defer(specifier, sdk);
}
for (const specifier of forTracing) {
  defer(specifier, sdk, "functions");
}
defer("normalize-package-data", sdk, "function");

// Pulumi takes a stack trace for every promise, and its launcher has each line of it looked up in source maps. Ours
// needs none, as Node strips types in place: without, a preview takes a quarter less time and a third less memory.
// Nothing is ever taken of this one, so it is never loaded.
defer("source-map-support/register", sdk);
