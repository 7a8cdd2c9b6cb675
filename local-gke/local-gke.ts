import { say } from "../system/progress.ts";
import { until } from "../system/wait.ts";
import { restoreClusters } from "./cluster/clusters.ts";
import { configure } from "./configuration.ts";
import type { Configuration } from "./configuration.ts";
import { requireOwnFolders, requireRoot } from "./machine/own-folders.ts";
import { prepare } from "./prepare.ts";
import type { Prepared } from "./prepare.ts";
import { lockEnvironment } from "./pulumi/lock.ts";
import { ensureStack, pulumi, recoverStack } from "./pulumi/pulumi.ts";
import { clusters } from "./rack/cluster.ts";
import type { Cluster } from "./rack/cluster.ts";
import { removeEnvironment } from "./removal.ts";
import type { Removal } from "./removal.ts";

/** Finds what is unhealthy on a cluster: one string for each problem, none where everything is healthy. */
export type HealthCheck = (cluster: Cluster) => Promise<readonly string[]>;

/**
 * Opens this process's environment for a change: locks it, prepares the machine, starts again what a reboot has
 * stopped, and recovers an update that was cut off.
 * @param command names the command for those that find the environment locked
 * @throws Error where another command changes it, or the machine cannot run it
 */
export async function openEnvironment(command: string): Promise<Prepared> {
  requireRoot();
  requireOwnFolders({ create: true });
  await lockEnvironment(command);
  const prepared = await prepare();
  await ensureStack(prepared.env);
  await restoreClusters(prepared.imageStore, say);
  await recoverStack(prepared.env);
  return prepared;
}

/** The environment of a Pulumi project on this machine. A process has one at most. */
export class LocalGke {
  readonly #configuration: Configuration;
  readonly #healthCheck: HealthCheck;

  /** @param healthCheck what must be healthy before `up` ends, beside nodes and control plane; nothing by default */
  constructor(configuration: Configuration, healthCheck: HealthCheck = () => Promise.resolve([])) {
    configure(configuration);
    this.#configuration = configuration;
    this.#healthCheck = healthCheck;
  }

  /** The clusters, for commands and for faults. */
  get clusters(): Cluster[] {
    return clusters();
  }

  /**
   * Creates or updates the environment with `pulumi up`, and waits until it is healthy.
   * @returns pulumi's exit code
   * @throws Error with every problem, where it is not healthy within `within` milliseconds
   */
  async up({ within = 180_000 }: { within?: number } = {}): Promise<number> {
    const { stack } = this.#configuration;
    const { env } = await openEnvironment("up");
    const code = await pulumi(["up", "--yes", "--skip-preview", "--refresh", "--stack", stack], env);
    if (code !== 0) {
      return code;
    }
    const problems = async () =>
      (
        await Promise.all(
          this.clusters.map(async (cluster) => [
            ...(await cluster.problems()),
            ...(await this.#healthCheck(cluster)),
          ]),
        )
      ).flat();
    await until("the environment healthy", async () => (await problems()).join("; ") || true, {
      within,
      every: 200,
    });
    return 0;
  }

  /** Removes the environment. @returns 0, or pulumi's exit code where it could not delete everything */
  async down(removal: Removal): Promise<number> {
    requireRoot();
    requireOwnFolders();
    await lockEnvironment("down");
    return await removeEnvironment(removal);
  }
}
