import { ensureStack, prepare, pulumi } from "../../local-gke/index.ts";
import type { CommandLine } from "../../system/arguments.ts";
import { stack } from "../../zookeeper-image/configuration.ts";

export const commandLine = {
  command: "npm run preview",
  about: "Previews what npm run up would do, and validates it with the policy pack. Changes nothing.",
  options: {},
  passesTo: "pulumi preview",
} as const satisfies CommandLine;

/** Previews what `npm run up` would do. */
export async function main(args: readonly string[]): Promise<number> {
  const { env } = await prepare();
  await ensureStack(env);
  return await pulumi(["preview", "--stack", stack, "--refresh", "--policy-pack", "policy", ...args], env);
}
