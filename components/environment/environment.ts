import * as pulumi from "@pulumi/pulumi";

import { renderFinding } from "../../domain/finding.ts";
import { passingSettings } from "../ensemble/args.ts";
import { ZooKeeperEnsemble } from "../ensemble/ensemble.ts";
import { ExistingCluster } from "../existing/cluster.ts";
import { GkeCluster } from "../gke/cluster.ts";
import { resourceLabels } from "../gke/labels.ts";
import { ensembleSettings } from "../settings/ensemble.ts";
import { existingSettings } from "../settings/existing.ts";
import { gkeSettings } from "../settings/gke.ts";
import { storageSettings } from "../settings/storage.ts";
import { ZooKeeperStorageClass } from "../storage/storage-class.ts";
import { isValidated, markValidated, rejectErrors } from "../validation/checked.ts";
import { shown, type Report } from "../validation/report.ts";
import { knownValues } from "../validation/settings.ts";
import { hasInputs, withDefaults } from "../validation/values.ts";
import { environmentDefaults, type KnownEnvironment, type ZooKeeperEnvironmentArgs } from "./args.ts";
import { checkEnvironment } from "./check.ts";

/**
 * A whole ZooKeeper environment: a cluster, a StorageClass, and an ensemble on them.
 * @example
 * const environment = new ZooKeeperEnvironment("zookeeper", { gke: { project: "my-project" } });
 * export const connectionString = environment.connectionString;
 * @example
 * new ZooKeeperEnvironment("lab", {
 *   existing: { kubeconfig: config.requireSecret("kubeconfig") },
 *   ensemble: { storageClassName: "standard", servers: 5 },
 * });
 * @throws InputPropertiesError if an argument is invalid, before anything is registered
 */
export class ZooKeeperEnvironment extends pulumi.ComponentResource {
  /** The connection string for clients inside the cluster: `zk-cs.default.svc.cluster.local:2181`. */
  public readonly connectionString: pulumi.Output<string>;
  /** The namespace of the ensemble. */
  public readonly namespace: pulumi.Output<string>;
  /** The fully qualified names of the servers. */
  public readonly servers: pulumi.Output<string[]>;
  /** A kubeconfig for the cluster; a secret. */
  public readonly kubeconfig: pulumi.Output<string>;

  /**
   * The identity of an existing cluster, as {@link ExistingCluster.id}; empty for a cluster that this environment
   * creates.
   */
  public readonly clusterId: pulumi.Output<string>;

  readonly #name: string;
  readonly #args: ZooKeeperEnvironmentArgs;
  readonly #whenChecked: <T>(input: pulumi.Input<T>) => pulumi.Input<T>;

  constructor(name: string, args: ZooKeeperEnvironmentArgs, opts?: pulumi.ComponentResourceOptions) {
    const what = `ZooKeeper environment ${name}`;
    const warnings = isValidated(args) ? [] : rejectErrors(what, knownSettings(args), check);
    super("zookeeper:environment:ZooKeeperEnvironment", name, visibleInputs(args), opts);
    this.#name = name;
    this.#args = args;
    this.#whenChecked = lateCheck(what, args);
    for (const warning of warnings) {
      void pulumi.log.warn(renderFinding(shown(warning)), this);
    }

    const cluster = this.#findCluster();
    const storage = this.#createStorage(cluster);
    const ensemble = this.#createEnsemble(cluster, storage);

    this.connectionString = ensemble.connectionString;
    this.namespace = ensemble.namespace;
    this.servers = ensemble.servers;
    this.kubeconfig = cluster.kubeconfig;
    this.clusterId = cluster instanceof ExistingCluster ? cluster.id : pulumi.output("");
    this.registerOutputs({
      connectionString: this.connectionString,
      namespace: this.namespace,
      servers: this.servers,
      kubeconfig: this.kubeconfig,
    });
  }

  #findCluster(): GkeCluster | ExistingCluster {
    const { gke, existing } = this.#args;
    if (gke !== undefined) {
      const name = this.#whenChecked(gke.name ?? environmentDefaults.gke.name);
      return new GkeCluster(this.#name, markValidated({ ...gke, name }), { parent: this });
    }
    if (existing !== undefined) {
      return new ExistingCluster(this.#name, existing, { parent: this });
    }
    throw new pulumi.RunError("an environment has a cluster: checkEnvironment rejects one without");
  }

  #createStorage(cluster: GkeCluster | ExistingCluster): ZooKeeperStorageClass | undefined {
    if (this.#args.ensemble?.storageClassName !== undefined) {
      return undefined;
    }
    const args = withDefaults(this.#args.storage ?? {}, {
      className: environmentDefaults.storage.className,
      labels: this.#diskLabels(),
    });
    const className = this.#whenChecked(args.className);
    return new ZooKeeperStorageClass(this.#name, markValidated({ ...args, className }), {
      parent: this,
      provider: cluster.provider,
      dependsOn: cluster instanceof ExistingCluster ? [cluster] : [],
    });
  }

  /** Disks outlive their cluster; a label names it. */
  #diskLabels(): pulumi.Input<string[]> {
    const { gke } = this.#args;
    if (gke === undefined) {
      return [];
    }
    const labelsOf = (name: string): string[] =>
      Object.entries(resourceLabels({ name })).map(([key, value]) => `${key}=${value}`);
    const name = gke.name ?? environmentDefaults.gke.name;
    return typeof name === "string" ? labelsOf(name) : pulumi.output(name).apply(labelsOf);
  }

  #createEnsemble(
    cluster: GkeCluster | ExistingCluster,
    storage: ZooKeeperStorageClass | undefined,
  ): ZooKeeperEnsemble {
    const args = withDefaults(this.#args.ensemble ?? {}, {
      name: environmentDefaults.ensemble.name,
      ...(storage === undefined ? {} : { storageClassName: storage.className }),
    });
    const image = this.#whenChecked(args.image ?? environmentDefaults.ensemble.image);
    return new ZooKeeperEnsemble(this.#name, markValidated({ ...args, image }), {
      parent: this,
      provider: cluster.provider,
      // Also the nodes: the ensemble would wait for pods without nodes, and such pods could not be deleted.
      dependsOn: [cluster],
    });
  }
}

/** Validates an environment of this stack. */
function check(environment: KnownEnvironment, report: Report): void {
  checkEnvironment(environment, report, pulumi.getStack());
}

/**
 * Validates the parts when all of their outputs are known.
 * @returns a function that delays an input, and so every resource with it, until then
 */
function lateCheck(
  what: string,
  { existing, ...parts }: ZooKeeperEnvironmentArgs,
): <T>(input: pulumi.Input<T>) => pulumi.Input<T> {
  if (!hasInputs(parts)) {
    return (input) => input;
  }
  // The value of an output has the types of the arguments, with every input known.
  const known = pulumi.output(parts) as unknown as pulumi.Output<typeof parts>;
  const checked = known.apply((values) => {
    rejectErrors(what, { ...knownSettings(values), ...(existing && { existing: {} }) }, check);
  });
  return (input) => pulumi.all([input, checked]).apply(([value]) => value) as typeof input;
}

/** The inputs that the engine and policies see: no functions, no plain secrets, and no settings of a single update. */
function visibleInputs({ gke, existing, storage, ensemble }: ZooKeeperEnvironmentArgs): pulumi.Inputs {
  const visible = (part: object | undefined): object | undefined =>
    part &&
    Object.fromEntries(
      Object.entries(part).filter(
        ([key, value]) => typeof value !== "function" && !passingSettings.includes(key),
      ),
    );
  return {
    gke: visible(gke),
    existing: existing && { context: existing.context, kubeconfig: pulumi.secret(existing.kubeconfig) },
    storage,
    ensemble: visible(ensemble),
  };
}

/** The settings of an environment that are known now, with their defaults. */
export function knownSettings({
  gke,
  existing,
  storage,
  ensemble,
}: ZooKeeperEnvironmentArgs): KnownEnvironment {
  return {
    ...(gke && { gke: knownValues(gkeSettings, withDefaults(gke, environmentDefaults.gke)) }),
    ...(existing && { existing: knownValues(existingSettings, existing) }),
    storage: knownValues(storageSettings, withDefaults(storage ?? {}, environmentDefaults.storage)),
    ensemble: knownValues(ensembleSettings, withDefaults(ensemble ?? {}, environmentDefaults.ensemble)),
  };
}
