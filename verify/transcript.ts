import { isClientLog } from "./zookeeper.ts";

/** A command as it was run, with what it printed. */
export interface CommandRecord {
  readonly kind: "command";
  readonly command: string;
  readonly output: string;
  /** null where a signal ended it. */
  readonly exitCode: number | null;
}

/** A sentence between commands, such as an observation. */
export interface SentenceRecord {
  readonly kind: "seen" | "not-checked" | "put-back" | "watch";
  readonly text: string;
}

/** A command that runs, for reporting its output. */
export interface RunningCommand {
  /** Adds a line of its output. */
  readonly line: (line: string) => void;
  /** Adds its end; null where a signal ended it. */
  readonly end: (exitCode: number | null) => void;
}

export type TranscriptRecord = CommandRecord | SentenceRecord;

const marks: Readonly<Record<SentenceRecord["kind"], string>> = {
  seen: "=> ",
  "not-checked": "not checked: ",
  "put-back": "put back: ",
  watch: "  | ",
};

/** The longest line that is printed; the report has it in full. */
const longestLine = 200;

/**
 * The commands and observations of a drill in their order: printed as they come, and kept for the report.
 */
export class Transcript {
  readonly records: TranscriptRecord[] = [];
  readonly #print: (line: string) => void;

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  /** Adds a command that begins, so that the reader knows what is running. */
  begin(command: string): RunningCommand {
    this.#print(`$ ${command}`);
    const lines: string[] = [];
    let clientLog = 0;
    return {
      line: (line) => {
        lines.push(line);
        if (isClientLog(line)) {
          clientLog += 1;
        } else {
          for (const shown of readable(line)) {
            this.#print(`  ${shown}`);
          }
        }
      },
      end: (exitCode) => {
        if (clientLog > 0) {
          this.#print(`  ${omitted(clientLog)}`);
        }
        if (exitCode !== 0) {
          this.#print(`  (exit code ${exitCode ?? "none: ended by a signal"})`);
        }
        this.records.push({ kind: "command", command, output: lines.join("\n").trimEnd(), exitCode });
      },
    };
  }

  /** Adds a sentence. */
  say(kind: SentenceRecord["kind"], text: string): void {
    this.records.push({ kind, text });
    for (const line of text.split("\n")) {
      this.#print(`${marks[kind]}${line}`);
    }
  }

  /** The transcript as text, for a report. */
  toString(): string {
    return this.records
      .map((record) =>
        record.kind === "command"
          ? [`$ ${record.command}`, ...readable(record.output).map((line) => `  ${line}`)].join("\n")
          : `${marks[record.kind]}${record.text}`,
      )
      .join("\n");
  }
}

const omitted = (lines: number): string => `(and ${lines} lines of the client's log)`;

/** A command's output without blank lines, the client's log and the ends of very long lines; omissions are marked. */
export function readable(output: string): string[] {
  const lines = output.split("\n").filter((line) => line.trim() !== "");
  const answer = lines.filter((line) => !isClientLog(line));
  return [
    ...answer.map((line) => (line.length > longestLine ? `${line.slice(0, longestLine)} …` : line)),
    ...(answer.length < lines.length ? [omitted(lines.length - answer.length)] : []),
  ];
}
