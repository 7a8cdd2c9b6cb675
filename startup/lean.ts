// Pulumi.yaml has Node import this first, before Pulumi's own launcher: a preview waits for all that the launcher and
// Pulumi's library load, and keeps it in memory. The bench rows preview and program show what it saves.
import { createRequire, enableCompileCache } from "node:module";
import { join } from "node:path";
import { env } from "node:process";

import { defer } from "./defer.ts";

// Node keeps compiled code only in a given folder; it does without where it cannot write there.
enableCompileCache(env["NODE_COMPILE_CACHE"] ?? join(import.meta.dirname, "../node_modules/.cache/compiled"));

const here = createRequire(import.meta.url);
const sdk = createRequire(here.resolve("@pulumi/pulumi"));

/**
 * What Pulumi's library loads and this program does not use: the compiler and the readers of packages, for functions
 * that run elsewhere; the Automation API; the reader of manifests in YAML; versions of resource packages.
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

// Pulumi takes a stack trace for every promise, and its launcher looks up each line of it in source maps. This program
// has none, as Node strips types in place: without the look-up, a preview takes a quarter less time and a third less
// memory. Nothing is ever read from this module, so it is never loaded.
defer("source-map-support/register", sdk);
