import { isClientLog } from "./zookeeper.ts";

/** A command as it was run, with what it printed. */
export interface CommandRecord {
  readonly kind: "command";
  readonly command: string;
  readonly output: string;
  /** null where a signal ended it. */
  readonly exitCode: number | null;
}

/** Something said between commands: seen, or not checked. */
export interface SentenceRecord {
  readonly kind: "seen" | "not-checked" | "put-back" | "watch";
  readonly text: string;
}

/** A command that was begun and is to be told about. */
export interface RunningCommand {
  /** Notes a line that it printed. */
  readonly line: (line: string) => void;
  /** Notes its end; null where a signal ended it. */
  readonly end: (exitCode: number | null) => void;
}

export type TranscriptRecord = CommandRecord | SentenceRecord;

const marks: Readonly<Record<SentenceRecord["kind"], string>> = {
  seen: "=> ",
  "not-checked": "not checked: ",
  "put-back": "put back: ",
  watch: "  | ",
};

/** Longest line that is printed; the report has it whole. */
const longestLine = 200;

/**
 * What a drill did, in its order: printed as it happens, kept for the report.
 */
export class Transcript {
  readonly records: TranscriptRecord[] = [];
  readonly #print: (line: string) => void;

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  /** Notes a command that begins, so that a reader knows what is waited for. */
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

  /** Says a sentence. */
  say(kind: SentenceRecord["kind"], text: string): void {
    this.records.push({ kind, text });
    for (const line of text.split("\n")) {
      this.#print(`${marks[kind]}${line}`);
    }
  }

  /** All of it as text, for a report. */
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

/** A command's output without blank lines, the client's log and the ends of very long lines; says what was left out. */
export function readable(output: string): string[] {
  const lines = output.split("\n").filter((line) => line.trim() !== "");
  const answer = lines.filter((line) => !isClientLog(line));
  return [
    ...answer.map((line) => (line.length > longestLine ? `${line.slice(0, longestLine)} …` : line)),
    ...(answer.length < lines.length ? [omitted(lines.length - answer.length)] : []),
  ];
}
