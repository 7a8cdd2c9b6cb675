import { entries, Field, items, known } from "../reading/field.ts";
import type { KubernetesObject } from "./object.ts";
import { portIn } from "./services.ts";

/** A Service that a route leads to. */
export interface Backend {
  /** The Service's name. */
  readonly name: Field;
  /** The Service's namespace; undefined or absent means the route's. */
  readonly namespace?: Field;
  /** The Service's port, by number or name. */
  readonly port: number | string | undefined;
}

/** The fields at a path in which `*` is each element of a list. */
function fieldsAt(root: Field, path: string): readonly Field[] {
  return path
    .split(".")
    .reduce<readonly Field[]>(
      (fields, key) =>
        fields.flatMap((field) => (key === "*" ? (field.unknown ? field : items(field)) : field.at(key))),
      [root],
    );
}

/** A backend of an Ingress, in the form of today or that of `extensions/v1beta1`. */
function ingressBackend(field: Field): Backend {
  const service = field.at("service");
  const port = [service.at("port", "number"), service.at("port", "name"), field.at("servicePort")];
  return {
    name: service.absent ? field.at("serviceName") : service.at("name"),
    port: port.map(portIn).find((found) => found !== undefined),
  };
}

/** A reference to a Service by name, namespace and port. */
function reference(field: Field): Backend {
  return { name: field.at("name"), namespace: field.at("namespace"), port: portIn(field.at("port")) };
}

/** Whether a reference is one to a Service, of this cluster or another of the fleet. */
function isService(field: Field): boolean {
  const kind = known(field.at("kind").string()) ?? "Service";
  return kind === "Service" || kind === "ServiceImport";
}

/** Where the routes of the Gateway API name the Services that get their requests, or a copy of them. */
const gatewayPaths = [
  "spec.rules.*.backendRefs.*",
  "spec.rules.*.filters.*.requestMirror.backendRef",
  "spec.rules.*.backendRefs.*.filters.*.requestMirror.backendRef",
];

const ingressPaths = ["spec.defaultBackend", "spec.backend", "spec.rules.*.http.paths.*.backend"];

const istioPaths = [
  ...["tcp", "tls", "http"].map((protocol) => `spec.${protocol}.*.route.*.destination`),
  "spec.http.*.mirror",
  "spec.http.*.mirrors.*.destination",
];

/** A kind of object that leads requests from outside the cluster to Services. */
interface RouteKind {
  readonly group: string;
  readonly kind: string;
  /** The Services, as far as they can be seen; one whose name is unknown may be any. */
  readonly backends: (root: Field) => readonly Backend[];
}

function fieldsAtAll(root: Field, paths: readonly string[]): readonly Field[] {
  return paths.flatMap((path) => fieldsAt(root, path)).filter((field) => !field.absent);
}

function references(root: Field, paths: readonly string[]): readonly Backend[] {
  return fieldsAtAll(root, paths).filter(isService).map(reference);
}

/** The destinations of an Istio route, unless it is for requests inside the mesh only, as it is by default. */
function istioBackends(root: Field): readonly Backend[] {
  const gateways = root.at("spec", "gateways");
  const fromOutside =
    gateways.unknown || items(gateways).some((gateway) => known(gateway.string()) !== "mesh");
  return (fromOutside ? fieldsAtAll(root, istioPaths) : []).flatMap((destination): Backend[] => {
    const host = destination.at("host");
    const port = portIn(destination.at("port", "number"));
    const name = known(host.string());
    if (name === undefined) {
      return [{ name: host, port }];
    }
    // `zk`, `zk.default` or `zk.default.svc.cluster.local`; any other host is not a Service.
    const [service, namespace, svc = "svc"] = name.split(".", 3);
    return svc === "svc"
      ? [{ name: new Field(service, host.path), namespace: new Field(namespace, host.path), port }]
      : [];
  });
}

/** The Services to which ingress-nginx forwards TCP ports: `"2181": default/zk:2181` in its ConfigMap. */
function nginxBackends(root: Field): readonly Backend[] {
  return [...entries(root.at("data"))].flatMap(([key, field]): Backend[] => {
    const value = /^\d{1,5}$/.test(key) ? (known(field.string()) ?? "") : "";
    const [, namespace, service, port] =
      /^([a-z0-9-]{1,63})\/([a-z0-9-]{1,63}):([\w-]{1,63})/.exec(value) ?? [];
    return namespace === undefined
      ? []
      : [
          {
            name: new Field(service, field.path),
            namespace: new Field(namespace, field.path),
            port: portIn(new Field(port)),
          },
        ];
  });
}

/**
 * The kinds of routes that are known here.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/ingress/
 * @see https://gateway-api.sigs.k8s.io/reference/spec/
 * @see https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/crd/tcp/ingressroutetcp/
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/
 * @see https://kubernetes.github.io/ingress-nginx/user-guide/exposing-tcp-udp-services/
 */
export const routeKinds: readonly RouteKind[] = [
  ...["networking.k8s.io", "extensions"].map((group) => ({
    group,
    kind: "Ingress",
    backends: (root: Field) => fieldsAtAll(root, ingressPaths).map(ingressBackend),
  })),
  ...["HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute"].map((kind) => ({
    group: "gateway.networking.k8s.io",
    kind,
    backends: (root: Field) => references(root, gatewayPaths),
  })),
  ...["traefik.io", "traefik.containo.us"].flatMap((group) =>
    ["IngressRoute", "IngressRouteTCP", "IngressRouteUDP"].map((kind) => ({
      group,
      kind,
      backends: (root: Field) => references(root, ["spec.routes.*.services.*"]),
    })),
  ),
  { group: "networking.istio.io", kind: "VirtualService", backends: istioBackends },
  { group: "", kind: "ConfigMap", backends: nginxBackends },
];

/** Classes of Gateways and Ingresses that have their load balancers inside the network. */
const internalClass = /(^|-)(rilb|internal)(-|$)/;

/**
 * Whether nothing outside the network can take the route: it is an Ingress of an internal class, or all Gateways
 * that it hangs on are in the stack and of such a class.
 *
 * @see https://cloud.google.com/kubernetes-engine/docs/concepts/gateway-api#gatewayclass
 */
export function isInternalRoute(route: KubernetesObject, gateways: readonly KubernetesObject[]): boolean {
  if (route.kind === "Ingress") {
    const named = route.root.at("spec", "ingressClassName");
    const noted = route.root.at("metadata", "annotations", "kubernetes.io/ingress.class");
    return internalClass.test(known(named.string()) ?? known(noted.string()) ?? "");
  }
  const parents = items(route.root.at("spec", "parentRefs"));
  return (
    parents.length > 0 &&
    parents.every((parent) => {
      const namespace = known(parent.at("namespace").string()) ?? route.namespace;
      const gateway = gateways.find(
        (candidate) =>
          candidate.name === known(parent.at("name").string()) && candidate.namespace === namespace,
      );
      const gatewayClass = gateway?.root.at("spec", "gatewayClassName").string();
      return gatewayClass !== undefined && internalClass.test(known(gatewayClass) ?? "");
    })
  );
}

/** Whether the route steers requests inside a service mesh only: all that it hangs on are Services. */
export function isMeshRoute(route: KubernetesObject): boolean {
  const parents = items(route.root.at("spec", "parentRefs"));
  return parents.length > 0 && parents.every((parent) => known(parent.at("kind").string()) === "Service");
}
