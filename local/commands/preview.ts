import { stack } from "../environment.ts";
import { ensureStack, pulumi } from "../pulumi.ts";
import { prepare } from "./prepare.ts";

export const about = "Previews the stack with the policy pack, changing nothing";

/** Previews the stack as a pull request's check does. */
export async function main(args: readonly string[]): Promise<number> {
  const { env } = await prepare();
  await ensureStack(env);
  return await pulumi(["preview", "--stack", stack, "--policy-pack", "policy", ...args], env);
}
