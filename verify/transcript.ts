import { isClientLog } from "./zooKeeper.ts";

/** A command as it was run, with what it printed. */
export interface CommandRecord {
  readonly kind: "command";
  readonly command: string;
  readonly output: string;
  /** null while it runs in the background, and when a signal ended it. */
  readonly exitCode: number | null;
}

/** Something said between commands: seen, or not checked. */
export interface SentenceRecord {
  readonly kind: "seen" | "not-checked" | "put-back" | "watch";
  readonly text: string;
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

  /** Notes a command before it runs, so that a reader knows what is waited for. */
  begin(command: string): void {
    this.#print(`$ ${command}`);
  }

  /** Notes what the command that was begun printed. */
  end(command: string, output: string, exitCode: number | null): void {
    this.records.push({ kind: "command", command, output: output.trimEnd(), exitCode });
    for (const line of readable(output)) this.#print(`  ${line}`);
  }

  /** Says a sentence. */
  say(kind: SentenceRecord["kind"], text: string): void {
    this.records.push({ kind, text });
    for (const line of text.split("\n")) this.#print(`${marks[kind]}${line}`);
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

/** A command's output without the client's log and the ends of very long lines; says what was left out. */
export function readable(output: string): string[] {
  const lines = output.split("\n");
  const answer = lines.filter((line) => line.trim() !== "" && !isClientLog(line));
  const left = lines.filter((line) => isClientLog(line)).length;
  return [
    ...(left > 0 ? [`(${left} lines of the client's log)`] : []),
    ...answer.map((line) => (line.length > longestLine ? `${line.slice(0, longestLine)} …` : line)),
  ];
}
