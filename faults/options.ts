import { problemWithReport } from "../report/stored.ts";
import { parseArguments, type CommandLine } from "../system/arguments.ts";
import { storedRun } from "./stored.ts";

/** What the command line asks for. */
export interface Options {
  /** How many faults. */
  count: number;
  /** How many acknowledged writes the run has at least. */
  writes: number;
  /** After how many minutes no further fault begins; 0 for never. */
  minutes: number;
  /** What decides the order of the faults and the servers that they affect. */
  seed: number;
  /** The faults that may happen; all where it is empty. */
  only: string[];
  /** Operations begun a second at most. */
  rate: number;
  /** The ensemble's namespace. */
  namespace: string;
  /** The ensemble's name. */
  name: string;
  /** The file with the stack's settings; empty for the project's own. */
  configFile: string;
  /** The folder with the clients' certificate: tls.crt, tls.key and ca.crt; empty for plain text. */
  tls: string;
  /** Whether a Prometheus watches the ensemble's alerts. */
  alerts: boolean;
  /** The folder for history, logs and reports. */
  report: string;
  /** The folder with the report.json of a run to compare with; empty for none. */
  compare: string;
  list: boolean;
}

/** The command line of the faults. @param known the names of the faults */
export const faultsCommandLine = (known: readonly string[]) =>
  ({
    command: "npm run verify -- --faults",
    about:
      "Injects faults into the local GKE while clients write and read, and checks that no acknowledged write is lost.",
    options: {
      faults: { type: "flag", description: "inject faults; without it, the drills run" },
      list: { type: "flag", description: "list the faults and exit" },
      count: { type: "integer", description: "how many faults to inject, in random order", default: 20 },
      rounds: { type: "integer", description: "the same as --count" },
      writes: { type: "integer", description: "go on until so many writes are acknowledged", default: 0 },
      minutes: {
        type: "integer",
        description: "begin no further fault after so many minutes; 0 is no limit",
        default: 0,
      },
      seed: {
        type: "integer",
        description: "repeat the order of the run with this seed",
        defaultText: "a new one, which is printed",
      },
      only: {
        type: "list",
        value: "FAULTS",
        description: "only these, by name",
        validate: (name: string) =>
          known.includes(name)
            ? undefined
            : { reason: "there is no such fault", fix: `use one of ${known.join(", ")}` },
      },
      rate: {
        type: "integer",
        description: "the most operations that the clients begin in a second",
        default: 2500,
        minimum: 1,
      },
      namespace: {
        type: "string",
        value: "NAME",
        description: "the namespace of the ensemble",
        default: "default",
      },
      name: { type: "string", value: "NAME", description: "the StatefulSet of the ensemble", default: "zk" },
      "config-file": {
        type: "string",
        value: "FILE",
        description:
          "the settings of the environment, if npm run up was given another file than the project's",
        defaultText: "the project's",
      },
      tls: {
        type: "string",
        value: "FOLDER",
        description:
          "connect with TLS; the folder has tls.crt, tls.key and ca.crt of a client, as in a Secret",
        defaultText: "plain text",
      },
      alerts: {
        type: "flag",
        description:
          "watch the ensemble's alerts with a Prometheus, which the first run builds; each fault lasts until its alerts are active",
      },
      report: {
        type: "string",
        value: "FOLDER",
        description: "the folder for history, logs, report.html, junit.xml and report.json",
        defaultText: "a new one, which is printed",
      },
      compare: {
        type: "string",
        value: "FOLDER",
        description: "show the run that left its report.json in this folder beside this one in report.html",
        validate: (folder: string) => problemWithReport(storedRun, folder),
      },
    },
    notes: [
      "Everything that a fault changed is put back before the command exits, also after Ctrl-C. The reports then",
      "have what happened until then.",
      "",
      "Exit codes:",
      "  0  nothing was lost, and the ensemble recovered from every fault",
      "  1  it did not, or the run could not begin",
      "  2  the command line has errors",
    ].join("\n"),
  }) as const satisfies CommandLine;

/**
 * Reads the command line.
 * @param newReport gives the folder for the reports where none is named
 * @throws ArgumentError with every error
 */
export function readOptions(
  args: readonly string[],
  known: readonly string[],
  newReport: () => string,
): Options {
  const { values } = parseArguments(faultsCommandLine(known), args);
  return {
    count: values.rounds ?? values.count,
    writes: values.writes,
    minutes: values.minutes,
    seed: values.seed ?? Date.now() % 2 ** 32,
    only: [...values.only],
    rate: values.rate,
    namespace: values.namespace,
    name: values.name,
    configFile: values["config-file"] ?? "",
    tls: values.tls ?? "",
    alerts: values.alerts,
    report: values.report ?? (values.list ? "" : newReport()),
    compare: values.compare ?? "",
    list: values.list,
  };
}
