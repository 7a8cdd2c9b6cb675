import { parseArgs } from "node:util";

import type { Drill } from "./drill.ts";
import type { Target } from "./kubectl.ts";
import { select } from "./select.ts";

/** What the user asked for. */
export interface Options {
  readonly help: boolean;
  readonly list: boolean;
  /** The drills to run. */
  readonly drills: readonly Drill[];
  /** Whether servers and nodes may be taken away for a while. */
  readonly disruptive: boolean;
  readonly target: Target;
  /** The StatefulSet's name. */
  readonly name: string;
  /** The Pulumi stack of this project that the ensemble was deployed from; undefined means that it is not at hand. */
  readonly stack: string | undefined;
  /** The folder for the reports; undefined means none. */
  readonly report: string | undefined;
}

export const usage = `npm run verify -- [options]: the tutorial's rows as drills, on a ZooKeeper ensemble that runs

  --list               list the drills and end
  --only WORDS         run only these: names, rows or ranges of rows (maintenance, 14, 1-4,13); may be repeated
  --skip WORDS         leave these out
  --disruptive         also run drills that take servers or nodes away for a while
  --kubeconfig FILE    the cluster's kubeconfig (default: KUBECONFIG)
  --context NAME       its context (default: the current one)
  --namespace NAME     the ensemble's namespace (default: default)
  --name NAME          the ensemble's StatefulSet (default: zk)
  --stack NAME         the Pulumi stack that it was deployed from: rows 1, 5 and 15 are then done with pulumi
  --report FOLDER      write junit.xml and report.json into this folder
  --help               this text

Whatever happens, Ctrl-C included, what a drill changed is put back before the end.
Exit code: 0 every drill that ran passed; 1 one failed, or none ran; 2 wrong arguments; 3 refused, because the
ensemble is not there or not healthy, or because pulumi up would change more than the drills ask for; 130 ended by a
signal, everything put back.`;

/** Reads the arguments. @throws Error that says what is wrong with them */
export function readOptions(args: readonly string[], drills: readonly Drill[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: "boolean", short: "h", default: false },
      list: { type: "boolean", default: false },
      only: { type: "string", multiple: true },
      skip: { type: "string", multiple: true, default: [] },
      disruptive: { type: "boolean", default: false },
      kubeconfig: { type: "string" },
      context: { type: "string" },
      namespace: { type: "string", default: "default" },
      name: { type: "string", default: "zk" },
      stack: { type: "string" },
      report: { type: "string" },
    },
  });
  const skipped = select(drills, values.skip);
  const wanted = values.only === undefined ? drills : select(drills, values.only);
  return {
    help: values.help,
    list: values.list,
    drills: wanted.filter((drill) => !skipped.includes(drill)),
    disruptive: values.disruptive,
    target: { kubeconfig: values.kubeconfig, context: values.context, namespace: values.namespace },
    name: values.name,
    stack: values.stack,
    report: values.report,
  };
}
