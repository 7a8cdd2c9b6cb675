/** The default regular expression, without regard to case, that the names of production stacks match. */
export const productionStacks = "(^|[^a-z])(prod|production|live)([^a-z]|$)";

/**
 * Whether a stack is a production stack, by its name: `prod`, `eu-live`, `prod2`, but not `product`.
 * @param pattern the regular expression that the names of production stacks match, without regard to case
 * @throws SyntaxError if the pattern is not a regular expression
 */
export function isProductionStack(stack: string, pattern: string = productionStacks): boolean {
  return new RegExp(pattern, "i").test(stack);
}
