import { stack } from "../../local-gke/pulumi/environment.ts";
import { ensureStack, pulumi } from "../../local-gke/pulumi/pulumi.ts";
import { prepare } from "../../local-gke/prepare.ts";

export const about = "Previews what up would do, with the policy pack, changing nothing";

/** Previews what `npm run up` would do. */
export async function main(args: readonly string[]): Promise<number> {
  const { env } = await prepare();
  await ensureStack(env);
  return await pulumi(["preview", "--stack", stack, "--refresh", "--policy-pack", "policy", ...args], env);
}
