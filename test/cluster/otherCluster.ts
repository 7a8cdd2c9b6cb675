import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { largeTemporaryDir } from "../../local/machine/temporaryDir.ts";
import { run } from "../../local/machine/run.ts";

/**
 * A Kubernetes cluster that somebody else made: neither Pulumi nor the gcp provider knows of it. Like many a lab it
 * has a default StorageClass, and a kubeconfig with several contexts.
 */
export class OtherCluster {
  /** The context of the cluster; the kubeconfig's current one leads nowhere. */
  readonly context: string;
  readonly #stateDir: string;
  readonly #config: string;

  private constructor(stateDir: string, config: string, context: string) {
    this.#stateDir = stateDir;
    this.#config = config;
    this.context = context;
  }

  /** Starts a control plane and three nodes; seconds. */
  static async start(): Promise<OtherCluster> {
    const stateDir = mkdtempSync(join(largeTemporaryDir, "other-cluster-"));
    const config = (await main("up", stateDir)).trim();
    const kubectl = async (...args: string[]) => await run("kubectl", ["--kubeconfig", config, ...args]);
    const context = (await kubectl("config", "current-context")).trim();
    await kubectl("config", "set-cluster", "nowhere", "--server=https://127.0.0.1:1");
    await kubectl("config", "set-context", "nowhere", "--cluster=nowhere");
    await kubectl("config", "use-context", "nowhere");
    const cluster = new OtherCluster(stateDir, config, context);
    await cluster.#addDefaultStorageClass();
    return cluster;
  }

  /** The text of the kubeconfig. */
  get kubeconfig(): string {
    return readFileSync(this.#config, "utf8");
  }

  /** Writes a kubeconfig whose current context is this cluster's. */
  async writeKubeconfig(file: string): Promise<void> {
    writeFileSync(file, this.kubeconfig, { mode: 0o600 });
    await run("kubectl", ["--kubeconfig", file, "config", "use-context", this.context]);
  }

  /** Runs kubectl with every right and returns what it prints. @throws CommandError */
  async kubectl(...args: string[]): Promise<string> {
    return await run("kubectl", ["--kubeconfig", this.#config, "--context", this.context, ...args]);
  }

  /** Asks a server for something, as a client in its pod. */
  async zk(namespace: string, pod: string, ...command: string[]): Promise<string> {
    return await this.kubectl("-n", namespace, "exec", pod, "--", "zkCli.sh", ...command);
  }

  /** The mode of a server in its quorum, leader or follower; empty when it is in none. */
  async mode(namespace: string, pod: string): Promise<string> {
    const question = "printf srvr | nc 127.0.0.1 2181 | sed -n 's/^Mode: //p'";
    return (await this.kubectl("-n", namespace, "exec", pod, "--", "sh", "-c", question)).trim();
  }

  /** Everything of an ensemble, each object as kind, name and uid: an object that was replaced has another. */
  async objects(namespace: string, name: string): Promise<string[]> {
    const kinds = "statefulsets,pods,services,serviceaccounts,poddisruptionbudgets,networkpolicies";
    const columns = "custom-columns=KIND:.kind,NAME:.metadata.name,UID:.metadata.uid";
    const args = ["-n", namespace, "get", kinds, "-l", `app=${name}`, "--no-headers", "-o", columns];
    const lines = (await this.kubectl(...args)).trim().split("\n");
    // How wide a column is, depends on all of its values.
    return lines.map((line) => line.replaceAll(/ +/g, " ")).sort();
  }

  /** The phases of the volume claims in a namespace. */
  async claimPhases(namespace: string): Promise<string[]> {
    const path = "jsonpath={range .items[*]}{.status.phase}{'\\n'}{end}";
    return (await this.kubectl("-n", namespace, "get", "pvc", "-o", path)).trim().split("\n");
  }

  /** Takes the cluster away, with its volumes. */
  async remove(): Promise<void> {
    await main("down", this.#stateDir);
    rmSync(this.#stateDir, { recursive: true });
  }

  async #addDefaultStorageClass(): Promise<void> {
    const storageClass = {
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: {
        name: "standard",
        annotations: { "storageclass.kubernetes.io/is-default-class": "true" },
      },
      provisioner: "pd.csi.storage.gke.io",
      volumeBindingMode: "WaitForFirstConsumer",
    };
    await run("kubectl", ["--kubeconfig", this.#config, "--context", this.context, "apply", "-f", "-"], {
      input: JSON.stringify(storageClass),
    });
  }
}

/** The state folder is read when a module is loaded, so that every cluster has a process of its own. */
async function main(verb: "up" | "down", stateDir: string): Promise<string> {
  const script = join(import.meta.dirname, "otherCluster.main.ts");
  return await run(process.execPath, ["--disable-warning=ExperimentalWarning", script, verb], {
    env: { ZOOKEEPER_ENVIRONMENT_STATE: stateDir },
  });
}
