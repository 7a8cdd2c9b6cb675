import type { Scene } from "../fault.ts";
import type { Server } from "../servers.ts";

/** Milliseconds in which nodes see a changed Secret: by themselves, kubelets look about once a minute. */
export const seenWithin = 150_000;

/** A line of servers' logs. */
interface Line {
  /** What it means, after the name of a server. */
  readonly what: string;
  readonly pattern: RegExp;
  /** How often each server logs it. @default 1 */
  readonly times?: number;
  /** Milliseconds in which it does. @default those in which nodes see a changed Secret */
  readonly within?: number;
}

/** How often a line is in the log of a server's container. */
export async function count({ ensemble }: Scene, { pod }: Server, pattern: RegExp): Promise<number> {
  const log = await ensemble.kubectl("logs", "-n", ensemble.namespace, pod, "--tail=-1");
  return log.split("\n").filter((line) => pattern.test(line)).length;
}

/** Does something, and waits until all servers have logged what comes of it. */
export async function untilLogged(scene: Scene, line: Line, act: () => Promise<void>): Promise<void> {
  const { what, pattern, times = 1, within = seenWithin } = line;
  const servers = [scene.leader, ...scene.followers];
  const before = await Promise.all(servers.map((server) => count(scene, server, pattern)));
  await act();
  for (const [index, server] of servers.entries()) {
    const wanted = (before[index] ?? 0) + times;
    await scene.wait(
      `${server.pod} ${what}`,
      async () => {
        const now = await count(scene, server, pattern);
        return now >= wanted || `it has said so ${now} times, of ${wanted}`;
      },
      { within, every: 1000 },
    );
  }
}
