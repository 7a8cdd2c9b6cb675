import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

import { addressOf, type Pod, type StatefulSet } from "../kubernetes/objects.ts";
import { Watch, type FollowKubectl } from "../kubernetes/watch.ts";
import { acknowledgesCreate } from "./zookeeper.ts";

/** Milliseconds between two attempts. */
const retry = 50;

/** kubectl for a cluster that need not serve yet: it is silent when it fails. */
const kubectlOf =
  (kubeconfig: string): FollowKubectl =>
  async (args, signal, onLine) => {
    const child = spawn("kubectl", ["--kubeconfig", kubeconfig, ...args], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const kill = (): void => {
      child.kill();
    };
    signal.addEventListener("abort", kill);
    const closed = once(child, "close");
    createInterface({ input: child.stdout }).on("line", onLine);
    await closed;
    signal.removeEventListener("abort", kill);
    return { code: child.exitCode, stderr: "" };
  };

/** Watches the ensemble `zk` in a namespace from its first object on. Times are those of `performance.now()`. */
export class EnsembleWatch {
  /** When the StatefulSet was seen first. */
  created: number | undefined;
  readonly #pods: Watch<Pod>;
  readonly #stop = new AbortController();

  /** @param kubeconfig whose cluster need not serve yet */
  constructor(kubeconfig: string, namespace: string) {
    const options = { signal: this.#stop.signal, retry };
    const follow = kubectlOf(kubeconfig);
    // Raw requests need no discovery, which would take a part of the time that is measured.
    const raw = (path: string): string[] => ["get", "--raw", `${path}?watch=1`];
    this.#pods = new Watch(follow, raw(`/api/v1/namespaces/${namespace}/pods`), options);
    const sets = raw(`/apis/apps/v1/namespaces/${namespace}/statefulsets`);
    new Watch<StatefulSet>(follow, sets, options).onChange((found) => {
      if (found.size > 0) {
        this.created ??= performance.now();
      }
    });
  }

  /** Waits until a server acknowledges a create, and returns when it did; undefined once the watch has ended. */
  async writable(): Promise<number | undefined> {
    while (!this.#stop.signal.aborted) {
      const addresses = [...this.#pods.objects.values()].map(addressOf).filter((address) => address !== "");
      const acknowledged = addresses.map(async (address) => {
        if (!(await acknowledgesCreate(address, 2000))) {
          throw new Error("not acknowledged");
        }
        return performance.now();
      });
      const first = await Promise.any(acknowledged).catch(() => undefined);
      if (first !== undefined) {
        return first;
      }
      await sleep(retry);
    }
    return undefined;
  }

  /** Ends the watch. */
  end(): void {
    this.#stop.abort();
  }
}
