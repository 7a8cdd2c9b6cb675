/** What the pack has to say about one fixture, whatever it says today. */
export interface Verdict {
  /**
   * The mandatory policies that reject it, and no others. Expressions after a name are the essential parts of the
   * reason: each has to match what the policy says.
   */
  readonly rejected: readonly Rejection[];
  /** Groups of mandatory policies of which at least one rejects it. @default none */
  readonly anyOf?: readonly (readonly string[])[];
  /** Policies for which both verdicts are right, at any level. @default none */
  readonly either?: readonly string[];
  /** Policies that say something, whatever their level. @default none */
  readonly advised?: readonly string[];
  /** Policies that say nothing, whatever their level. @default those that do not reject may advise */
  readonly silent?: "all" | readonly string[];
  /** What none of the policies may say, as it is not true. @default none */
  readonly never?: readonly RegExp[];
  /** The stacks in which this is the verdict. @default "dev" */
  readonly stacks?: readonly string[];
  /** Settings by policy. @default none */
  readonly settings?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** The name of a policy, or its name and what it says. */
export type Rejection = string | readonly [policy: string, ...says: readonly RegExp[]];

/** Verdicts by fixture: the name of its file without the ending. */
export type Verdicts = Readonly<Record<string, Verdict>>;
