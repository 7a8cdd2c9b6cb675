import { createHash } from "node:crypto";
import { isAbsolute, relative, sep } from "node:path";
import { pathToFileURL } from "node:url";

import type { Policies } from "@pulumi/policy";
import type { ArtifactLocation, Location, Log, ReportingDescriptor, Result } from "sarif";

import { renderFinding } from "../../domain/finding.ts";
import { shownFinding } from "../reading/finding.ts";
import { placeOf, type Evaluation, type PolicyFinding } from "./evaluate.ts";

/** What a SARIF log says about the program and its run. */
export interface SarifContext {
  readonly version: string;
  readonly policies: Policies;
  /** The folder that URIs of files are relative to. */
  readonly directory: string;
  /** What was left out, and why. */
  readonly notes: readonly string[];
  /** Whether everything that was given could be read. */
  readonly complete: boolean;
}

/** The address of a file: relative to the folder if it is in there, and absolute otherwise. */
function addressOf(file: string, directory: string): ArtifactLocation {
  const path = relative(directory, file);
  return isAbsolute(path) || path.split(sep)[0] === ".."
    ? { uri: pathToFileURL(file).href }
    : { uri: path.split(sep).map(encodeURIComponent).join("/"), uriBaseId: "%SRCROOT%" };
}

function ruleOf({
  name,
  description,
  enforcementLevel,
  configSchema,
}: Policies[number]): ReportingDescriptor {
  const settings = Object.entries(configSchema?.properties ?? {}).map(
    ([setting, { description: text, default: fallback }]) =>
      `- ${setting} = ${JSON.stringify(fallback)}: ${text ?? ""}`,
  );
  const lines = settings.length === 0 ? ["It has no settings."] : ["Settings:", ...settings];
  return {
    id: name,
    shortDescription: { text: `${description}.` },
    help: { text: [`${description}.`, "", ...lines].join("\n") },
    defaultConfiguration: { level: enforcementLevel === "advisory" ? "warning" : "error" },
  };
}

function locationOf(found: PolicyFinding, directory: string): Location {
  const place = placeOf(found);
  return {
    // Only a file has an address. What came from standard input or a cluster is named by its object.
    ...(place?.file !== undefined && {
      physicalLocation: {
        artifactLocation: addressOf(place.file, directory),
        region: { startLine: place.line },
      },
    }),
    logicalLocations: [
      { fullyQualifiedName: [found.object, found.finding.path].filter((part) => part !== "").join(": ") },
    ],
  };
}

function resultOf(found: PolicyFinding, { directory, policies }: SarifContext): Result {
  const { policy, level, object, finding } = found;
  // What stays the same when lines move, so that a finding is known again.
  const identity = JSON.stringify([policy, object, finding.path, finding.required]);
  return {
    ruleId: policy,
    ruleIndex: policies.findIndex(({ name }) => name === policy),
    level,
    message: { text: renderFinding(shownFinding(finding, object)) },
    locations: [locationOf(found, directory)],
    partialFingerprints: { "finding/v1": createHash("sha256").update(identity).digest("hex") },
  };
}

/**
 * What was found, as a log in SARIF 2.1.0, which code scanning services read.
 *
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export function renderSarif(evaluation: Evaluation, context: SarifContext): string {
  const { version, policies, notes, complete } = context;
  const log: Log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "zookeeper-policies", version, rules: policies.map(ruleOf) } },
        columnKind: "utf16CodeUnits",
        results: evaluation.findings.map((found) => resultOf(found, context)),
        invocations: [
          {
            executionSuccessful: complete,
            toolExecutionNotifications: notes.map((text) => ({
              level: complete ? "note" : "error",
              message: { text },
            })),
          },
        ],
      },
    ],
  };
  return JSON.stringify(log, undefined, 2);
}
