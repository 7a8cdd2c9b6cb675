/** A row of the table: something that is measured, and what it may be. */
export interface Row {
  /** In kebab-case, for `--only`. */
  readonly name: string;
  /** What is measured, in words. */
  readonly what: string;
  readonly unit: "ms" | "s" | "MiB" | "%";
  /** What the median may be at most. @default none: the row is there to compare with */
  readonly budget?: number;
}

/** The values that one run gave, by the rows' names. */
export type Values = Readonly<Record<string, number>>;

/** Rows that are measured together, because one run creates, or compares, what they measure. */
export interface Bench {
  readonly rows: readonly Row[];
  /** Measures once. @param wanted names of the wanted rows, at least one; others may be left out */
  readonly measure: (wanted: ReadonlySet<string>) => Promise<Values>;
}

/** A measurement that failed after some of its rows were measured. */
export class CutShort extends Error {
  /** What was measured before. */
  readonly values: Values;

  constructor(values: Values, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = "CutShort";
    this.values = values;
  }
}
