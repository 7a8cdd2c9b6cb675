import { parseArguments, type CommandLine } from "../system/arguments.ts";
import type { Drill } from "./drill.ts";
import type { Target } from "./kubectl.ts";
import { select, unknownDrill } from "./select.ts";

/** What the user asked for. */
export interface Options {
  readonly list: boolean;
  /** The drills to run. */
  readonly drills: readonly Drill[];
  /** Whether servers and nodes may be taken away for a while. */
  readonly disruptive: boolean;
  readonly target: Target;
  /** The StatefulSet's name. */
  readonly name: string;
  /** The Pulumi stack of this project that the ensemble was deployed from; undefined where it is not known. */
  readonly stack: string | undefined;
  /** The file with the stack's settings; undefined for the project's. */
  readonly configFile: string | undefined;
  /** The folder for the reports; undefined means none. */
  readonly report: string | undefined;
}

/** The command line of the drills. */
export const drillsCommandLine = (drills: readonly Drill[]) =>
  ({
    command: "npm run verify",
    about: "Runs the sections of the tutorial, and checks of TLS, as drills on a running ensemble.",
    options: {
      list: { type: "flag", description: "list the drills and exit" },
      only: {
        type: "list",
        value: "DRILLS",
        description: "run only these: names, rows or ranges of rows, such as maintenance,1-4,13",
        validate: (word: string) => unknownDrill(drills, word),
      },
      skip: {
        type: "list",
        value: "DRILLS",
        description: "skip these",
        validate: (word: string) => unknownDrill(drills, word),
      },
      disruptive: {
        type: "flag",
        description: "also run drills that take servers or nodes away for a while",
      },
      kubeconfig: {
        type: "string",
        value: "FILE",
        description: "the kubeconfig of another cluster than the local GKE",
      },
      context: { type: "string", value: "NAME", description: "its context", defaultText: "the current one" },
      namespace: {
        type: "string",
        value: "NAME",
        description: "the namespace of the ensemble",
        default: "default",
      },
      name: { type: "string", value: "NAME", description: "the StatefulSet of the ensemble", default: "zk" },
      stack: {
        type: "string",
        value: "NAME",
        description: "the Pulumi stack of the ensemble: drills 1, 5 and 15 then run pulumi",
        defaultText: "on the local GKE, its stack",
      },
      "config-file": {
        type: "string",
        value: "FILE",
        description: "the settings of the stack, if npm run up was given another file than the project's",
        defaultText: "the project's",
      },
      report: {
        type: "string",
        value: "FOLDER",
        description: "write junit.xml and report.json to this folder",
      },
      faults: {
        type: "flag",
        description: "inject faults into the local GKE instead; see npm run verify -- --faults --help",
      },
    },
    notes: [
      "Everything that a drill changed is put back before the command exits, also after Ctrl-C.",
      "",
      "Exit codes:",
      "  0    every drill that ran passed",
      "  1    a drill failed, or none ran",
      "  2    the command line has errors",
      "  3    rejected: the ensemble does not exist or is not healthy, or pulumi up would change more than the drills need",
      "  130  ended by a signal; everything is put back",
    ].join("\n"),
  }) as const satisfies CommandLine;

/** Reads the arguments. @throws ArgumentError with every error */
export function readOptions(args: readonly string[], drills: readonly Drill[]): Options {
  const { values } = parseArguments(drillsCommandLine(drills), args);
  const skipped = select(drills, values.skip);
  const wanted = values.only.length === 0 ? drills : select(drills, values.only);
  return {
    list: values.list,
    drills: wanted.filter((drill) => !skipped.includes(drill)),
    disruptive: values.disruptive,
    target: { kubeconfig: values.kubeconfig, context: values.context, namespace: values.namespace },
    name: values.name,
    stack: values.stack,
    configFile: values["config-file"],
    report: values.report,
  };
}
