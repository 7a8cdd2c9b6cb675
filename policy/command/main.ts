import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Readable } from "node:stream";

import { renderFinding, renderFindings, type ShownFinding } from "../../domain/finding.ts";
import { ArgumentError, parseArguments, type ArgumentFinding } from "../../system/arguments.ts";
import { policies } from "../policies.ts";
import { ClusterError } from "./cluster.ts";
import { commandLineAs } from "./command-line.ts";
import { combine, readConfiguration, type Configuration } from "./configuration.ts";
import { readDocuments } from "./documents.ts";
import { countOf, evaluate, type Evaluation } from "./evaluate.ts";
import { gatherCluster, gatherFiles, type Gathered } from "./gather.ts";
import { isSystemError } from "./inputs.ts";
import { configurationOf as profileConfiguration, isProfile } from "../profiles.ts";
import { renderJson } from "./render-json.ts";
import { renderSarif } from "./render-sarif.ts";
import { renderText, type Paint } from "./render-text.ts";

/** What the command reads from and writes to. */
export interface Surroundings {
  /** How the command is typed: `npm run check`. */
  readonly command: string;
  /** The version of the pack. */
  readonly version: string;
  /** What relative paths are relative to. */
  readonly directory: string;
  readonly stdin: Readable;
  /** Writes to standard output. */
  readonly print: (text: string) => void;
  /** Writes to standard error. */
  readonly warn: (text: string) => void;
  /** Marks parts of text on standard output. */
  readonly paint: Paint;
}

/** The command's exit codes. */
const exitCodes = { accepted: 0, rejected: 1, failed: 2 } as const;

/** What keeps the command from validating anything, as it is shown. */
class InputError extends Error {
  override readonly name = "InputError";
}

type Arguments = ReturnType<typeof parse>;

const parse = (command: string, args: readonly string[]) => parseArguments(commandLineAs(command), args);

/** What is wrong with options beside each other. */
function contradictions({ values, operands }: Arguments): ArgumentFinding[] {
  const found: ArgumentFinding[] = [];
  if (values.cluster && operands.length > 0) {
    const reason = "either files or a cluster are validated";
    found.push({ subject: "--cluster", reason, fix: "leave out --cluster or the files" });
  }
  if (!values.cluster && operands.length === 0) {
    const fix = "give files, folders, - for standard input, or --cluster";
    found.push({ subject: "FILE", reason: "there is nothing to validate", fix });
  }
  if (!values.cluster && values.context !== undefined) {
    const reason = "only a cluster has a context";
    found.push({
      subject: "--context",
      value: values.context,
      reason,
      fix: "add --cluster, or leave it out",
    });
  }
  if (!values.cluster && values.namespace.length > 1) {
    found.push({
      subject: "--namespace",
      value: values.namespace.join(", "),
      reason: "objects without a namespace are in one namespace",
      fix: "give one namespace",
    });
  }
  if (values.production && values.stack !== undefined) {
    const reason = "the name says whether it is production";
    found.push({ subject: "--stack", value: values.stack, reason, fix: "leave out --production or --stack" });
  }
  return found;
}

/** The text of the configuration file. @throws InputError if it cannot be read */
function configurationText(name: string, directory: string): string {
  try {
    return readFileSync(resolve(directory, name), "utf8");
  } catch (error) {
    if (isSystemError(error)) {
      const fix = "give a file that can be read";
      throw new InputError(renderFinding({ subject: "--config", value: name, reason: error.message, fix }));
    }
    throw error;
  }
}

/** @throws InputError with every error of the configuration */
function configurationOf({ values }: Arguments, directory: string): Configuration {
  const { profile = "", config } = values;
  const base: Configuration = isProfile(profile)
    ? readConfiguration(profileConfiguration(profile, policies), policies).configuration
    : new Map();
  if (config === undefined) {
    return base;
  }
  const { documents, faults } = readDocuments(configurationText(config, directory));
  const errors: ShownFinding[] = faults.map(({ line = 1, reason, fix }) => ({
    subject: `line ${line}`,
    reason,
    fix,
  }));
  const read = readConfiguration(documents[0]?.value, policies);
  errors.push(...(errors.length > 0 ? [] : read.errors));
  if (errors.length > 0) {
    throw new InputError(renderFindings(`${config}: invalid configuration`, errors));
  }
  return combine(base, read.configuration);
}

function render(
  evaluation: Evaluation,
  gathered: Gathered,
  { values }: Arguments,
  { directory, version, paint }: Surroundings,
): string {
  const notes = [...gathered.failures, ...gathered.notes];
  switch (values.format) {
    case "json":
      return renderJson(evaluation, notes);
    case "sarif": {
      const complete = gathered.failures.length === 0;
      return renderSarif(evaluation, { directory, version, policies, notes, complete });
    }
    default:
      return renderText(evaluation, values.output === undefined ? paint : (_, text) => text);
  }
}

/** @throws InputError if the file cannot be written */
function writeOutput(name: string, directory: string, output: string): void {
  try {
    writeFileSync(resolve(directory, name), `${output}\n`);
  } catch (error) {
    if (isSystemError(error)) {
      const fix = "give a file that can be written";
      throw new InputError(renderFinding({ subject: "--output", value: name, reason: error.message, fix }));
    }
    throw error;
  }
}

/** Validates what was given. @returns the exit code @throws InputError, ClusterError */
async function check(given: Arguments, surroundings: Surroundings): Promise<number> {
  const { values, operands } = given;
  const { directory, print, warn } = surroundings;
  const configuration = configurationOf(given, directory);
  const gathered = values.cluster
    ? await gatherCluster({ context: values.context, namespaces: values.namespace })
    : await gatherFiles(operands, directory, surroundings.stdin);
  for (const line of [...gathered.failures, ...gathered.notes]) {
    warn(line);
  }
  if (gathered.objects.length === 0) {
    warn("There are no Kubernetes objects to validate.");
    return exitCodes.failed;
  }
  const without: Configuration = new Map(
    gathered.without.map((name) => [name, { level: "disabled", settings: {} }]),
  );
  const evaluation = evaluate(gathered.objects, policies, {
    stack: values.stack ?? (values.production ? "production" : "dev"),
    namespace: (values.cluster ? undefined : values.namespace[0]) ?? "default",
    configuration: combine(configuration, without),
    live: values.cluster,
  });
  const output = render(evaluation, gathered, given, surroundings);
  if (values.output === undefined) {
    print(output);
  } else {
    writeOutput(values.output, directory, output);
  }
  if (gathered.failures.length > 0) {
    return exitCodes.failed;
  }
  const counted =
    values["fail-on"] === "advisory" ? evaluation.findings.length : countOf(evaluation, "error");
  return counted > 0 ? exitCodes.rejected : exitCodes.accepted;
}

/**
 * The command: validates files or a live cluster, and prints what it finds.
 *
 * @returns the exit code
 * @throws ArgumentError if the arguments are invalid
 */
export async function main(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const given = parse(surroundings.command, args);
  const contradicting = contradictions(given);
  if (contradicting.length > 0) {
    throw new ArgumentError(contradicting);
  }
  try {
    return await check(given, surroundings);
  } catch (error) {
    if (error instanceof InputError || error instanceof ClusterError) {
      surroundings.warn(error.message);
    } else {
      // Node's own exit code would be 1, which means findings.
      surroundings.warn(error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
    return exitCodes.failed;
  }
}
