import { stackPolicy, type StackResource } from "../define.ts";
import { isMonitored, type Monitors } from "../kubernetes/monitors.ts";
import { inProduction, productionSettings } from "../production.ts";
import { objectsOf } from "../stack.ts";
import { certainMembers } from "../zookeeper/ensembles.ts";
import { recognitionSettings } from "../zookeeper/recognition.ts";

/** The API of Google's managed Prometheus. */
const managed = "monitoring.googleapis.com";

/** The API of the Prometheus operator. */
const operator = "monitoring.coreos.com";

/** Other kinds of objects that may lead a Prometheus to pods, which this pack does not read. */
const otherKinds: readonly (readonly [group: string, kind: string])[] = [
  [operator, "ScrapeConfig"],
  [operator, "Probe"],
  ["azmonitoring.coreos.com", "PodMonitor"],
  ["azmonitoring.coreos.com", "ServiceMonitor"],
  ["operator.victoriametrics.com", "VMPodScrape"],
  ["operator.victoriametrics.com", "VMServiceScrape"],
];

const hasOtherKinds = (resources: readonly StackResource[]): boolean =>
  otherKinds.some(([group, kind]) => objectsOf(resources, group, kind).length > 0);

const monitorsOf = (resources: readonly StackResource[]): Monitors => ({
  ofPods: [
    ...objectsOf(resources, managed, "PodMonitoring"),
    ...objectsOf(resources, managed, "ClusterPodMonitoring"),
    ...objectsOf(resources, operator, "PodMonitor"),
  ],
  ofServices: objectsOf(resources, operator, "ServiceMonitor"),
  services: objectsOf(resources, "", "Service"),
});

/**
 * Without metrics, nobody notices that a server is down until the next one takes the quorum with it. In production
 * stacks this is advice, as an agent or another stack may collect them in other ways.
 *
 * @see https://zookeeper.apache.org/doc/current/zookeeperMonitor.html
 */
export const monitoring = stackPolicy({
  name: "monitoring",
  description: "The metrics of production stacks' ZooKeeper servers are collected",
  settings: { ...productionSettings, ...recognitionSettings },
  profile: "production",
  enforcementLevel: "advisory",
  validate: (resources, open, settings) => {
    const monitors = monitorsOf(resources);
    for (const { workload } of certainMembers(resources, settings)) {
      if (!inProduction(workload.urn, settings)) {
        continue;
      }
      const monitored = isMonitored(workload, monitors);
      const report = open(workload.label, workload.urn);
      if (monitored === "unknown") {
        report.leaveOpen("which monitors and annotations select its pods");
      } else if (!monitored && hasOtherKinds(resources)) {
        report.leaveHidden("which pods monitors of other kinds select");
      } else if (!monitored) {
        report.reject({
          path: "",
          observed:
            "no PodMonitoring, PodMonitor, ServiceMonitor or prometheus.io annotation selects its pods: nobody notices that the quorum is lost",
          required: "metrics that are collected",
          fix: "set monitoring, or add a PodMonitoring or PodMonitor that selects the servers, and alerts",
        });
      }
    }
  },
});
