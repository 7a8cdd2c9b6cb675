import * as pulumi from "@pulumi/pulumi";
import { StatefulSet } from "@pulumi/kubernetes/apps/v1/statefulSet.js";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap.js";
import { Namespace } from "@pulumi/kubernetes/core/v1/namespace.js";
import { PersistentVolumeClaimPatch } from "@pulumi/kubernetes/core/v1/persistentVolumeClaimPatch.js";
import { Service } from "@pulumi/kubernetes/core/v1/service.js";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount.js";
import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy.js";
import { PodDisruptionBudget } from "@pulumi/kubernetes/policy/v1/podDisruptionBudget.js";
import { checked } from "../validation/checked.ts";
import { whenKnown, type Eventual } from "../validation/eventual.ts";
import { withDefaults } from "../validation/values.ts";
import { ensembleDefaults, type EnsembleValues, type ZooKeeperEnsembleArgs } from "./args.ts";
import { checkEnsemble } from "./check.ts";
import { contentHash, renderFiles } from "./files.ts";
import { claimNames, ensembleNames, ports, serverNames } from "./names.ts";
import {
  clientService,
  disruptionBudget,
  headlessService,
  networkPolicy,
  objectMeta,
  type Manifest,
} from "./services.ts";
import { statefulSetArgs, type StatefulSetManifest } from "./statefulSet.ts";
import { withoutTraces } from "./traces.ts";

/**
 * A ZooKeeper ensemble on a Kubernetes cluster: a StatefulSet of servers with volumes that outlive it, and the
 * Services, budget and configuration around it. The cluster is that of the `kubernetes` provider in the options.
 *
 * Nothing here ever deletes a volume: not removing the component, not replacing the StatefulSet, not fewer servers.
 * @example
 * const ensemble = new ZooKeeperEnsemble("zk", { servers: 5, volumeSize: "50Gi" }, { provider });
 * export const connection = ensemble.connectionString; // zk-cs.default.svc.cluster.local:2181
 * @throws InputPropertiesError when a setting cannot be, before anything is registered
 * @see https://kubernetes.io/docs/tutorials/stateful-application/zookeeper/
 */
export class ZooKeeperEnsemble extends pulumi.ComponentResource {
  /** Where clients connect to from inside the cluster: `zk-cs.default.svc.cluster.local:2181`. */
  public readonly connectionString: pulumi.Output<string>;
  /** The namespace that the ensemble is in. */
  public readonly namespace: pulumi.Output<string>;
  /** The fully qualified names of the servers, in the order of their ordinals. */
  public readonly servers: pulumi.Output<string[]>;

  readonly #settings: Eventual<EnsembleValues>;
  readonly #name: string;
  readonly #plain: ReturnType<typeof plainSettings>;

  constructor(name: string, args: ZooKeeperEnsembleArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    const { transform, ...inputs } = args;
    const settings = withDefaults({ name, ...inputs }, ensembleDefaults);
    const accepted = checked(`ZooKeeper ensemble ${name}`, settings, checkEnsemble);
    super("zookeeper:ensemble:ZooKeeperEnsemble", name, inputs, opts);
    this.#settings = accepted;
    this.#name = name;
    this.#plain = plainSettings(settings);

    const config = this.#renderConfig();
    const servers = whenKnown(config, ({ settings, name, hash }) => {
      const manifest = statefulSetArgs(settings, name, hash);
      return transform === undefined ? manifest : transform(manifest);
    });
    const statefulSet = withoutTraces(() => this.#createResources(config, servers));

    this.connectionString = pulumi.output(
      whenKnown(
        this.#settings,
        (s) => `${ensembleNames(s.name).client}.${s.namespace}.svc.${s.clusterDomain}:${ports.client}`,
      ),
    );
    // Where the ensemble is, once it is there.
    this.namespace = statefulSet.metadata.namespace;
    this.servers = pulumi.output(
      whenKnown(this.#settings, (s) => serverNames(s.name, s.namespace, s.clusterDomain, s.servers)),
    );
    this.registerOutputs({
      connectionString: this.connectionString,
      namespace: this.namespace,
      servers: this.servers,
    });
  }

  #createResources(config: Eventual<Config>, servers: Eventual<StatefulSetManifest>): StatefulSet {
    const namespace = this.#createNamespace();
    const around = namespace === undefined ? {} : { dependsOn: [namespace] };
    // All that the servers need is protected with them: were only they, an update that is refused half-way would leave
    // replacements of their Services, and the next update would delete the originals.
    const { protect } = this.#plain;
    const services = this.#createServices({ ...around, protect });
    const map = this.#createConfig(config, around);
    const guards = this.#protectQuorum({ ...around, protect });
    const statefulSet = this.#createServers(servers, map, [...services, ...guards]);
    this.#markBootstrapped(statefulSet);
    this.#growVolumes(statefulSet);
    return statefulSet;
  }

  #createNamespace(): Namespace | undefined {
    const { namespace, createNamespace } = this.#plain;
    if (namespace === "default" || !createNamespace) {
      return undefined;
    }
    return new Namespace(
      `${this.#name}-namespace`,
      {
        metadata: {
          // Not from the plain settings: what is refused when it is known makes no namespace.
          name: whenKnown(this.#settings, (s) => s.namespace),
          labels: { "pod-security.kubernetes.io/enforce": "restricted" },
          annotations: { "pulumi.com/patchForce": "true" },
        },
      },
      // Deleting it would delete the volume claims in it.
      { parent: this, retainOnDelete: true },
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
      // Other content is another ConfigMap, and the earlier ones stay: a pod that restarts during a roll-out, and one
      // that a roll-back brings back, finds the files that it had.
      const name = `${ensembleNames(settings.name).config}-${hash}`;
      return { settings, files, hash, name };
    });
  }

  #createConfig(config: Eventual<Config>, options: pulumi.CustomResourceOptions): ConfigMap {
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

  /** What the servers depend on, so that it is there before them, and a refused deletion of theirs leaves it. */
  #protectQuorum(options: pulumi.CustomResourceOptions): pulumi.Resource[] {
    const opts = pulumi.mergeOptions({ parent: this }, options);
    const budget = new PodDisruptionBudget(`${this.#name}-pdb`, this.#inputs(disruptionBudget), opts);
    return this.#plain.networkPolicy
      ? [budget, new NetworkPolicy(`${this.#name}-network-policy`, this.#inputs(networkPolicy), opts)]
      : [budget];
  }

  #createServers(
    manifest: Eventual<StatefulSetManifest>,
    config: ConfigMap,
    dependsOn: pulumi.Resource[],
  ): StatefulSet {
    const account = new ServiceAccount(
      `${this.#name}-account`,
      {
        metadata: whenKnown(this.#settings, (s) => objectMeta(s, ensembleNames(s.name).statefulSet)),
        automountServiceAccountToken: false,
      },
      { parent: this, dependsOn, protect: this.#plain.protect },
    );
    return new StatefulSet(this.#name, partsOf(manifest), {
      parent: this,
      // A preview knows the map's name, but the servers wait for the map.
      dependsOn: [...dependsOn, config, account],
      protect: this.#plain.protect,
      // Kubernetes does not let the template's size change; the claims grow instead, one by one.
      ignoreChanges: ["spec.volumeClaimTemplates[0].spec.resources.requests.storage"],
    });
  }

  /**
   * Says, outside of the volumes, that the ensemble has been bootstrapped: from now on an empty volume is a lost one.
   * It stays when everything else goes, because the volumes stay too; server-side apply adopts one that is there.
   */
  #markBootstrapped(statefulSet: StatefulSet): void {
    new ConfigMap(
      `${this.#name}-bootstrapped`,
      {
        metadata: whenKnown(this.#settings, (s) => objectMeta(s, ensembleNames(s.name).mark)),
        data: { ensemble: this.#plain.name },
      },
      { parent: this, dependsOn: [statefulSet], retainOnDelete: true },
    );
  }

  /** Keeps every claim as large as the settings say. */
  #growVolumes(statefulSet: StatefulSet): void {
    for (const claim of claimNames(this.#plain.name, this.#plain.servers)) {
      new PersistentVolumeClaimPatch(
        `${this.#name}-${claim}`,
        {
          metadata: {
            name: claim,
            namespace: this.#plain.namespace,
            // The provider's wait for a claim never ends for a patch of one that is bound already.
            annotations: { "pulumi.com/patchForce": "true", "pulumi.com/skipAwait": "true" },
          },
          spec: { resources: { requests: { storage: whenKnown(this.#settings, (s) => s.volumeSize) } } },
        },
        // Giving up the patch would take the size out of the claim, which Kubernetes refuses.
        { parent: this, dependsOn: [statefulSet], retainOnDelete: true },
      );
    }
  }

  #inputs<Spec>(render: (settings: EnsembleValues) => Manifest<Spec>): Parts<Spec> {
    return partsOf(whenKnown(this.#settings, render));
  }
}

/** A manifest's parts, as a resource takes them. */
interface Parts<Spec> {
  readonly metadata: Eventual<Manifest<Spec>["metadata"]>;
  readonly spec: Eventual<Spec>;
}

function partsOf<Spec>(manifest: Eventual<Manifest<Spec>>): Parts<Spec> {
  return { metadata: whenKnown(manifest, (m) => m.metadata), spec: whenKnown(manifest, (m) => m.spec) };
}

/** The servers' files, and the name of the ConfigMap that holds them. */
interface Config {
  readonly settings: EnsembleValues;
  readonly files: ReturnType<typeof renderFiles>;
  readonly hash: string;
  readonly name: string;
}

/** The settings that decide which resources there are. */
function plainSettings(
  settings: Pick<
    EnsembleValues,
    "name" | "namespace" | "createNamespace" | "servers" | "networkPolicy" | "protect"
  >,
): Pick<EnsembleValues, "name" | "namespace" | "createNamespace" | "servers" | "networkPolicy" | "protect"> {
  return settings;
}
