import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

import type * as kubernetes from "@kubernetes/client-node";

import { yamlFault } from "../../domain/yaml.ts";

/** How to reach a cluster: as the Kubernetes provider of its resources does. */
export interface ClusterAccess {
  /** The content or the path of a kubeconfig. @default the kubeconfig files that kubectl uses */
  readonly kubeconfig?: string | undefined;
  /** The context to use. @default the kubeconfig's current context */
  readonly context?: string | undefined;
}

/** The timeout of a request, in milliseconds. */
const patience = 10_000;

type Client = typeof kubernetes;
type Options = kubernetes.ConfigurationOptions;

/**
 * Repeats a request until there is an answer: an API server is unreachable for a moment when it is restarted, upgraded
 * or moved to another network.
 * @param within how long, in milliseconds
 * @throws Unreachable if there is no answer within that time
 */
export async function patiently<T>(within: number, question: () => Promise<T>): Promise<T> {
  const until = Date.now() + within;
  for (;;) {
    try {
      return await question();
    } catch (error) {
      if (!(error instanceof Unreachable) || Date.now() >= until) {
        throw error;
      }
      await sleep(pause);
    }
  }
}

/** The time between two requests, in milliseconds. */
const pause = 1000;

/** Credential plugins are slow to start, and one reader needs one only once. */
const readers = new Map<string, Promise<ClusterReader>>();

/** A cluster does not answer, or does not accept the user's credentials. */
export class Unreachable extends Error {}

/** Reads from a cluster's API. It never changes anything. */
export class ClusterReader {
  /** The cluster's name in the kubeconfig and its address, for messages. */
  readonly cluster: string;
  readonly apps: kubernetes.AppsV1Api;
  readonly core: kubernetes.CoreV1Api;
  readonly custom: kubernetes.CustomObjectsApi;
  readonly networking: kubernetes.NetworkingV1Api;
  readonly rbac: kubernetes.RbacAuthorizationV1Api;
  readonly policy: kubernetes.PolicyV1Api;
  readonly storage: kubernetes.StorageV1Api;
  readonly version: kubernetes.VersionApi;
  readonly #client: Client;

  private constructor(client: Client, config: kubernetes.KubeConfig) {
    const { name, server } = config.getCurrentCluster() ?? { name: "", server: "" };
    this.cluster = `${name} (${server})`;
    this.apps = config.makeApiClient(client.AppsV1Api);
    this.core = config.makeApiClient(client.CoreV1Api);
    this.custom = config.makeApiClient(client.CustomObjectsApi);
    this.networking = config.makeApiClient(client.NetworkingV1Api);
    this.rbac = config.makeApiClient(client.RbacAuthorizationV1Api);
    this.policy = config.makeApiClient(client.PolicyV1Api);
    this.storage = config.makeApiClient(client.StorageV1Api);
    this.version = config.makeApiClient(client.VersionApi);
    this.#client = client;
  }

  /**
   * A reader of the cluster; the same one for the same access.
   * @throws Unreachable if the kubeconfig names no cluster, or the cluster does not answer
   */
  static async connect(access: ClusterAccess): Promise<ClusterReader> {
    const key = JSON.stringify([access.kubeconfig, access.context]);
    const known = readers.get(key) ?? ClusterReader.#open(access);
    readers.set(key, known);
    try {
      return await known;
    } catch (error) {
      // The next attempt may succeed.
      readers.delete(key);
      throw error;
    }
  }

  static async #open({ kubeconfig, context }: ClusterAccess): Promise<ClusterReader> {
    // Loaded only when it is needed: it takes longer to load than the rest of the program in a preview.
    const client = await import("@kubernetes/client-node");
    const config = new client.KubeConfig();
    try {
      if (kubeconfig === undefined || kubeconfig === "") {
        config.loadFromDefault();
      } else if (existsSync(kubeconfig)) {
        config.loadFromFile(kubeconfig);
      } else {
        config.loadFromString(kubeconfig);
      }
      if (context !== undefined && context !== "") {
        config.setCurrentContext(context);
      }
    } catch (error) {
      throw new Unreachable(`the kubeconfig cannot be read: ${yamlFault(error) ?? messageOf(error)}`);
    }
    if (config.getCurrentCluster() === null) {
      throw new Unreachable("the kubeconfig names no current cluster");
    }
    passClusterToPlugin(config);
    // The client rejects a server without TLS unless certificates are not verified; there is none to verify.
    config.clusters = config.clusters.map((each) =>
      each.server.startsWith("http://") ? { ...each, skipTLSVerify: true } : each,
    );
    const reader = new ClusterReader(client, config);
    // One request before all others: these then share the credentials that a plugin returns for the first one.
    await reader.ask((options) => reader.version.getCode({}, options));
    return reader;
  }

  /**
   * Sends a request for one object or one list.
   * @returns the answer; undefined if there is no such object, or the user may not see it
   * @throws Unreachable if there is no answer
   */
  async ask<T>(question: (options: Options) => Promise<T>): Promise<T | undefined> {
    const answer = await this.askFor(question);
    return answer === "absent" || answer === "forbidden" ? undefined : answer;
  }

  /**
   * Sends a request for one object or one list, and distinguishes what is not there from what the user may not see.
   * @throws Unreachable if there is no answer
   */
  async askFor<T>(question: (options: Options) => Promise<T>): Promise<T | "absent" | "forbidden"> {
    try {
      return await question(this.#withDeadline());
    } catch (error) {
      if (error instanceof this.#client.ApiException) {
        if (error.code === 404) {
          return "absent";
        }
        if (error.code === 403) {
          return "forbidden";
        }
        throw new Unreachable(`it answers with ${error.code}`);
      }
      throw new Unreachable(messageOf(error));
    }
  }

  /** The client has no timeouts, but its requests take a signal, which middleware can set. */
  #withDeadline(): Options {
    const signal = AbortSignal.timeout(patience);
    const { Observable } = this.#client;
    return {
      middleware: [
        {
          pre: (context) => {
            context.setSignal(signal);
            return new Observable(Promise.resolve(context));
          },
          post: (context) => new Observable(Promise.resolve(context)),
        },
      ],
      middlewareMergeStrategy: "append",
    };
  }
}

/**
 * Passes the cluster to a credential plugin if the kubeconfig requires it: the client does not.
 * @see https://kubernetes.io/docs/reference/config-api/client-authentication.v1/
 */
function passClusterToPlugin(config: kubernetes.KubeConfig): void {
  const [user, cluster] = [config.getCurrentUser(), config.getCurrentCluster()];
  const exec = user?.exec as ExecConfig | undefined;
  if (exec?.provideClusterInfo !== true || cluster === null) {
    return;
  }
  const { apiVersion } = exec;
  const spec = {
    cluster: {
      server: cluster.server,
      ...(cluster.caData === undefined ? {} : { "certificate-authority-data": cluster.caData }),
    },
    interactive: false,
  };
  const value = JSON.stringify({ kind: "ExecCredential", apiVersion, spec });
  exec.env = [...(exec.env ?? []), { name: "KUBERNETES_EXEC_INFO", value }];
}

/** A credential plugin in a kubeconfig. */
interface ExecConfig {
  apiVersion?: string;
  provideClusterInfo?: boolean;
  env?: { name: string; value: string }[];
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
