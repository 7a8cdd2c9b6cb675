import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

import { acknowledgesCreate } from "./zookeeper.ts";

/** As much of a watched Kubernetes object as the bench reads. */
interface Watched {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly status?: { readonly podIP?: string };
}

const pause = 50;

/** Watches the ensemble `zk` in a namespace from its first object on. Times are those of `performance.now()`. */
export class EnsembleWatch {
  /** When the StatefulSet was seen first. */
  created: number | undefined;
  readonly #addresses = new Map<string, string>();
  readonly #stop = new AbortController();

  /** @param kubeconfig whose cluster need not serve yet */
  constructor(kubeconfig: string, namespace: string) {
    void this.#watch(kubeconfig, `/apis/apps/v1/namespaces/${namespace}/statefulsets?watch=1`, () => {
      this.created ??= performance.now();
    });
    void this.#watch(kubeconfig, `/api/v1/namespaces/${namespace}/pods?watch=1`, ({ metadata, status }) => {
      if (status?.podIP !== undefined) {
        this.#addresses.set(metadata.uid, status.podIP);
      }
    });
  }

  /** Waits until a server acknowledges a create, and returns when it did; undefined once the watch has ended. */
  async writable(): Promise<number | undefined> {
    while (!this.#stop.signal.aborted) {
      const asked = [...this.#addresses.values()].map((address) => acknowledgesCreate(address, 2000));
      const acknowledged = asked.map(async (each) => {
        if (!(await each)) {
          throw new Error("not acknowledged");
        }
        return performance.now();
      });
      const first = await Promise.any(acknowledged).catch(() => undefined);
      if (first !== undefined) {
        return first;
      }
      await sleep(pause);
    }
    return undefined;
  }

  /** Ends the watch. */
  end(): void {
    this.#stop.abort();
  }

  async #watch(kubeconfig: string, path: string, seen: (object: Watched) => void): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const child = spawn("kubectl", ["--kubeconfig", kubeconfig, "get", "--raw", path], {
        stdio: ["ignore", "pipe", "ignore"],
      });
      const kill = (): void => {
        child.kill();
      };
      signal.addEventListener("abort", kill);
      for await (const line of createInterface({ input: child.stdout })) {
        seen((JSON.parse(line) as { object: Watched }).object);
      }
      signal.removeEventListener("abort", kill);
      // It ends where the cluster does not serve yet.
      await sleep(pause);
    }
  }
}
