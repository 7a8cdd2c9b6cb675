import { countOf, placeOf, type Evaluation, type PolicyFinding } from "./evaluate.ts";

/** The version of the format; it changes when a field goes or gets another meaning, not when one is added. */
const formatVersion = 1;

function renderOne(found: PolicyFinding): object {
  const { policy, level, object, finding, manifest } = found;
  const { path, required, fix } = finding;
  const place = placeOf(found);
  return {
    policy,
    level,
    object,
    ...(manifest && {
      apiVersion: manifest.apiVersion,
      kind: manifest.kind,
      namespace: manifest.namespace,
      name: manifest.name,
    }),
    ...(place && { file: place.name, line: place.line }),
    path,
    observed: "value" in finding ? finding.value : finding.observed,
    required,
    fix,
  };
}

/**
 * What was found, as JSON.
 *
 * @param notes what was left out, and why
 */
export function renderJson(evaluation: Evaluation, notes: readonly string[]): string {
  const { objects, workloads, findings, unvalidated } = evaluation;
  return JSON.stringify(
    {
      version: formatVersion,
      summary: {
        objects,
        workloads,
        errors: countOf(evaluation, "error"),
        warnings: countOf(evaluation, "warning"),
      },
      findings: findings.map(renderOne),
      unvalidated,
      notes,
    },
    undefined,
    2,
  );
}
