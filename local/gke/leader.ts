import type { Change } from "../../engine/changes.ts";
import { run, until } from "../machine/run.ts";
import { say } from "../progress.ts";

/** An ensemble that is to get more servers. */
export interface Growth {
  namespace: string;
  name: string;
  /** How many servers it has. */
  from: number;
}

/** Which ensemble a preview adds servers to; undefined where none. */
export function growthOf(changes: readonly Change[]): Growth | undefined {
  for (const { type, name, properties } of changes) {
    if (type !== "kubernetes:apps/v1:StatefulSet") continue;
    const { is, wanted } = properties.find(({ path }) => path === "spec.replicas") ?? {};
    const [, namespace, set] = /^StatefulSet ([^/]+)\/(.+)$/.exec(name) ?? [];
    if (namespace === undefined || set === undefined) continue;
    if (typeof is === "number" && typeof wanted === "number" && wanted > is && is > 1)
      return { namespace, name: set, from: is };
  }
  return undefined;
}

/**
 * Has one of the lower servers lead, which a roll-out replaces last. Were the leader replaced first, the others could elect
 * one by their old list, and those with the new list, which want one vote more, would find too few to follow.
 */
export async function leadFromBelow({ namespace, name, from }: Growth): Promise<void> {
  const highest = Math.floor(from / 2);
  const kubectl = async (...args: string[]) => await run("kubectl", ["-n", namespace, ...args]);
  const mode = async (pod: string) =>
    await kubectl("exec", pod, "--", "sh", "-c", "echo srvr | nc localhost 2181 | sed -n 's/^Mode: //p'");
  for (let ordinal = from - 1; ordinal > highest; ordinal -= 1) {
    const pod = `${name}-${ordinal}`;
    if ((await mode(pod)).trim() !== "leader") continue;
    say(`${pod} leads and would be replaced first: restarting it, so that another one leads ...`);
    await kubectl("delete", "pod", pod);
    const serves = async () => {
      const set = await kubectl("get", "statefulset", name, "-o", "jsonpath={.status.readyReplicas}");
      return set === String(from);
    };
    await until(`${pod} Ready again`, serves, { within: 300_000, every: 1000 });
  }
}
