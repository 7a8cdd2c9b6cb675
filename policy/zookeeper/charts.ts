import { known, type Field } from "../reading/field.ts";
import { namesZooKeeper } from "./ports.ts";

/** A Helm chart, as it is asked for. */
export interface Chart {
  /** Its name, path or address. */
  readonly chart: Field;
  readonly repository: Field;
  readonly version: Field;
  readonly values: Field;
}

/** A chart that brings ZooKeeper unless a value switches it off. */
interface Bringer {
  readonly name: string;
  /** What the chart's repository or address contains. @default anything */
  readonly from?: RegExp;
  readonly unless: readonly string[];
  /** The first major version that brings none. */
  readonly before?: number;
}

/**
 * Charts of other software that bring ZooKeeper by default.
 *
 * @see https://github.com/apache/pulsar-helm-chart
 * @see https://github.com/confluentinc/cp-helm-charts
 * @see https://github.com/bitnami/charts/tree/main/bitnami/kafka (KRaft since 23)
 */
const bringers: readonly Bringer[] = [
  { name: "pulsar", unless: ["components", "zookeeper"] },
  { name: "cp-helm-charts", unless: ["cp-zookeeper", "enabled"] },
  { name: "solr", from: /bitnami/, unless: ["zookeeper", "enabled"] },
  { name: "kafka", from: /bitnami/, unless: ["zookeeper", "enabled"], before: 23 },
  { name: "kafka", from: /incubator/, unless: ["zookeeper", "enabled"] },
  { name: "nifi", from: /cetic/, unless: ["zookeeper", "enabled"] },
  { name: "druid", unless: ["zookeeper", "enabled"] },
];

/** The name of a chart in a repository, folder or archive: `oci://host/charts/zookeeper` is `zookeeper`. */
function nameOf(chart: string): string {
  const parts = chart.split("/").filter((part) => part !== "");
  return (parts.at(-1) ?? "").replace(/-v?\d[^/]*$/, "").replace(/\.tgz$/, "");
}

/** Whether a name is that of software beside ZooKeeper: operators, exporters, user interfaces. */
function isBeside(name: string): boolean {
  return /operator|exporter|crd|navigator|(?:^|-)ui(?:-|$)|backup|monitor/.test(name);
}

/** The values by which many charts switch their own ZooKeeper on. */
const switches = [
  ["zookeeper", "enabled"],
  ["cp-zookeeper", "enabled"],
  ["components", "zookeeper"],
];

/** What shows that the chart installs ZooKeeper: a field; undefined if nothing does. */
export function zooKeeperIn({ chart, repository, version, values }: Chart): Field | undefined {
  const address = known(chart.string());
  const from = `${known(repository.string()) ?? ""} ${address ?? ""}`;
  const name = nameOf(address ?? "");
  const on = switches.map((path) => values.at(...path)).find((field) => known(field.boolean()) === true);
  if (on !== undefined) {
    return on;
  }
  if (namesZooKeeper(name)) {
    return isBeside(name) ? undefined : chart;
  }
  const major = Number(/^v?(\d{1,9})\b/.exec(known(version.string()) ?? "")?.[1] ?? Infinity);
  const brings = bringers.some(
    (bringer) =>
      bringer.name === name &&
      bringer.from?.test(from) !== false &&
      (bringer.before === undefined || major < bringer.before) &&
      known(values.at(...bringer.unless).boolean()) !== false,
  );
  return brings ? chart : undefined;
}
