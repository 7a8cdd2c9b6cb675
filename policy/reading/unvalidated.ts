/** What a policy could not validate about one object. */
export interface Unvalidated {
  /** Paths whose values are not known before the update. */
  readonly unknowns: ReadonlySet<string>;
  /** What the resources do not show, before the update or after it. */
  readonly hidden: ReadonlySet<string>;
}

/**
 * Reports what a policy could not validate, as information lines of the update: one for what is not known yet, one
 * for what the resources never show.
 *
 * The engine shows what a pack prints on standard output as `info` diagnostics of the stack: neither a violation nor
 * an advisory, so a first preview, in which much is unknown, has no finding because of it.
 *
 * @param policy name of the policy
 * @param object what it was validating
 * @param print where the lines go. @default console.log
 */
export function reportUnvalidated(
  policy: string,
  object: string,
  { unknowns, hidden }: Unvalidated,
  print: (line: string) => void = console.log,
): void {
  if (unknowns.size > 0) {
    print(
      `${policy} could not validate ${object}, because these values are not known yet: ${[...unknowns].join(", ")}`,
    );
  }
  if (hidden.size > 0) {
    print(
      `${policy} could not validate ${object}, because the resources do not show: ${[...hidden].join(", ")}`,
    );
  }
}
