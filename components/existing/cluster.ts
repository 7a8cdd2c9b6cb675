import * as pulumi from "@pulumi/pulumi";
import { Provider } from "@pulumi/kubernetes/provider.js";

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
 * A Kubernetes cluster, version 1.30 or later, that something else made.
 * @example
 * const cluster = new ExistingCluster("lab", { kubeconfig: config.requireSecret("kubeconfig") });
 * new ZooKeeperEnsemble("zk", {}, { provider: cluster.provider });
 */
export class ExistingCluster extends pulumi.ComponentResource {
  /** The kubeconfig, as it was given; a secret. */
  public readonly kubeconfig: pulumi.Output<string>;
  /** The provider that puts things on the cluster. */
  public readonly provider: Provider;

  constructor(name: string, args: ExistingClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    const kubeconfig = pulumi.secret(args.kubeconfig);
    super("zookeeper:existing:ExistingCluster", name, { ...args, kubeconfig }, opts);
    this.kubeconfig = kubeconfig;
    this.provider = new Provider(
      `${name}-kubernetes`,
      { kubeconfig, context: args.context, enableServerSideApply: true },
      { parent: this },
    );
    this.registerOutputs({ kubeconfig });
  }
}
