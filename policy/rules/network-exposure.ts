import { stackPolicy } from "../define.ts";
import type { KubernetesObject } from "../kubernetes/object.ts";
import { backendsOf, isInternalRoute, isMeshRoute, routeKinds, type Backend } from "../kubernetes/routes.ts";
import { isHeadless, isInternal, portIn, selects } from "../kubernetes/services.ts";
import { workloadsOf, type Workload } from "../kubernetes/workload.ts";
import { entries, items, known } from "../reading/field.ts";
import type { Report } from "../reading/report.ts";
import { every, some, type Truth } from "../reading/truth.ts";
import { flag, texts } from "../settings.ts";
import { objectsOf, serversOf, type StackServer } from "../stack.ts";
import { isZooKeeperPort, namesZooKeeper } from "../zookeeper/ports.ts";
import { recognitionSettings } from "../zookeeper/recognition.ts";

/** Whether the Service's name, labels or selector say ZooKeeper. */
function saysZooKeeper({ name, root }: KubernetesObject): boolean {
  const labels = [root.at("metadata", "labels"), root.at("spec", "selector")];
  const values = labels.flatMap((map) => [...entries(map).values()]);
  return [name, ...values.map((value) => known(value.string()) ?? "")].some(namesZooKeeper);
}

/** The numbers of the servers' ports by name, as their containers declare them. */
function namedPorts(servers: readonly StackServer[]): ReadonlyMap<string, number> {
  const ports = servers.flatMap(({ pod }) =>
    items(pod.at("containers")).flatMap((container) => items(container.at("ports"))),
  );
  return new Map(
    ports.flatMap((port): [string, number][] => {
      const [name, number] = [known(port.at("name").string()), known(port.at("containerPort").number())];
      return name === undefined || number === undefined ? [] : [[name, number]];
    }),
  );
}

/** Whether a Service that selects no pods of the stack leads to one of ZooKeeper's ports. */
function hasZooKeeperPort(service: KubernetesObject, servers: readonly StackServer[]): boolean {
  const selector = service.root.at("spec", "selector");
  const likely = saysZooKeeper(service) || (servers.length > 0 && entries(selector).size === 0);
  const byName = namedPorts(servers);
  return items(service.root.at("spec", "ports")).some((port) =>
    [port.at("port"), port.at("targetPort")].some((field) => {
      const found = portIn(field);
      const named = typeof found === "string" && likely ? byName.get(found) : undefined;
      const target = named ?? found;
      return target !== undefined && isZooKeeperPort(target, likely);
    }),
  );
}

interface Settings {
  readonly allowedServices: readonly string[];
  readonly allowInternalLoadBalancers: boolean;
}

const reason = "as ZooKeeper trusts every client that reaches its ports";

function validateExposure(service: KubernetesObject, settings: Settings, report: Report): void {
  if (settings.allowedServices.includes(`${service.namespace ?? ""}/${service.name}`)) {
    return;
  }
  const spec = service.root.at("spec");
  const internal = settings.allowInternalLoadBalancers && isInternal(service);
  report.check(spec.at("type").string(), {
    holds: (type) => type === "ClusterIP" || (type === "LoadBalancer" && internal),
    absent: "accepted",
    required: `a Service inside the cluster (ClusterIP), ${reason}`,
    fix: "use type ClusterIP, or name the Service in the setting allowedServices",
  });
  report.check(spec.at("externalIPs").list(), {
    holds: (addresses) => addresses.length === 0,
    absent: "accepted",
    required: "none",
    fix: "remove externalIPs",
  });
}

/** Validates the Service by which the servers find each other. */
function validateHeadless(service: KubernetesObject, report: Report): void {
  report.check(service.root.at("spec", "publishNotReadyAddresses").boolean(), {
    holds: (published) => published,
    absent: "rejected",
    required: "true (servers have to find each other before they are ready: ready means in a quorum)",
    fix: "set publishNotReadyAddresses to true",
  });
}

/** Whether the Service leads to the server's pods. */
function leadsTo(service: KubernetesObject, { workload, runs }: StackServer): Truth {
  return every([runs, selects(service, workload)]);
}

/** A Service of the stack, and what it leads to. */
interface Lead {
  readonly service: KubernetesObject;
  /** Whether it selects pods of ZooKeeper servers. */
  readonly selects: Truth;
  /** Whether it leads to ZooKeeper: by the pods that it selects, or by its ports if it selects none of the stack's. */
  readonly leads: Truth;
}

function leadOf(
  service: KubernetesObject,
  servers: readonly StackServer[],
  workloads: readonly Workload[],
): Lead {
  const selected = some(servers.map((server) => leadsTo(service, server)));
  const selectsOthers = some(workloads.map((workload) => selects(service, workload))) !== false;
  const byPorts = selected === false && !selectsOthers && hasZooKeeperPort(service, servers);
  return { service, selects: selected, leads: byPorts || selected };
}

/** What a route's backend leads to: a Service of the stack, or one that only its name and port describe. */
function backendLeads(
  { name, namespace, port }: Backend,
  route: KubernetesObject,
  leads: readonly Lead[],
): { readonly truth: Truth; readonly service: string } {
  const wanted = known(name.string());
  const there = namespace === undefined || namespace.absent ? route.namespace : known(namespace.string());
  const service = `${there ?? "(namespace unknown)"}/${wanted ?? "(name unknown)"}`;
  const may = leads.filter(
    (lead) =>
      (name.unknown || lead.service.name === wanted) &&
      (there === undefined || lead.service.namespace === undefined || lead.service.namespace === there),
  );
  const sure =
    name.unknown || there === undefined ? [] : may.filter((lead) => lead.service.namespace === there);
  if (sure.length > 0) {
    return { truth: some(sure.map((lead) => lead.leads)), service };
  }
  if (may.length > 0 || name.unknown) {
    return { truth: some(may.map((lead) => lead.leads)) === false ? false : "unknown", service };
  }
  return { truth: port !== undefined && isZooKeeperPort(port, namesZooKeeper(wanted ?? "")), service };
}

/** Validates what leads requests to Services from outside the cluster. */
function validateRoute(
  route: KubernetesObject,
  backends: readonly Backend[],
  leads: readonly Lead[],
  settings: Settings,
  report: Report,
): void {
  for (const backend of backends) {
    const { truth, service } = backendLeads(backend, route, leads);
    if (truth === false || settings.allowedServices.includes(service)) {
      continue;
    }
    if (truth === "unknown") {
      report.leaveOpen(`${backend.name.path} (whether it is a Service of ZooKeeper's)`);
      continue;
    }
    report.reject({
      path: backend.name.path,
      value: `"${known(backend.name.string()) ?? ""}", a Service that leads to ZooKeeper`,
      required: `no way to ZooKeeper from outside the cluster, ${reason}`,
      fix: "remove the backend, or name its Service in the setting allowedServices",
    });
  }
}

/**
 * Whoever reaches ZooKeeper's ports can read and write everything in it, or vote; and the servers find each other by
 * a Service that must not wait for them to be ready. Which Service leads to ZooKeeper is seen in the whole stack: by
 * the pods it selects, or by its ports if it selects none of the stack's. So is what leads to such a Service.
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
  validate: (resources, open, settings) => {
    const servers = serversOf(resources, settings);
    const workloads = resources.flatMap(workloadsOf);
    const services = objectsOf(resources, "", "Service");
    const leads = services.map((service) => leadOf(service, servers, workloads));
    for (const { service, selects: selected, leads: led } of leads) {
      const report = open(service.label, service.urn);
      if (selected === "unknown") {
        report.leaveOpen("whether it selects ZooKeeper's pods");
      }
      if (led === true) {
        validateExposure(service, settings, report);
      }
      if (selected === true && isHeadless(service) === true) {
        validateHeadless(service, report);
      }
    }
    const gateways = objectsOf(resources, "gateway.networking.k8s.io", "Gateway");
    for (const kind of routeKinds) {
      for (const route of objectsOf(resources, kind.group, kind.kind)) {
        const internal = settings.allowInternalLoadBalancers && isInternalRoute(route, gateways);
        if (internal || isMeshRoute(route)) {
          continue;
        }
        validateRoute(route, backendsOf(route, kind), leads, settings, open(route.label, route.urn));
      }
    }
    for (const { workload, runs } of servers) {
      if (runs !== true || workload.kind !== "StatefulSet") {
        continue;
      }
      const name = workload.root.at("spec", "serviceName");
      const governing = services.find(
        (s) => s.name === known(name.string()) && s.namespace === workload.namespace,
      );
      if (governing === undefined) {
        continue;
      }
      const report = open(governing.label, governing.urn);
      if (isHeadless(governing) === false) {
        report.reject({
          path: "spec.clusterIP",
          observed: `not "None", although ${workload.label} gives its pods their names by it`,
          required: '"None" (a headless Service; otherwise the servers\' names do not resolve)',
          fix: "set clusterIP to None",
        });
      }
    }
  },
});
