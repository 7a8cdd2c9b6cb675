import { parseArgs } from "node:util";

/** What the command line asks for. */
export interface Options {
  /** How many faults. */
  count: number;
  /** How many acknowledged writes the run has at least. */
  writes: number;
  /** After how many minutes no further fault begins; 0 for never. */
  minutes: number;
  /** What the order of the faults and their victims depend on. */
  seed: number;
  /** The faults that may happen; all where it is empty. */
  only: string[];
  /** Operations begun a second at most. */
  rate: number;
  /** The ensemble's namespace. */
  namespace: string;
  /** The ensemble's name. */
  name: string;
  /** The folder for history, logs and figures. */
  report: string;
  list: boolean;
  help: boolean;
}

/** How the command is used. */
export const usage = `usage: faults [options]
  --count N         how many faults, in random order (default 20; also --rounds)
  --writes N        go on until so many writes are acknowledged (default 0: as many as there are)
  --minutes N       begin no further fault after so long (default 0: no limit)
  --seed N          repeats the order of an earlier run (default: a new one, printed)
  --only NAME[,..]  only these faults; may be given again
  --rate N          operations begun a second at most (default 2500)
  --namespace NAME  the ensemble's namespace (default "default")
  --name NAME       the ensemble's name (default "zk")
  --report DIR      where history, logs and report.json go (default: a new folder, printed)
  --list            says which faults there are
  --help            says this`;

function whole(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) {
    return otherwise;
  }
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new Error(`--${name}: ${text} is no whole number`);
  }
  return value;
}

/** Reads the command line. @throws Error that names what is wrong with it */
export function readOptions(
  args: readonly string[],
  known: readonly string[],
  newReport: () => string,
): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      count: { type: "string" },
      rounds: { type: "string" },
      writes: { type: "string" },
      minutes: { type: "string" },
      seed: { type: "string" },
      only: { type: "string", multiple: true },
      rate: { type: "string" },
      namespace: { type: "string" },
      name: { type: "string" },
      report: { type: "string" },
      list: { type: "boolean" },
      help: { type: "boolean", short: "h" },
    },
  });
  const only = (values.only ?? []).flatMap((names) => names.split(","));
  const unknown = only.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new Error(`--only: no fault ${unknown.join(", ")}; there are ${known.join(", ")}`);
  }
  const list = values.list ?? false;
  const help = values.help ?? false;
  const rate = whole("rate", values.rate, 2500);
  if (rate === 0) {
    throw new Error("--rate: 0 writes nothing");
  }
  return {
    count: whole("count", values.count ?? values.rounds, 20),
    writes: whole("writes", values.writes, 0),
    minutes: whole("minutes", values.minutes, 0),
    seed: whole("seed", values.seed, Date.now() % 2 ** 32),
    only,
    rate,
    namespace: values.namespace ?? "default",
    name: values.name ?? "zk",
    report: values.report ?? (list || help ? "" : newReport()),
    list,
    help,
  };
}
