/**
 * The options of every Kubernetes provider that the components make. Namespace, mark and configurations outlive a
 * stack, and the next one goes on with them: since version 4.29 the provider takes over what is there only where that
 * is asked for. Before, it always did, and does not know the option.
 * @see https://github.com/pulumi/pulumi-kubernetes/pull/4278
 */
export const providerOptions = { enableServerSideApply: true, upsertExistingObjects: true } as const;
