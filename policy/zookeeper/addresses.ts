import type { KubernetesObject } from "../kubernetes/object.ts";
import { selects } from "../kubernetes/services.ts";
import { known } from "../reading/field.ts";
import type { StackServer } from "../stack.ts";

/** Addresses by which a server listens, or names itself. */
const itself = /^(?:localhost|0\.0\.0\.0|127(?:\.\d+){3}|::1?|)$/i;

/** The variable that the kubelet sets to the address of a Service, as `$NAME`, `$(NAME)` or `${NAME}`. */
const serviceVariable = /^\$[({]?([A-Z0-9_]+)_SERVICE_HOST[)}]?$/;

function push<V>(map: Map<string, V[]>, key: string, value: V): void {
  const list = map.get(key);
  if (list === undefined) {
    map.set(key, [value]);
  } else {
    list.push(value);
  }
}

/**
 * The workloads behind the host names by which ZooKeeper's configuration lists its servers.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
 */
export class Addresses<T extends StackServer> {
  private readonly pods = new Map<string, T[]>();
  private readonly names = new Map<string, T[]>();
  private readonly services = new Map<string, KubernetesObject[]>();
  private readonly variables = new Map<string, KubernetesObject[]>();
  private readonly selected = new Map<KubernetesObject, readonly T[]>();
  private readonly found = new Map<string, readonly T[]>();
  private readonly servers: readonly T[];

  constructor(servers: readonly T[], services: readonly KubernetesObject[]) {
    this.servers = servers;
    for (const server of servers) {
      const { kind, name } = server.workload;
      if (kind === "StatefulSet") {
        push(this.pods, name, server);
      }
      const hostname = known(server.pod.at("hostname").string()) ?? name;
      for (const each of new Set([hostname, name])) {
        push(this.names, each, server);
      }
    }
    for (const service of services) {
      push(this.services, service.name, service);
      push(this.variables, service.name.toUpperCase().replaceAll("-", "_"), service);
    }
  }

  /** The workloads that the host leads to from a server's pod; none if the stack does not show them. */
  behind(host: string, from: T): readonly T[] {
    if (itself.test(host)) {
      return [from];
    }
    const { namespace } = from.workload;
    const key = JSON.stringify([namespace, host]);
    const found = this.found.get(key) ?? this.find(host, namespace);
    this.found.set(key, found);
    return found;
  }

  private find(host: string, own: string | undefined): readonly T[] {
    const variable = serviceVariable.exec(host)?.[1];
    if (variable !== undefined) {
      return this.behindServices(inNamespaces(this.variables.get(variable), [own]));
    }
    const [first = "", second, third] = host.toLowerCase().split(".", 3);
    // `zk-0.zk-hs.default` is a pod of a StatefulSet, `zk-0.default` a Service.
    const [, workload = ""] = /^(.*)-\d+$/.exec(first) ?? [];
    const pods = serversIn(this.pods.get(workload), [third ?? own]);
    if (pods.length > 0) {
      return pods;
    }
    const selected = this.behindServices(inNamespaces(this.services.get(first), [second ?? own]));
    if (selected.length > 0) {
      return selected;
    }
    // A host name has a Service behind it, or none, as in `zk.default.svc`; `zk.default` may be either.
    const namespaces = third === undefined ? [own, second] : [third === "svc" ? second : third];
    return serversIn(this.names.get(first), namespaces);
  }

  private behindServices(services: readonly KubernetesObject[]): readonly T[] {
    return services.flatMap((service) => {
      const selected =
        this.selected.get(service) ??
        this.servers.filter(({ workload }) => selects(service, workload) === true);
      this.selected.set(service, selected);
      return selected;
    });
  }
}

/** Those of the objects that are in one of the namespaces, or may be because it is not known. */
function inNamespaces(
  objects: readonly KubernetesObject[] | undefined,
  namespaces: readonly (string | undefined)[],
): readonly KubernetesObject[] {
  return (objects ?? []).filter((object) => isIn(object.namespace, namespaces));
}

function serversIn<T extends StackServer>(
  servers: readonly T[] | undefined,
  namespaces: readonly (string | undefined)[],
): readonly T[] {
  return (servers ?? []).filter(({ workload }) => isIn(workload.namespace, namespaces));
}

function isIn(namespace: string | undefined, namespaces: readonly (string | undefined)[]): boolean {
  return namespace === undefined || namespaces.includes(namespace);
}
