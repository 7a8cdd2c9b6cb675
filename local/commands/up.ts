import { writeFileSync } from "node:fs";

import { stack } from "../environment.ts";
import { restoreClusters } from "../gke/clusters.ts";
import { lockEnvironment } from "../lock.ts";
import { run } from "../machine/run.ts";
import { projectDir } from "../paths.ts";
import { ensureStack, pulumi, recoverStack } from "../pulumi.ts";
import { say } from "../progress.ts";
import { prepare } from "./prepare.ts";

export const about = "Stands the environment up, or repairs it; safe to run again at any time";

interface Outputs {
  connectionString: string;
  namespace: string;
  servers: string[];
  kubeconfig: string;
}

/** Stands the environment up and says how to use it. */
export async function main(args: readonly string[]): Promise<number> {
  lockEnvironment("npm run up");
  const { env, imageStore } = await prepare();
  await ensureStack(env);
  await restoreClusters(imageStore, say);
  await recoverStack(env);
  const code = await pulumi(
    ["up", "--yes", "--skip-preview", "--suppress-outputs", "--stack", stack, "--policy-pack", "policy", ...args],
    env,
  );
  if (code !== 0) return code;
  const text = await run("pulumi", ["stack", "output", "--json", "--show-secrets", "--stack", stack], {
    cwd: projectDir,
    env,
  });
  const outputs = JSON.parse(text) as Outputs;
  writeFileSync(env["KUBECONFIG"] ?? "", outputs.kubeconfig, { mode: 0o600 });
  console.log(`
The ensemble is up: ${outputs.servers.length} servers in namespace ${outputs.namespace}, for clients in the cluster at
  ${outputs.connectionString}

Use it:   eval "$(npm run -s env)"       then pulumi, kubectl and the tutorial's commands work as typed
          kubectl exec zk-0 -- zkCli.sh ls /
Look:     npm run status
Remove:   npm run down`);
  return 0;
}
