import { items, known, type Field } from "../reading/field.ts";
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

/** Whether a reference of the Gateway API is one to a Service, of this cluster or another of the fleet. */
function isService(field: Field): boolean {
  const kind = known(field.at("kind").string()) ?? "Service";
  return kind === "Service" || kind === "ServiceImport";
}

const gatewayGroup = "gateway.networking.k8s.io";

/** Where the routes of the Gateway API name the Services that get their requests, or a copy of them. */
const gatewayPaths = [
  "spec.rules.*.backendRefs.*",
  "spec.rules.*.filters.*.requestMirror.backendRef",
  "spec.rules.*.backendRefs.*.filters.*.requestMirror.backendRef",
];

const ingressPaths = ["spec.defaultBackend", "spec.backend", "spec.rules.*.http.paths.*.backend"];

/** A kind of object that leads requests from outside the cluster to Services. */
interface RouteKind {
  readonly group: string;
  readonly kind: string;
  readonly paths: readonly string[];
  readonly read: (field: Field) => Backend;
}

const gatewayRoute = (kind: string): RouteKind => ({
  group: gatewayGroup,
  kind,
  paths: gatewayPaths,
  read: reference,
});

/**
 * The kinds of routes that are known here.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/ingress/
 * @see https://gateway-api.sigs.k8s.io/reference/spec/
 */
export const routeKinds: readonly RouteKind[] = [
  { group: "networking.k8s.io", kind: "Ingress", paths: ingressPaths, read: ingressBackend },
  { group: "extensions", kind: "Ingress", paths: ingressPaths, read: ingressBackend },
  ...["HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute"].map(gatewayRoute),
];

/** The Services that a route leads to, as far as they can be seen; one whose name is unknown may be any. */
export function backendsOf(route: KubernetesObject, { group, paths, read }: RouteKind): readonly Backend[] {
  return paths
    .flatMap((path) => fieldsAt(route.root, path))
    .filter((field) => !field.absent && (group !== gatewayGroup || isService(field)))
    .map(read);
}

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
