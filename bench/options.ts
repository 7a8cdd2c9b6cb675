import { parseArgs } from "node:util";

/** The options of the command line. */
export interface Options {
  /** The number of measurements of each row. */
  readonly runs: number;
  /** The rows to measure; all where it is empty. */
  readonly only: readonly string[];
  readonly json: boolean;
  readonly list: boolean;
  readonly help: boolean;
}

/** How the command is used. */
export const usage = `usage: npm run bench -- [options]
  --runs N          measures each row N times (default 3)
  --only NAME[,..]  measures only these rows; NAME* matches a prefix; may be repeated
  --json            prints the figures as JSON
  --list            lists the rows
  --help            prints this text`;

/** Reads the command line. @throws Error that names what is wrong with it */
export function readOptions(args: readonly string[], known: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      runs: { type: "string", default: "3" },
      only: { type: "string", multiple: true, default: [] },
      json: { type: "boolean", default: false },
      list: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const runs = Number(values.runs);
  if (!Number.isSafeInteger(runs) || runs < 1) {
    throw new Error(`--runs: ${values.runs} is not a whole number of at least 1`);
  }
  const patterns = values.only.flatMap((names) => names.split(","));
  const only = patterns.flatMap((pattern) => {
    const matches = known.filter((name) =>
      pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern,
    );
    if (matches.length === 0) {
      throw new Error(`--only: no row is named ${pattern}; the rows are ${known.join(", ")}`);
    }
    return matches;
  });
  return { runs, only, json: values.json, list: values.list, help: values.help };
}
