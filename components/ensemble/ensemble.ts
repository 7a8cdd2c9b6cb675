import * as pulumi from "@pulumi/pulumi";
import { StatefulSet } from "@pulumi/kubernetes/apps/v1/statefulSet.js";
import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource.js";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap.js";
import { Namespace } from "@pulumi/kubernetes/core/v1/namespace.js";
import { PersistentVolumeClaimPatch } from "@pulumi/kubernetes/core/v1/persistentVolumeClaimPatch.js";
import { Service } from "@pulumi/kubernetes/core/v1/service.js";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount.js";
import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy.js";
import { PodDisruptionBudget } from "@pulumi/kubernetes/policy/v1/podDisruptionBudget.js";
import { Role } from "@pulumi/kubernetes/rbac/v1/role.js";

import { hasBackups, isRestoredFromNewest, restoredBucket, restoreTimeKey } from "../backup/identity.ts";
import { createBackups } from "../backup/resources.ts";
import { ensembleSettings } from "../settings/ensemble.ts";
import { checked, settingsOf } from "../validation/checked.ts";
import { toOutput, whenKnown, withoutTraces, type Eventual } from "../speed.ts";
import {
  ensembleDefaults,
  passingSettings,
  type EnsembleValues,
  type ZooKeeperEnsembleArgs,
} from "./args.ts";
import { certManagerApi, certManagerObjects, withCertificates } from "./cert-manager.ts";
import { checkEnsemble } from "./check.ts";
import { clientTlsMode } from "./client-tls.ts";
import { contentHash, renderFiles } from "./files.ts";
import { claimNames, clientServiceName, ensembleNames, ports, serverNames } from "../../domain/names.ts";
import { labelsOf } from "../../domain/label.ts";
import { storageApi } from "../../domain/storage-api.ts";
import { networkPolicy } from "./network-policy.ts";
import { EnsembleObserver, revisionOf, type Observation } from "./observation.ts";
import { dashboard, dashboardLabels } from "../monitoring/dashboard.ts";
import { labelled, owned, stackName } from "./metadata.ts";
import { monitoringApis, monitoringKind, monitoringObjects } from "../monitoring/objects.ts";
import { annotations, podSelector } from "./ownership.ts";
import { personRole, roles } from "./roles.ts";
import {
  clientService,
  disruptionBudget,
  headlessService,
  objectMeta,
  skipAwait,
  type Manifest,
} from "./services.ts";
import { statefulSetArgs, type StatefulSetManifest } from "./stateful-set.ts";

/**
 * A ZooKeeper ensemble on a Kubernetes cluster: a StatefulSet of servers with volumes that outlive it, and the
 * Services, disruption budget and configuration around it. The `kubernetes` provider in the options decides the
 * cluster.
 *
 * Volumes are never deleted: not with the component, not when the StatefulSet is replaced, not with fewer servers.
 * @example
 * const ensemble = new ZooKeeperEnsemble("zk", { servers: 5, volumeSize: "50Gi" }, { provider });
 * export const connection = ensemble.connectionString; // zk-cs.default.svc.cluster.local:2181
 * @throws InputPropertiesError if an argument is invalid, before anything is registered
 * @see https://kubernetes.io/docs/tutorials/stateful-application/zookeeper/
 */
export class ZooKeeperEnsemble extends pulumi.ComponentResource {
  /**
   * The connection string for clients inside the cluster: `zk-cs.default.svc.cluster.local:2181`, or with port 2281
   * where `clientTls` requires TLS.
   */
  public readonly connectionString: pulumi.Output<string>;
  /** The connection string for clients with TLS: `zk-cs.default.svc.cluster.local:2281`; empty without `clientTls`. */
  public readonly secureConnectionString: pulumi.Output<string>;
  /** The namespace of the ensemble. */
  public readonly namespace: pulumi.Output<string>;
  /** The fully qualified names of the servers, in the order of their ordinals. */
  public readonly servers: pulumi.Output<string[]>;

  readonly #settings: Eventual<EnsembleValues>;
  readonly #name: string;
  readonly #plain: ReturnType<typeof plainSettings>;
  readonly #storageApi: pulumi.Input<string>;
  readonly #provider: pulumi.ProviderResource | undefined;
  readonly #observer: EnsembleObserver;
  #observed: Eventual<Observation>;
  #ready: Eventual<pulumi.Resource[]> = [];

  constructor(name: string, args: ZooKeeperEnsembleArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    const { transform, storageApi: api = storageApi, ...inputs } = args;
    const settings = settingsOf(args, { name, ...inputs }, ensembleDefaults);
    const accepted = checked(
      `ZooKeeper ensemble ${name}`,
      args,
      settings,
      ensembleSettings,
      (values, report) => {
        checkEnsemble(values, report, pulumi.getStack());
      },
    );
    super("zookeeper:ensemble:ZooKeeperEnsemble", name, lasting(inputs), opts);
    this.#settings = whenKnown(accepted, withCertificates);
    this.#name = name;
    this.#plain = plainSettings(settings);
    this.#storageApi = api;
    this.#provider = this.getProvider("kubernetes:apps/v1:StatefulSet");
    this.#observer = new EnsembleObserver(`ZooKeeper ensemble ${name}`, this, this.#provider);

    const config = this.#renderConfig();
    const plan = (known: Config, address?: string): Plan => {
      const manifest = statefulSetArgs(known.settings, known.name, known.hash, address);
      return { ...known, manifest: transform === undefined ? manifest : transform(manifest) };
    };
    // Nobody else waits for the address.
    const planned =
      restoredBucket(settings) === undefined
        ? whenKnown(config, (known) => plan(known))
        : pulumi.all([toOutput(config), api]).apply(([known, address]) => plan(known, address));
    this.#observed = this.#observer.observe(
      whenKnown(planned, ({ settings: known, manifest }) => ({
        settings: known,
        manifest,
        owner: {
          stack: stackName(),
          id: undefined,
          adopt: known.unmarked && known.adopt === "none" ? "unowned" : known.adopt,
        },
      })),
    );
    const statefulSet = withoutTraces(() => this.#createResources(planned));

    this.connectionString = pulumi.output(
      whenKnown(
        this.#settings,
        (s) =>
          `${clientServiceName(s)}:${clientTlsMode(s.clientTls) === "require" ? ports.secureClient : ports.client}`,
      ),
    );
    this.secureConnectionString = pulumi.output(
      whenKnown(this.#settings, (s) =>
        clientTlsMode(s.clientTls) === "off" ? "" : `${clientServiceName(s)}:${ports.secureClient}`,
      ),
    );
    // Known when the ensemble is Ready.
    this.namespace = pulumi
      .all([whenKnown(this.#ready, () => true), statefulSet.metadata.namespace])
      .apply(([, namespace]) => namespace);
    this.servers = pulumi.output(
      whenKnown(this.#settings, (s) => serverNames(s.name, s.namespace, s.clusterDomain, s.servers)),
    );
    this.registerOutputs({
      connectionString: this.connectionString,
      secureConnectionString: this.secureConnectionString,
      namespace: this.namespace,
      servers: this.servers,
    });
  }

  #createResources(plan: Eventual<Plan>): StatefulSet {
    const namespace = this.#createNamespace();
    const around = { dependsOn: this.#afterCheck(namespace === undefined ? [] : [namespace]) };
    // Everything that the servers need is protected with them. Otherwise, an update that is rejected halfway would
    // leave replacements of their Services, and the next update would delete the originals.
    const { protect } = this.#plain;
    const services = this.#createServices({ ...around, protect });
    const map = this.#createConfig(plan, around);
    this.#createRoles(around);
    const guards = this.#protectQuorum({ ...around, protect });
    const certificates = this.#createCertificates({ ...around, protect });
    this.#createMonitoring(around);
    const before = [...services, ...guards, ...certificates, ...this.#createRestoreTime(around)];
    const statefulSet = this.#createServers(plan, map, before);
    this.#ready = this.#awaitReady(statefulSet);
    this.#markBootstrapped();
    this.#growVolumes();
    if (hasBackups(this.#plain)) {
      createBackups(
        this.#name,
        whenKnown(plan, ({ settings, name }) => ({ settings, configName: name })),
        {
          ...this.#plain,
          parent: this,
          dependsOn: this.#ready,
          storageApi: this.#storageApi,
        },
      );
    }
    return statefulSet;
  }

  /** Resources, once the update is known to be allowed. */
  #afterCheck(resources: pulumi.Resource[]): Eventual<pulumi.Resource[]> {
    return whenKnown(this.#observed, () => resources);
  }

  /** The StatefulSet, once its servers are Ready. */
  #awaitReady(statefulSet: StatefulSet): Eventual<pulumi.Resource[]> {
    if (!pulumi.runtime.hasEngine() || pulumi.runtime.isDryRun()) {
      return [statefulSet];
    }
    const { namespace, name, uid, generation } = statefulSet.metadata;
    return pulumi
      .all([this.#observed, namespace, name, uid, generation])
      .apply(async ([observed, inNamespace, called, id, changes]) => {
        await this.#observer.awaitReady(inNamespace, called, observed, revisionOf(id, changes));
        return [statefulSet];
      });
  }

  #createNamespace(): Namespace | undefined {
    const { namespace, createNamespace } = this.#plain;
    if (namespace === "default" || !createNamespace) {
      return undefined;
    }
    const level = "pod-security.kubernetes.io/enforce";
    return new Namespace(
      `${this.#name}-namespace`,
      {
        metadata: {
          // Not from the plain settings: invalid outputs must not create a namespace.
          name: whenKnown(this.#settings, (s) => s.namespace),
          // An existing namespace keeps its level: other pods in it may need it.
          labels: whenKnown(this.#observed, ({ podSecurity }): Record<string, string> =>
            podSecurity === undefined || podSecurity === "restricted" ? { [level]: "restricted" } : {},
          ),
          annotations: { "pulumi.com/patchForce": "true" },
        },
      },
      // Deleting it would delete the volume claims in it.
      { parent: this, retainOnDelete: true, dependsOn: this.#afterCheck([]) },
    );
  }

  #createServices(options: pulumi.CustomResourceOptions): Service[] {
    const opts = pulumi.mergeOptions({ parent: this }, options);
    return [
      new Service(`${this.#name}-hs`, this.#inputs(headlessService), opts),
      new Service(`${this.#name}-cs`, this.#inputs(clientService), opts),
    ];
  }

  #renderConfig(): Eventual<Config> {
    return whenKnown(this.#settings, (settings) => {
      const files = renderFiles(settings);
      const hash = contentHash(files);
      // Other content means another ConfigMap, and the earlier ones remain: a pod that restarts during a rollout, or
      // after a rollback, finds its files.
      const name = `${ensembleNames(settings.name).config}-${hash}`;
      return { settings, files, hash, name };
    });
  }

  #createConfig(config: Eventual<Plan>, options: pulumi.CustomResourceOptions): ConfigMap {
    return new ConfigMap(
      `${this.#name}-config`,
      {
        metadata: whenKnown(config, ({ settings, name }) => objectMeta(settings, name)),
        data: whenKnown(config, ({ files }) => files),
        immutable: true,
      },
      pulumi.mergeOptions({ parent: this, retainOnDelete: true }, options),
    );
  }

  /**
   * Writes once up to which time a backup counts as the newest. Each server looks for it, whenever it starts, and all
   * must find the same one. @returns what the servers wait for
   */
  #createRestoreTime(options: pulumi.CustomResourceOptions): pulumi.Resource[] {
    if (!isRestoredFromNewest(this.#plain)) {
      return [];
    }
    return [
      new ConfigMap(
        `${this.#name}-restore`,
        {
          metadata: whenKnown(this.#settings, (s) => owned(objectMeta(s, ensembleNames(s.name).restore))),
          data: { [restoreTimeKey]: new Date().toISOString() },
        },
        pulumi.mergeOptions({ parent: this, ignoreChanges: ["data"] }, options),
      ),
    ];
  }

  #createRoles(options: pulumi.CustomResourceOptions): void {
    const opts = pulumi.mergeOptions({ parent: this }, options);
    for (const role of this.#plain.roles ? roles : []) {
      const manifest = whenKnown(this.#settings, (settings) => personRole(settings, role));
      new Role(
        `${this.#name}-${role}`,
        {
          metadata: whenKnown(manifest, ({ metadata }) => owned(metadata)),
          rules: whenKnown(manifest, ({ rules }) => rules),
        },
        opts,
      );
    }
  }

  /** What issues the servers' certificates. @returns what the servers wait for */
  #createCertificates(options: pulumi.CustomResourceOptions): pulumi.Resource[] {
    if (!this.#plain.certManager) {
      return [];
    }
    const opts = pulumi.mergeOptions(
      { parent: this, customTimeouts: { create: "2m", update: "2m" } },
      options,
    );
    return certManagerObjects.flatMap((object) => {
      const resource = new CustomResource(
        `${this.#name}-${object.suffix}`,
        {
          apiVersion: `${certManagerApi.group}/${certManagerApi.version}`,
          kind: object.kind,
          metadata: whenKnown(this.#settings, (s) =>
            owned(
              objectMeta(
                s,
                `${s.name}-${object.suffix}`,
                object.isAwaited ? { "pulumi.com/waitFor": "condition=Ready" } : skipAwait,
              ),
            ),
          ),
          spec: whenKnown(this.#settings, object.spec),
        },
        opts,
      );
      return object.isAwaited ? [resource] : [];
    });
  }

  /** What lets a Prometheus collect the servers' metrics and evaluate their alerts, and a dashboard of them. */
  #createMonitoring(options: pulumi.CustomResourceOptions): void {
    const kind = monitoringKind(this.#plain.monitoring);
    if (kind === undefined) {
      return;
    }
    const opts = pulumi.mergeOptions({ parent: this }, options);
    const { group, version } = monitoringApis[kind];
    for (const object of monitoringObjects(kind)) {
      new CustomResource(
        `${this.#name}-${object.suffix}`,
        {
          apiVersion: `${group}/${version}`,
          kind: object.kind,
          metadata: whenKnown(this.#settings, (s) =>
            owned(labelled(s, s.name, labelsOf(s.monitoringLabels))),
          ),
          spec: whenKnown(this.#settings, (s) =>
            object.spec(s, { thresholds: s.alertThresholds, podLabels: podSelector(s) }),
          ),
        },
        opts,
      );
    }
    new ConfigMap(
      `${this.#name}-dashboard`,
      {
        metadata: whenKnown(this.#settings, (s) =>
          owned(labelled(s, ensembleNames(s.name).dashboard, dashboardLabels)),
        ),
        data: whenKnown(this.#settings, (s) => ({ "zookeeper.json": JSON.stringify(dashboard(s)) })),
      },
      opts,
    );
  }

  /** What the servers depend on: it is created before them, and remains if their deletion is rejected. */
  #protectQuorum(options: pulumi.CustomResourceOptions): pulumi.Resource[] {
    const opts = pulumi.mergeOptions({ parent: this }, options);
    const budget = new PodDisruptionBudget(`${this.#name}-pdb`, this.#inputs(disruptionBudget), opts);
    return this.#plain.networkPolicy
      ? [budget, new NetworkPolicy(`${this.#name}-network-policy`, this.#inputs(networkPolicy), opts)]
      : [budget];
  }

  #createServers(plan: Eventual<Plan>, config: ConfigMap, dependsOn: pulumi.Resource[]): StatefulSet {
    const account = new ServiceAccount(
      `${this.#name}-account`,
      {
        metadata: whenKnown(this.#settings, (s) =>
          owned(objectMeta(s, ensembleNames(s.name).statefulSet, skipAwait)),
        ),
        automountServiceAccountToken: false,
      },
      { parent: this, dependsOn, protect: this.#plain.protect },
    );
    const id: Record<string, pulumi.Input<string>> = this.#provider === undefined
      ? {}
      : { [annotations.ownerId]: this.#provider.id };
    return new StatefulSet(
      this.#name,
      {
        metadata: whenKnown(plan, ({ manifest }) => owned(manifest.metadata, id)),
        spec: whenKnown(plan, ({ manifest }) => manifest.spec),
      },
      {
        parent: this,
        // A preview knows the map's name, but the servers wait for the map.
        dependsOn: [...dependsOn, config, account],
        protect: this.#plain.protect,
        // Kubernetes does not let the template's size change; the claims grow instead, one by one.
        ignoreChanges: ["spec.volumeClaimTemplates[0].spec.resources.requests.storage"],
      },
    );
  }

  /**
   * Records outside the volumes that the ensemble has been bootstrapped: from now on, an empty volume has lost its
   * data. The mark remains when everything else is deleted, as the volumes do; server-side apply adopts an existing
   * one.
   */
  #markBootstrapped(): void {
    new ConfigMap(
      `${this.#name}-bootstrapped`,
      {
        metadata: whenKnown(this.#settings, (s) => objectMeta(s, ensembleNames(s.name).mark)),
        data: { ensemble: this.#plain.name },
      },
      { parent: this, dependsOn: this.#ready, retainOnDelete: true },
    );
  }

  /**
   * Gives every claim the size in the settings. An existing claim grows before anything else happens, because a server
   * whose volume is full becomes Ready only then. The other claims exist when the servers do.
   */
  #growVolumes(): void {
    const patches = claimNames(this.#plain.name, this.#plain.servers).map((claim) => this.#growVolume(claim));
    if (!pulumi.runtime.hasEngine() || pulumi.runtime.isDryRun()) {
      return;
    }
    const { name, namespace } = this.#plain;
    const volumeSize = whenKnown(this.#settings, (s) => s.volumeSize);
    void pulumi
      .all([volumeSize, ...patches.map(({ id }) => id)])
      .apply(([size = ""]) => this.#observer.warnOfSmallClaims({ name, namespace, volumeSize: size }));
  }

  #growVolume(claim: string): PersistentVolumeClaimPatch {
    return new PersistentVolumeClaimPatch(
      `${this.#name}-${claim}`,
      {
        metadata: {
          name: claim,
          namespace: this.#plain.namespace,
          // The provider would wait forever for the patch of a claim that is bound already.
          annotations: { "pulumi.com/patchForce": "true", ...skipAwait },
        },
        spec: { resources: { requests: { storage: whenKnown(this.#settings, (s) => s.volumeSize) } } },
      },
      // Deleting the patch would remove the size from the claim, which Kubernetes rejects.
      {
        parent: this,
        dependsOn: this.#whenThere(claim),
        retainOnDelete: true,
      },
    );
  }

  /** The resources after which a claim exists. */
  #whenThere(claim: string): pulumi.Input<pulumi.Resource[]> {
    const ready = this.#ready;
    return whenKnown(this.#observed, ({ claims }): pulumi.Input<pulumi.Resource[]> =>
      claims.includes(claim) ? [] : ready,
    ) as pulumi.Input<pulumi.Resource[]>;
  }

  #inputs<Spec>(render: (settings: EnsembleValues) => Manifest<Spec>): Parts<Spec> {
    const manifest = whenKnown(this.#settings, render);
    return {
      metadata: whenKnown(manifest, (m) => owned(m.metadata)),
      spec: whenKnown(manifest, (m) => m.spec),
    };
  }
}

/** The parts of a manifest, as the arguments of a resource. */
interface Parts<Spec> {
  readonly metadata: Eventual<Manifest<Spec>["metadata"]>;
  readonly spec: Eventual<Spec>;
}

/** The arguments without those that only say how an update works: they do not change the ensemble. */
function lasting(args: object): pulumi.Inputs {
  return Object.fromEntries(Object.entries(args).filter(([key]) => !passingSettings.includes(key)));
}

/** The servers' files, and the name of the ConfigMap that holds them. */
interface Config {
  readonly settings: EnsembleValues;
  readonly files: ReturnType<typeof renderFiles>;
  readonly hash: string;
  readonly name: string;
}

/** What to create: the files, and the StatefulSet as the program has transformed it. */
interface Plan extends Config {
  readonly manifest: StatefulSetManifest;
}

/** The settings that decide which resources to create. */
type PlainSettings = Pick<
  EnsembleValues,
  | "name"
  | "namespace"
  | "createNamespace"
  | "servers"
  | "networkPolicy"
  | "roles"
  | "certManager"
  | "monitoring"
  | "backupSchedule"
  | "backupClaim"
  | "backupBucket"
  | "restoreBackup"
  | "protect"
>;

function plainSettings(settings: PlainSettings): PlainSettings {
  return settings;
}
