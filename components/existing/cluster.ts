import { fileURLToPath } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import { Chart } from "@pulumi/kubernetes/helm/v4/chart.js";
import { Provider } from "@pulumi/kubernetes/provider.js";
import { checked } from "../validation/checked.ts";
import { toOutput } from "../validation/eventual.ts";
import { checkExisting } from "./check.ts";

/** How to reach a Kubernetes cluster that is there already. */
export interface ExistingClusterArgs {
  /** The kubeconfig's text; kept as a secret. */
  kubeconfig: pulumi.Input<string>;
  /**
   * The context to use.
   * @default the kubeconfig's current context
   */
  context?: pulumi.Input<string>;
}

/**
 * A Kubernetes cluster, version 1.30 or later, that something else made. What depends on it is made only when the
 * cluster answers and is of such a version.
 * @example
 * const cluster = new ExistingCluster("lab", { kubeconfig: config.requireSecret("kubeconfig") });
 * new ZooKeeperEnsemble("zk", {}, { provider: cluster.provider, dependsOn: [cluster] });
 * @throws InputPropertiesError when a setting cannot be, before anything is registered
 */
export class ExistingCluster extends pulumi.ComponentResource {
  /** The kubeconfig, as it was given; a secret. */
  public readonly kubeconfig: pulumi.Output<string>;
  /** The provider that puts things on the cluster. */
  public readonly provider: Provider;

  constructor(name: string, args: ExistingClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    const settings = toOutput(checked(`existing cluster ${name}`, args, checkExisting));
    const kubeconfig = pulumi.secret(settings.kubeconfig);
    super("zookeeper:existing:ExistingCluster", name, { ...args, kubeconfig }, opts);
    const context = args.context === undefined ? {} : { context: settings.apply((s) => s.context ?? "") };
    this.kubeconfig = kubeconfig;
    this.provider = new Provider(
      `${name}-kubernetes`,
      { kubeconfig, ...context, enableServerSideApply: true },
      { parent: this },
    );
    // Only the provider talks to the cluster while Pulumi previews, and only for Helm does it ask for the version.
    new Chart(
      `${name}-kubernetes-version`,
      { chart: fileURLToPath(new URL("./version-check", import.meta.url)) },
      { parent: this, provider: this.provider },
    );
    this.registerOutputs({ kubeconfig });
  }
}
