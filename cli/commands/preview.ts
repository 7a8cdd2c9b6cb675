import { ensureStack, prepare, pulumi } from "../../local-gke/index.ts";
import { stack } from "../../zookeeper-image/configuration.ts";

export const about = "Previews what up would do, with the policy pack, changing nothing";

/** Previews what `npm run up` would do. */
export async function main(args: readonly string[]): Promise<number> {
  const { env } = await prepare();
  await ensureStack(env);
  return await pulumi(["preview", "--stack", stack, "--refresh", "--policy-pack", "policy", ...args], env);
}
