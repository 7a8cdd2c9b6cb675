import { spawn } from "node:child_process";
import { copyFileSync, createWriteStream } from "node:fs";
import { join } from "node:path";

import { configuration, recoverStack } from "../../local-gke/index.ts";
import { signal } from "../../system/processes.ts";
import type { Fault, Scene } from "../fault.ts";

/** A setting whose change clients do not notice: how many snapshots are kept. */
const changed = "zookeeper-environment:snapRetainCount=5";

/** Starts to replace all pods, one after the other. */
export async function beginRestart({ ensemble }: Scene): Promise<void> {
  await ensemble.kubectl("rollout", "restart", "-n", ensemble.namespace, `statefulset/${ensemble.name}`);
}

/** Waits until a rollout is done. */
export async function rolledOut({ ensemble }: Scene): Promise<void> {
  const set = ["-n", ensemble.namespace, `statefulset/${ensemble.name}`];
  await ensemble.kubectl("rollout", "status", ...set, "--timeout=300s");
}

interface Update {
  /** Its exit code; null where it was killed. */
  ended: Promise<number | null>;
  /** Kills it with every process that it started. */
  kill: () => void;
}

/**
 * Starts `pulumi up` with the run's settings, and one more where it is given; their file does not change.
 */
function startUp(scene: Scene, setting?: string): Update {
  const { projectDir, stack } = configuration();
  const config = join(scene.dir, `Pulumi.${stack}.yaml`);
  copyFileSync(scene.configFile || join(projectDir, `Pulumi.${stack}.yaml`), config);
  const log = createWriteStream(join(scene.dir, "pulumi.log"), { flags: "a" });
  const child = spawn(
    "pulumi",
    [
      ...["up", "--yes", "--skip-preview", "--non-interactive", "--suppress-outputs", "--stack", stack],
      ...["--config-file", config, ...(setting === undefined ? [] : ["--config", setting])],
    ],
    // Its own process group, to be killed as one.
    {
      cwd: projectDir,
      env: { ...process.env, ...scene.env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    },
  );
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  return {
    ended: new Promise((resolve, reject) => {
      child.on("error", reject).on("close", resolve);
    }),
    kill: () => {
      if (child.pid !== undefined) {
        signal(-child.pid, "SIGKILL");
      }
    },
  };
}

async function up(scene: Scene, setting?: string): Promise<void> {
  const code = await startUp(scene, setting).ended;
  if (code !== 0) {
    throw new Error(`pulumi up ended with code ${code ?? "none (killed)"}; see ${scene.dir}/pulumi.log`);
  }
  // The provider may look before the rollout has begun, and mistake the old pods for the new ones.
  await rolledOut(scene);
}

async function revisions({ ensemble }: Scene): Promise<string[]> {
  const path = "jsonpath={.status.currentRevision} {.status.updateRevision}";
  return (
    await ensemble.kubectl("get", "statefulset", ensemble.name, "-n", ensemble.namespace, "-o", path)
  ).split(" ");
}

async function rollsOut(scene: Scene): Promise<void> {
  await scene.wait(
    "the rollout's beginning",
    async () => {
      const [current, updated] = await revisions(scene);
      return current !== updated || "the pods are as they were";
    },
    { every: 50 },
  );
}

/** Faults that are updates. */
export const rolloutFaults: readonly Fault[] = [
  {
    name: "rolling-update",
    about: "all pods are replaced, one after the other (kubectl rollout restart)",
    weight: 1,
    inject: async (scene) => {
      await beginRestart(scene);
      await rolledOut(scene);
    },
  },
  {
    name: "pulumi-up",
    about: "pulumi up with a changed setting, and then with the old one",
    weight: 1,
    inject: async (scene) => {
      scene.undo.later("the setting", () => up(scene));
      await up(scene, changed);
    },
  },
  {
    name: "pulumi-up-killed",
    about:
      "pulumi up with a changed setting is killed while it rolls the pods; the next one comes after the rollout",
    weight: 1,
    inject: async (scene) => {
      scene.undo.later("the setting", async () => {
        await recoverStack(scene.env);
        // While a rollout replaces the servers, another update is rejected.
        await rolledOut(scene);
        await up(scene);
      });
      const update = startUp(scene, changed);
      scene.undo.later("the update's processes", async () => {
        update.kill();
        await update.ended;
      });
      await rollsOut(scene);
      update.kill();
      await update.ended;
    },
  },
];
