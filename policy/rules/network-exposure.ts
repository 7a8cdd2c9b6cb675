import { stackPolicy } from "../define.ts";
import type { KubernetesObject } from "../kubernetes/object.ts";
import { podsOf } from "../kubernetes/pods.ts";
import { labelsOf, matches, unknown, type Selector } from "../kubernetes/selector.ts";
import { workloadsOf, type Workload } from "../kubernetes/workload.ts";
import { items, known } from "../reading/field.ts";
import type { Report } from "../reading/report.ts";
import { every, some, type Truth } from "../reading/truth.ts";
import { flag, texts } from "../settings.ts";
import { objectsOf, serversOf, type StackServer } from "../stack.ts";
import { recognitionSettings } from "../zookeeper/recognition.ts";

/** ZooKeeper's ports: clients, clients over TLS, quorum, election. */
const ports: ReadonlySet<number | string> = new Set([2181, 2281, 2888, 3888]);

/** Whether the Service selects pods of the workload. A Service's selector is plain labels; none selects nothing. */
function selects(service: KubernetesObject, workload: Workload): Truth {
  const here: Truth =
    service.namespace === undefined || workload.namespace === undefined
      ? "unknown"
      : service.namespace === workload.namespace;
  // Most pairs are told apart by their namespaces alone.
  if (here === false) return false;
  const labels = labelsOf(service.root.at("spec", "selector"));
  if (labels !== unknown && labels.size === 0) return false;
  const conditions: Selector =
    labels === unknown
      ? unknown
      : [...labels].map(([key, value]) => ({ key, operator: "In", values: [value] }));
  return every([here, some(podsOf(workload, "any").map((pod) => matches(conditions, pod.labels)))]);
}

/** Whether the Service names one of ZooKeeper's ports. */
function hasZooKeeperPort(service: KubernetesObject): boolean {
  return items(service.root.at("spec", "ports")).some((port) =>
    [port.at("port"), port.at("targetPort")].some((field) => {
      const number = known(field.scalar());
      return number !== undefined && ports.has(number);
    }),
  );
}

interface Settings {
  readonly allowedServices: readonly string[];
  readonly allowInternalLoadBalancers: boolean;
}

function isInternal(service: KubernetesObject): boolean {
  const annotations = service.root.at("metadata", "annotations");
  return ["networking.gke.io/load-balancer-type", "cloud.google.com/load-balancer-type"].some(
    (key) => known(annotations.at(key).string()) === "Internal",
  );
}

function judgeExposure(service: KubernetesObject, settings: Settings, report: Report): void {
  if (settings.allowedServices.includes(`${service.namespace ?? ""}/${service.name}`)) return;
  const spec = service.root.at("spec");
  const required = "a Service inside the cluster (ClusterIP), as ZooKeeper trusts whoever reaches its ports";
  const fix = "use type ClusterIP, or name the Service in the setting allowedServices";
  const internal = settings.allowInternalLoadBalancers && isInternal(service);
  report.check(spec.at("type").string(), {
    holds: (type) => type === "ClusterIP" || (type === "LoadBalancer" && internal),
    absent: "accepted",
    required,
    fix,
  });
  report.check(spec.at("externalIPs").list(), {
    holds: (addresses) => addresses.length === 0,
    absent: "accepted",
    required: "none",
    fix: "remove externalIPs",
  });
}

/** Judges the Service by which the servers find each other. */
function judgeHeadless(service: KubernetesObject, report: Report): void {
  report.check(service.root.at("spec", "publishNotReadyAddresses").boolean(), {
    holds: (published) => published,
    absent: "refused",
    required: "true (servers have to find each other before they are ready: ready means in a quorum)",
    fix: "set publishNotReadyAddresses to true",
  });
}

function isHeadless(service: KubernetesObject): Truth {
  const address = service.root.at("spec", "clusterIP");
  return address.unknown ? "unknown" : known(address.string()) === "None";
}

/** Whether the Service leads to the server's pods. */
function leadsTo(service: KubernetesObject, { workload, runs }: StackServer): Truth {
  return every([runs, selects(service, workload)]);
}

/**
 * Whoever reaches ZooKeeper's ports can read and write everything in it, or vote; and the servers find each other by
 * a Service that must not wait for them to be ready. Which Service leads to ZooKeeper is seen in the whole stack: by
 * the pods it selects, or by its ports if it selects none of the stack's.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/service/#publishing-services-service-types
 */
export const networkExposure = stackPolicy({
  name: "network-exposure",
  description:
    "ZooKeeper's ports stay inside the cluster, and its headless Service publishes addresses at once",
  settings: {
    allowedServices: texts("Services, as namespace/name, that may expose ZooKeeper", []),
    allowInternalLoadBalancers: flag(
      "Whether load balancers that are internal to the network are accepted",
      false,
    ),
    ...recognitionSettings,
  },
  enforcementLevel: "mandatory",
  judge: (resources, open, settings) => {
    const servers = serversOf(resources, settings);
    const workloads = resources.flatMap(workloadsOf);
    const services = objectsOf(resources, "", "Service");
    for (const service of services) {
      const report = open(service.label, service.urn);
      const leads = some(servers.map((server) => leadsTo(service, server)));
      const selectsOthers = some(workloads.map((workload) => selects(service, workload))) !== false;
      if (leads === "unknown") report.leaveOpen("whether it selects ZooKeeper's pods");
      if (leads === true || (leads === false && !selectsOthers && hasZooKeeperPort(service))) {
        judgeExposure(service, settings, report);
      }
      if (leads === true && isHeadless(service) === true) judgeHeadless(service, report);
    }
    for (const { workload, runs } of servers) {
      if (runs !== true || workload.kind !== "StatefulSet") continue;
      const name = workload.root.at("spec", "serviceName");
      const governing = services.find(
        (s) => s.name === known(name.string()) && s.namespace === workload.namespace,
      );
      if (governing === undefined) continue;
      const report = open(governing.label, governing.urn);
      if (isHeadless(governing) === false) {
        report.refuse({
          path: "spec.clusterIP",
          observed: `not "None", although ${workload.label} gives its pods their names by it`,
          required: '"None" (a headless Service: else the servers\' names do not resolve)',
          fix: "set clusterIP to None",
        });
      }
    }
  },
});
