import { parseYaml } from "../../domain/yaml.ts";
import type { ExistingClusterArgs } from "../settings/args.ts";
import { existingSettings } from "../settings/existing.ts";
import { secret, type Report } from "../validation/report.ts";
import type { Known, Values } from "../validation/values.ts";
import { checkSettings } from "../validation/settings.ts";

/** An existing cluster's settings. */
export type ExistingValues = Values<ExistingClusterArgs>;

/** Validates how to reach an existing cluster; a kubeconfig never appears in a finding. */
export function checkExisting(values: Known<ExistingValues>, report: Report): void {
  const { kubeconfig, context } = checkSettings(existingSettings, values, report);
  if (kubeconfig === undefined) {
    return;
  }
  const parsed = parseYaml(kubeconfig);
  const config = "value" in parsed ? propertiesOf(parsed.value) : new Map<string, unknown>();
  if (!config.has("clusters")) {
    report.error(
      "kubeconfig",
      secret,
      `must be the text of a kubeconfig${"fault" in parsed ? `: ${parsed.fault}` : ""}`,
      'give the file\'s content, not its path: pulumi config set --secret kubeconfig "$(cat ~/.kube/config)"',
    );
    return;
  }
  checkContext(context, config, report);
}

function checkContext(
  context: string | undefined,
  config: ReadonlyMap<string, unknown>,
  report: Report,
): void {
  const contexts = config.get("contexts");
  const names = Array.isArray(contexts) ? contexts.map((each) => propertiesOf(each).get("name")) : [];
  const fix = "kubectl config get-contexts lists them";
  if (context) {
    if (!names.includes(context)) {
      report.error("context", context, "the kubeconfig has no such context", fix);
    }
    return;
  }
  const current = config.get("current-context");
  if (typeof current !== "string" || current === "") {
    report.error("context", context, "the kubeconfig has no current context", "name one of its contexts");
  } else if (names.length > 0 && !names.includes(current)) {
    report.error("context", context, "the kubeconfig does not contain its current context", fix);
  }
}

/** The properties of an object; none if it is something else. */
function propertiesOf(value: unknown): ReadonlyMap<string, unknown> {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return new Map(isObject ? Object.entries(value) : []);
}

/** What a cluster says about itself. */
export interface FoundCluster {
  /** Its version, such as `v1.34.3-gke.100`; undefined if it does not say. */
  readonly version: string | undefined;
  /** Its identity; empty if the user may not read it. */
  readonly id: string;
  /** Its name in the kubeconfig and its address. */
  readonly cluster: string;
}

/** The oldest version with everything that the components use and that some provider still maintains. */
const oldestVersion = [1, 30] as const;

/** Validates the cluster of a kubeconfig. */
export function checkFound(
  { id }: Pick<ExistingValues, "id">,
  { version = "", id: foundId, cluster }: FoundCluster,
  report: Report,
): void {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(version) ?? [];
  const [leastMajor, leastMinor] = oldestVersion;
  const isOld = Number(major) < leastMajor || (Number(major) === leastMajor && Number(minor) < leastMinor);
  if (major !== undefined && isOld) {
    report.error(
      "kubeconfig",
      secret,
      `cluster ${cluster} has Kubernetes ${version}; version ${oldestVersion.join(".")} or later is required`,
      "upgrade the cluster",
    );
  }
  if (id && foundId !== "" && id !== foundId) {
    report.error(
      "kubeconfig",
      secret,
      `it is for cluster ${cluster} (${foundId}), but the ensemble is on another one (${id})`,
      "use the kubeconfig of that cluster; for another cluster, use another stack, and move the data with a backup",
    );
  }
}
