/**
 * The options of every Kubernetes provider that the components create. Namespace, mark and configurations outlive a
 * stack, and the next one continues with them: since version 4.29, the provider takes over existing objects only with
 * this option. Earlier versions always did, and do not know the option.
 * @see https://github.com/pulumi/pulumi-kubernetes/pull/4278
 */
export const providerOptions = { enableServerSideApply: true, upsertExistingObjects: true } as const;
