/** The options of `pulumi up` that `pulumi preview` does not have, and whether a value follows. */
const upOnly = new Map([
  ["--yes", false],
  ["-y", false],
  ["--skip-preview", false],
  ["-f", false],
  ["--continue-on-error", false],
  ["--secrets-provider", true],
]);

/** Of the arguments that a user gives to `up`, those that its preview takes, too. */
export function previewArguments(args: readonly string[]): string[] {
  return args.filter((arg, place) => {
    const before = args[place - 1];
    const isValue = before !== undefined && upOnly.get(before) === true;
    return !isValue && !upOnly.has(arg.split("=")[0] ?? arg);
  });
}
