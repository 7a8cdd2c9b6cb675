import { inPlace, none } from "./changes.ts";
import { required, secretText, text, type Table } from "./kit.ts";

/** The settings of an existing cluster. */
export const existingSettings = {
  kubeconfig: secretText({
    default: required,
    description:
      "Text of the kubeconfig of an existing cluster, to use instead of a new GKE cluster; set it with --secret",
    details: "It is kept as a secret.",
    change: inPlace,
  }),
  context: text({
    key: "kubeContext",
    default: undefined,
    defaultText: "the kubeconfig's current context",
    description: "Context in the kubeconfig; its current context if empty",
    change: inPlace,
  }),
  id: text({
    key: null,
    default: undefined,
    defaultText: "any cluster",
    description: "UID of the namespace `kube-system` of the expected cluster; another cluster is rejected",
    change: none,
  }),
} satisfies Table;
