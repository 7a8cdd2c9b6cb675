import * as pulumi from "@pulumi/pulumi";
import { Provider } from "@pulumi/kubernetes/provider.js";

import type { ExistingClusterArgs } from "../settings/args.ts";
import { noteAccess } from "../live/access.ts";
import { providerOptions } from "../live/provider.ts";
import { ClusterReader, Unreachable } from "../live/reader.ts";
import { existingSettings } from "../settings/existing.ts";
import { checked, rejectErrors } from "../validation/checked.ts";
import { Stop } from "../validation/errors.ts";
import { toOutput } from "../speed.ts";
import { checkExisting, checkFound, type ExistingValues } from "./check.ts";

/**
 * An existing Kubernetes cluster, version 1.30 or later. Resources that depend on it are created only if the cluster
 * answers and has such a version. Another address or certificate of the same cluster changes nothing on it.
 * @example
 * const cluster = new ExistingCluster("lab", { kubeconfig: config.requireSecret("kubeconfig") });
 * new ZooKeeperEnsemble("zk", {}, { provider: cluster.provider, dependsOn: [cluster] });
 * @throws InputPropertiesError if an argument is invalid, before anything is registered. The outputs fail if the
 * cluster does not answer a request within 10 s, is too old, or is not the one of `id`
 */
export class ExistingCluster extends pulumi.ComponentResource {
  /** The given kubeconfig; a secret. */
  public readonly kubeconfig: pulumi.Output<string>;
  /** The provider for resources on the cluster. */
  public readonly provider: Provider;
  /** The identity of the cluster: the UID of its namespace `kube-system`; empty if the user may not read it. */
  public readonly id: pulumi.Output<string>;

  constructor(name: string, args: ExistingClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    const what = `existing cluster ${name}`;
    const settings = toOutput(checked(what, args, args, existingSettings, checkExisting));
    super(
      "zookeeper:existing:ExistingCluster",
      name,
      { context: args.context, kubeconfig: pulumi.secret(args.kubeconfig) },
      opts,
    );
    const found = pulumi.runtime.hasEngine()
      ? settings.apply((known) => look(what, known))
      : pulumi.output("");
    this.id = pulumi.unsecret(found);
    // Whatever uses the kubeconfig waits until the cluster is known to be the right one.
    this.kubeconfig = pulumi.secret(pulumi.all([settings, found]).apply(([{ kubeconfig }]) => kubeconfig));
    const context = args.context === undefined ? {} : { context: settings.apply((s) => s.context ?? "") };
    this.provider = new Provider(
      `${name}-kubernetes`,
      {
        kubeconfig: this.kubeconfig,
        ...context,
        ...providerOptions,
        // The cluster's identity is validated above. Pulumi would take another address for another cluster, and
        // replace everything.
        clusterIdentifier: `${pulumi.getProject()}/${pulumi.getStack()}/${name}`,
      },
      { parent: this },
    );
    noteAccess(
      this.provider,
      pulumi.all([settings, found]).apply(([access]) => access),
    );
    this.registerOutputs({ kubeconfig: this.kubeconfig, id: this.id });
  }
}

/**
 * Asks the cluster which one it is.
 * @returns what identifies it; empty where one may not read it
 * @throws InvalidArguments where it is another one, or too old; RunError where it does not answer
 */
async function look(what: string, settings: ExistingValues): Promise<string> {
  try {
    const reader = await ClusterReader.connect(settings);
    const [version, system] = await Promise.all([
      reader.ask((options) => reader.version.getCode({}, options)),
      reader.ask((options) => reader.core.readNamespace({ name: "kube-system" }, options)),
    ]);
    const id = system?.metadata?.uid ?? "";
    rejectErrors(what, { version: version?.gitVersion, id, cluster: reader.cluster }, (cluster, report) => {
      checkFound(settings, cluster, report);
    });
    return id;
  } catch (error) {
    if (!(error instanceof Unreachable)) {
      throw error;
    }
    throw new Stop(`${what}: the cluster does not answer: ${error.message}`);
  }
}
