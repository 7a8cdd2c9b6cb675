import { isProductionStack, productionStacks } from "../domain/production.ts";
import { text } from "./settings.ts";
import { stackOf } from "./reading/urn.ts";

/** The settings by which a policy recognizes production stacks. */
export const productionSettings = {
  productionStacks: text("Regular expression that matches the names of production stacks", productionStacks),
};

/**
 * Whether the resource's stack is a production stack.
 *
 * @throws SyntaxError if the setting is not a regular expression
 */
export function inProduction(urn: string, settings: { readonly productionStacks: string }): boolean {
  return isProductionStack(stackOf(urn), settings.productionStacks);
}
