import { allProcesses, environmentOf, isTrusted, signal } from "./processes.ts";
import { until } from "./wait.ts";

/**
 * The variable that marks what a command starts, down to the engine's plugins, so that a next one finds what outlived
 * it.
 */
const commandVariable = "LOCAL_GKE_COMMAND";

/** Marks what this process starts as work of its command on the environment in this folder. */
export function markCommand(stateDir: string): void {
  process.env[commandVariable] = `${process.pid} ${stateDir}`;
}

/** Processes that earlier commands on this environment started and did not end: the engine, its plugins, a build. */
function orphans(stateDir: string): number[] {
  const own = `${process.pid} ${stateDir}`;
  return allProcesses().filter((pid) => {
    const mark = pid === process.pid ? undefined : environmentOf(pid).get(commandVariable);
    return mark !== undefined && mark !== own && mark.replace(/^\d+ /, "") === stateDir && isTrusted(pid);
  });
}

/**
 * Ends what commands that were killed left at work on this environment: it
 * would work against the next command. Only for who holds the environment's
 * lock, for then no other command is alive.
 * @returns how many processes were ended
 */
export async function endOrphans(stateDir: string): Promise<number> {
  const ended = new Set<number>();
  await until(
    "ending what an earlier command left at work",
    () => {
      const found = orphans(stateDir);
      for (const pid of found) {
        ended.add(pid);
        signal(pid, "SIGKILL");
      }
      return found.length === 0;
    },
    { within: 20_000 },
  );
  return ended.size;
}
