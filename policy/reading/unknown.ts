/**
 * Reports what a policy could not validate, as an information line of the update.
 *
 * The engine shows what a pack prints on standard output as `info` diagnostics of the stack: neither a violation nor
 * an advisory, so a first preview, in which much is unknown, has no finding because of it.
 *
 * @param policy name of the policy
 * @param object what it was validating
 * @param places paths whose values are not known yet
 * @param print where the line goes. @default console.log
 */
export function reportUnknown(
  policy: string,
  object: string,
  places: ReadonlySet<string>,
  print: (line: string) => void = console.log,
): void {
  if (places.size === 0) {
    return;
  }
  print(
    `${policy} could not validate ${object}, because these values are not known yet: ${[...places].join(", ")}`,
  );
}
