import { stackPolicy } from "../define.ts";
import type { KubernetesObject } from "../kubernetes/object.ts";
import { isInternalRoute, isMeshRoute, routeKinds, type Backend } from "../kubernetes/routes.ts";
import { SelectorIndex } from "../kubernetes/selector-index.ts";
import { isHeadless, isInternal, portIn, selectorOfService, selects } from "../kubernetes/services.ts";
import type { Workload } from "../kubernetes/workload.ts";
import { entries, items, known } from "../reading/field.ts";
import type { Report } from "../reading/report.ts";
import { every, some, type Truth } from "../reading/truth.ts";
import { flag, texts } from "../settings.ts";
import { objectsOf, serversOf, workloadsIn, type StackServer } from "../stack.ts";
import { isPeerPort, isZooKeeperPort, namesZooKeeper } from "../zookeeper/ports.ts";
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
function hasZooKeeperPort(
  service: KubernetesObject,
  servers: readonly StackServer[],
  byName: ReadonlyMap<string, number>,
): boolean {
  const selector = service.root.at("spec", "selector");
  const likely = saysZooKeeper(service) || (servers.length > 0 && entries(selector).size === 0);
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
    // An ExternalName is a name for something else.
    holds: (type) => ["ClusterIP", "ExternalName"].includes(type) || (type === "LoadBalancer" && internal),
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

/** Whether a headless Service that selects servers is one by which they find each other, not one for scraping only. */
function isForPeers(
  service: KubernetesObject,
  servers: readonly StackServer[],
  byName: ReadonlyMap<string, number>,
): boolean {
  const governs = servers.some(
    ({ workload }) =>
      known(workload.root.at("spec", "serviceName").string()) === service.name &&
      workload.namespace === service.namespace,
  );
  return (
    governs ||
    items(service.root.at("spec", "ports")).some((port) =>
      [port.at("port"), port.at("targetPort")]
        .map(portIn)
        .some((found) => isPeerPort(typeof found === "string" ? byName.get(found) : found)),
    )
  );
}

/** Validates the Service by which the servers find each other. */
function validateHeadless(service: KubernetesObject, report: Report): void {
  report.check(service.root.at("spec", "publishNotReadyAddresses").boolean(), {
    holds: (published) => published,
    absent: "rejected",
    required: "true (servers have to find each other before they are in a quorum)",
    fix: "set publishNotReadyAddresses to true",
  });
}

/** A Service of the stack, and what it leads to. */
interface Lead {
  readonly service: KubernetesObject;
  /** Whether it selects pods of ZooKeeper servers. */
  readonly selects: Truth;
  /** Whether it leads to ZooKeeper: by the pods that it selects, or by its ports if it selects none of the stack's. */
  readonly leads: Truth;
}

/** The Services that select pods of the workloads, or may do so, each with whether it does. */
function selections(
  index: SelectorIndex<KubernetesObject>,
  workloads: readonly { readonly workload: Workload; readonly runs: Truth }[],
): ReadonlyMap<KubernetesObject, Truth> {
  const selected = new Map<KubernetesObject, Truth>();
  for (const { workload, runs } of workloads) {
    for (const service of index.candidates(workload)) {
      const before = selected.get(service) ?? false;
      if (before !== true) {
        selected.set(service, some([before, every([runs, selects(service, workload)])]));
      }
    }
  }
  return selected;
}

function leadsOf(
  services: readonly KubernetesObject[],
  servers: readonly StackServer[],
  workloads: readonly Workload[],
  ports: ReadonlyMap<string, number>,
): readonly Lead[] {
  const index = new SelectorIndex(services, selectorOfService);
  const toServers = selections(index, servers);
  const toAny = selections(
    index,
    workloads.map((workload) => ({ workload, runs: true })),
  );
  return services.map((service) => {
    const selected = toServers.get(service) ?? false;
    const selectsOthers = (toAny.get(service) ?? false) !== false;
    const byPorts = selected === false && !selectsOthers && hasZooKeeperPort(service, servers, ports);
    return { service, selects: selected, leads: byPorts || selected };
  });
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
    const workloads = workloadsIn(resources);
    const services = objectsOf(resources, "", "Service");
    const ports = namedPorts(servers);
    const leads = leadsOf(services, servers, workloads, ports);
    for (const { service, selects: selected, leads: led } of leads) {
      const report = open(service.label, service.urn);
      if (selected === "unknown") {
        report.leaveOpen("whether it selects ZooKeeper's pods");
      }
      if (led === true) {
        validateExposure(service, settings, report);
      }
      if (selected === true && isHeadless(service) === true && isForPeers(service, servers, ports)) {
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
        validateRoute(route, kind.backends(route.root), leads, settings, open(route.label, route.urn));
      }
    }
    const governed = new Map<KubernetesObject, string[]>();
    for (const { workload, runs } of servers) {
      if (runs !== true || workload.kind !== "StatefulSet") {
        continue;
      }
      const name = workload.root.at("spec", "serviceName");
      const governing = services.find(
        (s) => s.name === known(name.string()) && s.namespace === workload.namespace,
      );
      if (governing !== undefined && isHeadless(governing) === false) {
        governed.set(governing, [...(governed.get(governing) ?? []), workload.label]);
      }
    }
    for (const [governing, labels] of governed) {
      open(governing.label, governing.urn).reject({
        path: "spec.clusterIP",
        observed: `not "None", although it gives the pods of ${labels.join(", ")} their names`,
        required: '"None" (a headless Service; otherwise the servers\' names do not resolve)',
        fix: "set clusterIP to None",
      });
    }
  },
});
