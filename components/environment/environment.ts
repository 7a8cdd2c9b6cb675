import * as pulumi from "@pulumi/pulumi";

import { isArm } from "../../domain/machine-type.ts";
import { hasBackups, hasBucket, restoredBucket } from "../backup/identity.ts";
import { renderFinding } from "../../domain/finding.ts";
import { passingSettings } from "../ensemble/args.ts";
import { ZooKeeperEnsemble } from "../ensemble/ensemble.ts";
import { ExistingCluster } from "../existing/cluster.ts";
import { GkeCluster } from "../gke/cluster.ts";
import { resourceLabels } from "../gke/labels.ts";
import { monitoringIn } from "../monitoring/objects.ts";
import { ZooKeeperStorageClass } from "../storage/storage-class.ts";
import { isValidated, markValidated, rejectErrors } from "../validation/checked.ts";
import { shown, type Report } from "../validation/report.ts";
import { hasInputs } from "../validation/values.ts";
import {
  knownParts,
  knownSettings,
  partsWithDefaults,
  type EnvironmentParts,
  type KnownEnvironment,
  type ZooKeeperEnvironmentArgs,
} from "./args.ts";
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
  /**
   * The connection string for clients inside the cluster: `zk-cs.default.svc.cluster.local:2181`, or with port 2281
   * where `clientTls` requires TLS.
   */
  public readonly connectionString: pulumi.Output<string>;
  /** The connection string for clients with TLS: `zk-cs.default.svc.cluster.local:2281`; empty without `clientTls`. */
  public readonly secureConnectionString: pulumi.Output<string>;
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
  /** As they were given: the parts register no defaults. */
  readonly #args: ZooKeeperEnvironmentArgs;
  readonly #parts: EnvironmentParts;
  readonly #whenChecked: <T>(input: pulumi.Input<T>) => pulumi.Input<T>;

  constructor(name: string, args: ZooKeeperEnvironmentArgs, opts?: pulumi.ComponentResourceOptions) {
    const what = `ZooKeeper environment ${name}`;
    const parts = partsWithDefaults(args);
    const warnings = isValidated(args) ? [] : rejectErrors(what, knownParts(parts), check);
    super("zookeeper:environment:ZooKeeperEnvironment", name, visibleInputs(args), opts);
    this.#name = name;
    this.#args = args;
    this.#parts = parts;
    this.#whenChecked = lateCheck(what, args);
    for (const warning of warnings) {
      void pulumi.log.warn(renderFinding(shown(warning)), this);
    }

    const cluster = this.#findCluster();
    const storage = this.#createStorage(cluster);
    const ensemble = this.#createEnsemble(cluster, storage);

    this.connectionString = ensemble.connectionString;
    this.secureConnectionString = ensemble.secureConnectionString;
    this.namespace = ensemble.namespace;
    this.servers = ensemble.servers;
    this.kubeconfig = cluster.kubeconfig;
    this.clusterId = cluster instanceof ExistingCluster ? cluster.id : pulumi.output("");
    this.registerOutputs({
      connectionString: this.connectionString,
      secureConnectionString: this.secureConnectionString,
      namespace: this.namespace,
      servers: this.servers,
      kubeconfig: this.kubeconfig,
    });
  }

  #findCluster(): GkeCluster | ExistingCluster {
    const { gke, existing } = this.#parts;
    if (gke !== undefined) {
      const name = this.#whenChecked(gke.name);
      return new GkeCluster(this.#name, this.#validated(this.#args.gke, gke, { name }), { parent: this });
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
    const { storage } = this.#parts;
    const names = {
      className: this.#whenChecked(storage.className),
      labels: this.#args.storage?.labels ?? this.#diskLabels(),
    };
    return new ZooKeeperStorageClass(this.#name, this.#validated(this.#args.storage, storage, names), {
      parent: this,
      provider: cluster.provider,
      dependsOn: cluster instanceof ExistingCluster ? [cluster] : [],
    });
  }

  /** Disks outlive their cluster; a label names it. */
  #diskLabels(): pulumi.Input<string[]> {
    const { gke } = this.#parts;
    if (gke === undefined) {
      return [];
    }
    const labelsOf = (name: string): string[] =>
      Object.entries(resourceLabels({ name })).map(([key, value]) => `${key}=${value}`);
    // The defaults' types hide that a given name may be an output.
    const name: pulumi.Input<string> = gke.name;
    return typeof name === "string" ? labelsOf(name) : pulumi.output(name).apply(labelsOf);
  }

  #createEnsemble(
    cluster: GkeCluster | ExistingCluster,
    storage: ZooKeeperStorageClass | undefined,
  ): ZooKeeperEnsemble {
    const { ensemble } = this.#parts;
    const names = {
      name: ensemble.name,
      image: this.#whenChecked(ensemble.image),
      monitoring: monitoringIn(ensemble.monitoring, {
        onGke: this.#parts.gke !== undefined,
        hasMetrics: plainFlag(ensemble.metrics),
      }),
      ...this.#architecture(),
      ...(storage && { storageClassName: storage.className }),
    };
    const args = this.#validated(this.#args.ensemble, ensemble, names, this.#connectBuckets(cluster));
    return new ZooKeeperEnsemble(this.#name, args, {
      parent: this,
      provider: cluster.provider,
      // Also the nodes: the ensemble would wait for pods without nodes, and such pods could not be deleted.
      dependsOn: [cluster],
    });
  }

  /**
   * Creates the bucket with copies of backups, and gives access to it, and to the backup that the ensemble begins with.
   * On an existing cluster, all of that exists, too.
   */
  #connectBuckets(cluster: GkeCluster | ExistingCluster): { storageApi?: pulumi.Output<string> } {
    const { gke, ensemble } = this.#parts;
    if (gke === undefined || cluster instanceof ExistingCluster) {
      return {};
    }
    const { backupBucket: bucket, name, namespace } = ensemble;
    const restored = restoredBucket(ensemble);
    const apis: pulumi.Output<string>[] = [];
    if (hasBucket(ensemble) && hasBackups(ensemble)) {
      const args = { bucket, create: gke.createBackupBucket, ensemble: { name, namespace } };
      apis.push(cluster.createBackupBucket(this.#name, args, { parent: this }).api);
    }
    if (restored !== undefined) {
      const args = { bucket: restored, ensemble: { name, namespace } };
      apis.push(cluster.allowRestore(this.#name, args, { parent: this }).api);
    }
    // A preview knows the second one, too, and the servers with it.
    const storageApi = apis.at(-1);
    return storageApi === undefined ? {} : { storageApi };
  }

  /** Lets servers run on Arm processors where the nodes have them, unless the program says otherwise. */
  #architecture(): { onArm?: pulumi.Input<boolean> } {
    // The defaults' types hide that a given type may be an output.
    const machineType: pulumi.Input<string> = this.#parts.gke?.machineType ?? "";
    if (this.#args.ensemble?.onArm !== undefined || machineType === "") {
      return {};
    }
    if (typeof machineType === "string") {
      return isArm(machineType) ? { onArm: true } : {};
    }
    return { onArm: pulumi.output(machineType).apply(isArm) };
  }

  /**
   * The arguments of a part: those that were given, and what the environment adds; and the part's settings with them.
   * @param others arguments that are no settings
   */
  #validated<Args extends object, Added extends Partial<Args>>(
    given: Args | undefined,
    settings: Args,
    added: Added,
    others: Partial<Args> = {},
  ): Args & Added {
    return markValidated({ ...given, ...added, ...others } as Args & Added, { ...settings, ...added });
  }
}

/** A flag that is no output; undefined for one that is. */
function plainFlag(flag: pulumi.Input<boolean>): boolean | undefined {
  return typeof flag === "boolean" ? flag : undefined;
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
