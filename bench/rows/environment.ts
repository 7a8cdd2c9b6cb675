import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { adminKubeconfig, allClusters } from "../../local-gke/index.ts";
import { cpuSeconds, environmentProcesses, residentMiB } from "../processes.ts";
import { interruption } from "../../system/interruption.ts";
import { CutShort, type Bench, type Row, type Values } from "../row.ts";
import { timed, type TimedOptions } from "../timed.ts";
import { prepareTools } from "../tools.ts";
import { measureTutorial } from "../tutorial.ts";
import { EnsembleWatch } from "../watch.ts";

const root = join(import.meta.dirname, "../..");
const idleSeconds = 30;

const rows: readonly Row[] = [
  { name: "up", what: "npm run up, nothing running, until a create is acknowledged", unit: "s", budget: 45 },
  { name: "up-end", what: "npm run up until it ends, all servers in the quorum", unit: "s" },
  {
    name: "quorum",
    what: "the StatefulSet's creation until a create is acknowledged",
    unit: "s",
    budget: 10,
  },
  {
    name: "tutorial",
    what: "the tutorial's manifest, same cluster: apply until a create is acknowledged",
    unit: "s",
  },
  { name: "up-again", what: "npm run up with nothing to change", unit: "s", budget: 10 },
  { name: "memory", what: "the whole local GKE with the ensemble, resident", unit: "MiB", budget: 2048 },
  { name: "idle", what: `its CPU when idle, of one core over ${idleSeconds} s`, unit: "%", budget: 15 },
  { name: "down", what: "npm run down", unit: "s", budget: 15 },
];

/** The kubeconfig of the environment's cluster, as soon as there is one. */
export async function clusterKubeconfig(running: () => boolean): Promise<string> {
  while (running()) {
    const file = allClusters().map(adminKubeconfig)[0];
    if (file !== undefined && existsSync(file)) {
      return file;
    }
    await sleep(20);
  }
  throw new Error("npm run up ended without a cluster");
}

/** Runs a command of the project. @returns seconds */
export async function npm(args: readonly string[], options: TimedOptions = {}): Promise<number> {
  return (await timed("npm", ["run", "--silent", ...args], { cwd: root, ...options })) / 1000;
}

/** Takes the environment down, also for somebody who has interrupted the bench. */
export async function takeDown(): Promise<number> {
  return await npm(["down", "--", "--delete-volumes"], { signal: new AbortController().signal });
}

/** The development stack's settings and these, with any client admitted: the one here is in no pod. */
export function settingsFile(folder: string, more: Readonly<Record<string, string>> = {}): string {
  const file = join(folder, "Pulumi.dev.yaml");
  const settings = readFileSync(join(root, "Pulumi.dev.yaml"), "utf8");
  const lines = Object.entries({ clients: '["*"]', ...more }).map(
    ([key, value]) => `  zookeeper-environment:${key}: ${value}\n`,
  );
  writeFileSync(file, settings.replace("config:\n", `config:\n${lines.join("")}`));
  return file;
}

/** Stands the environment up; the kubeconfig of its cluster, and what was measured. */
export async function standUp(up: () => Promise<number>): Promise<{ kubeconfig: string; values: Values }> {
  const began = performance.now();
  let running = true;
  const ended = up().finally(() => {
    running = false;
  });
  // Seen below; here only so that an early failure is not reported as unhandled.
  ended.catch(() => undefined);
  const kubeconfig = await clusterKubeconfig(() => running).catch(async (error: unknown) => {
    await ended;
    throw error;
  });
  const watch = new EnsembleWatch(kubeconfig, "default");
  try {
    const writable = watch.writable();
    const end = await ended;
    const when = await Promise.race([writable, sleep(10_000, undefined)]);
    if (when === undefined || watch.created === undefined) {
      throw new Error("npm run up ended, but no server acknowledged a create");
    }
    const values = { up: (when - began) / 1000, "up-end": end, quorum: (when - watch.created) / 1000 };
    return { kubeconfig, values };
  } finally {
    watch.end();
  }
}

async function measureIdle(stateDir: string): Promise<Values> {
  // What standing up left to do is not idling.
  await sleep(10_000, undefined, { signal: interruption });
  const [before, began] = [cpuSeconds(environmentProcesses(stateDir)), performance.now()];
  await sleep(idleSeconds * 1000, undefined, { signal: interruption });
  const pids = environmentProcesses(stateDir);
  const used = cpuSeconds(pids) - before;
  return { idle: (100_000 * used) / (performance.now() - began), memory: residentMiB(pids) };
}

/** An environment from up to down, in a separate state folder that is empty before and after. */
export function environmentBench(stateDir: string): Bench {
  return {
    rows,
    measure: async (wanted) => {
      await prepareTools();
      const values: Record<string, number> = {};
      const folder = mkdtempSync(join(tmpdir(), "bench-"));
      const up = () => npm(["up", "--", "--config-file", settingsFile(folder)]);
      try {
        const { kubeconfig, values: first } = await standUp(up);
        Object.assign(values, first);
        if (wanted.has("idle") || wanted.has("memory")) {
          Object.assign(values, await measureIdle(stateDir));
        }
        if (wanted.has("up-again")) {
          values["up-again"] = await up();
        }
        if (wanted.has("tutorial")) {
          values["tutorial"] = await measureTutorial(stateDir, kubeconfig);
        }
      } catch (error) {
        await takeDown();
        throw new CutShort(values, error);
      } finally {
        rmSync(folder, { recursive: true });
      }
      values["down"] = await takeDown();
      return values;
    },
  };
}
