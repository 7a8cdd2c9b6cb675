/**
 * The name of a stack, of a variable of ours; it also names files.
 * @param otherwise where the variable is not set, or empty
 * @throws Error where Pulumi allows no such name, or it would lead out of a folder
 * @see https://www.pulumi.com/docs/iac/concepts/stacks/#create-stack
 */
export function stackName(variable: string, otherwise: string): string {
  const name = process.env[variable] ?? "";
  if (name === "") {
    return otherwise;
  }
  if (/^[\w-][\w.-]{0,99}$/.test(name)) {
    return name;
  }
  throw new Error(
    `${variable}: ${JSON.stringify(name)} cannot name a stack; use at most 100 letters, digits, '-', '_' and '.', ` +
      `not beginning with '.', or leave it out for ${otherwise}`,
  );
}
