import { problemWithReport } from "../report/stored.ts";
import { ArgumentError, parseArguments, type CommandLine } from "../system/arguments.ts";
import { storedBench } from "./report.ts";

/** The options of the command line. */
export interface Options {
  /** The number of measurements of each row. */
  readonly runs: number;
  /** The rows to measure; all where it is empty. */
  readonly only: readonly string[];
  readonly json: boolean;
  /** The folder for reports; undefined for none. */
  readonly report: string | undefined;
  /** The folder with the bench.json to compare with; undefined for none. */
  readonly compare: string | undefined;
  readonly list: boolean;
}

/** Whether a pattern names a row: its name, or the beginning of it with `*`. */
const isNamed = (name: string, pattern: string): boolean =>
  pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;

/** The command line of the bench. @param known the names of the rows */
export const benchCommandLine = (known: readonly string[]) =>
  ({
    command: "npm run bench",
    about: "Measures what the project promises to be fast or small in.",
    options: {
      list: { type: "flag", description: "list the rows and exit" },
      only: {
        type: "list",
        value: "ROWS",
        description: "only these rows, by name; * stands for any ending",
        validate: (pattern: string) =>
          known.some((name) => isNamed(name, pattern))
            ? undefined
            : { reason: "there is no such row", fix: `use one of ${known.join(", ")}` },
      },
      runs: { type: "integer", description: "how often to measure each row", default: 3, minimum: 1 },
      json: { type: "flag", description: "print the figures as JSON" },
      report: {
        type: "string",
        value: "FOLDER",
        description: "write bench.html, junit.xml and bench.json to this folder",
      },
      compare: {
        type: "string",
        value: "FOLDER",
        description: "show the figures that are in this folder's bench.json beside these in bench.html",
        validate: (folder: string) => problemWithReport(storedBench, folder),
      },
    },
    notes: [
      "The reports of a bench that was interrupted have what was measured until then.",
      "",
      "Exit codes:",
      "  0  every row is within its budget",
      "  1  a row is above it",
      "  2  the command line has errors, or a row could not be measured",
    ].join("\n"),
  }) as const satisfies CommandLine;

/** Reads the command line. @throws ArgumentError with every error */
export function readOptions(args: readonly string[], known: readonly string[]): Options {
  const { values } = parseArguments(benchCommandLine(known), args);
  const only = values.only.flatMap((pattern) => known.filter((name) => isNamed(name, pattern)));
  const { runs, json, list, report, compare } = values;
  if (compare !== undefined && report === undefined) {
    const reason = "there is no report that shows the comparison";
    throw new ArgumentError([
      { subject: "--compare", value: compare, reason, fix: "also use --report FOLDER" },
    ]);
  }
  return { runs, only, json, list, report, compare };
}
