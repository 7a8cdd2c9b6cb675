import type { Report } from "../validation/report.ts";
import type { Known, Values } from "../validation/values.ts";
import { ofTypes } from "../validation/types.ts";
import type { ExistingClusterArgs } from "./cluster.ts";

/** An existing cluster's settings. */
export type ExistingValues = Values<ExistingClusterArgs>;

/** Notes everything that is wrong with the way to an existing cluster; a kubeconfig never appears in a finding. */
export function checkExisting(values: Known<ExistingValues>, report: Report): void {
  const { kubeconfig, ...others } = values;
  const { context } = ofTypes(others, { context: "lab" }, report);
  if (kubeconfig === undefined) {
    return;
  }
  const secret = "[secret]";
  if (typeof kubeconfig !== "string") {
    report.fault("kubeconfig", secret, "is not a text", "give the file's content");
    return;
  }
  if (!/(^|[\n{,])\s*"?clusters"?\s*:/.test(kubeconfig)) {
    report.fault(
      "kubeconfig",
      secret,
      "is not the text of a kubeconfig",
      'give the file\'s content, not its path: pulumi config set --secret kubeconfig "$(cat ~/.kube/config)"',
    );
  } else if (context === undefined && !/(^|[\n{,])\s*"?current-context"?\s*:\s*"?[^\s"]/.test(kubeconfig)) {
    report.fault("context", context, "the kubeconfig has no current context", "name one of its contexts");
  } else if (context !== undefined && !kubeconfig.includes(context)) {
    report.fault(
      "context",
      context,
      "the kubeconfig has no such context",
      "kubectl config get-contexts lists them",
    );
  }
}
