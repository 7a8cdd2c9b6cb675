import { isRegion } from "../../google/locations.ts";
import { numericId } from "../../google/numeric-ids.ts";
import {
  ipv4Range,
  isIpv4Range,
  list,
  matching,
  oneOf,
  project,
  properties,
  rangeContains,
  rangesOverlap,
  required,
  text,
} from "../values.ts";
import type { Properties, Rule } from "../values.ts";
import { computeLink, recordedKind } from "./recorded.ts";

/** Names of Compute Engine resources. @see https://cloud.google.com/compute/docs/naming-resources */
const named = (property: string): Rule =>
  matching(property, /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/, "a Compute Engine name of at most 63 characters");

const computeName = named("name");

const region: Rule = {
  property: "region",
  must: "one of Google's regions",
  error: (value) =>
    typeof value === "string" && isRegion(value)
      ? undefined
      : `googleapi: Error 400: Invalid value for field 'region': '${text(value) ?? ""}'. Unknown region., invalid`,
};

const fingerprint = (id: string): string => Buffer.from(numericId(id, 8)).toString("base64");
const createdAt = (): string => new Date().toISOString();

function regional(kind: string): (inputs: Properties) => string {
  return (inputs) =>
    `projects/${text(inputs["project"]) ?? ""}/regions/${text(inputs["region"]) ?? ""}/${kind}/${text(inputs["name"]) ?? ""}`;
}

/** A VPC network: validated and recorded. */
export const network = recordedKind({
  token: "gcp:compute/network:Network",
  rules: [...project, computeName, oneOf("routingMode", ["REGIONAL", "GLOBAL"])],
  lacks: "routes, firewalls and automatic subnetworks",
  source: "services/compute/resource_compute_network.go",
  defaults: () => ({ autoCreateSubnetworks: true }),
  replaceOn: ["name", "project", "autoCreateSubnetworks", "description"],
  id: (inputs) => `projects/${text(inputs["project"]) ?? ""}/global/networks/${text(inputs["name"]) ?? ""}`,
  computed: (_inputs, id) => ({ selfLink: computeLink(id), numericId: numericId(id, 19), gatewayIpv4: "" }),
});

const secondaryRanges: Rule = {
  property: "secondaryIpRanges",
  must: "IPv4 ranges",
  error: (value) => {
    const wrong = list(value).find((range) => {
      const cidr = properties(range)["ipCidrRange"];
      return text(cidr) !== undefined && !isIpv4Range(cidr);
    });
    return wrong === undefined
      ? undefined
      : `googleapi: Error 400: Invalid value for field 'resource.secondaryIpRanges[].ipCidrRange': ` +
          `'${text(properties(wrong)["ipCidrRange"]) ?? ""}'. Invalid IPCidrRange., invalid`;
  },
};

const apart: Rule = {
  property: "secondaryIpRanges",
  must: "apart from each other and from `ipCidrRange`",
  error: (value, inputs) => {
    const ranges = [inputs["ipCidrRange"], ...list(value).map((range) => properties(range)["ipCidrRange"])];
    const known = ranges.flatMap((range) => (isIpv4Range(range) ? [String(range)] : []));
    const pair = known.flatMap((range, index) =>
      known.slice(index + 1).flatMap((other) => (rangesOverlap(range, other) ? [[range, other]] : [])),
    )[0];
    return pair === undefined
      ? undefined
      : `googleapi: Error 400: Invalid IPCidrRange: ${pair[1] ?? ""} conflicts with existing range ${pair[0] ?? ""}., invalid`;
  },
};

const isNotExpanded = (before: unknown, after: unknown): boolean =>
  isIpv4Range(before) && isIpv4Range(after) && !rangeContains(String(after), String(before));

/** A subnetwork: validated and recorded; the local cluster's addresses are its own. */
export const subnetwork = recordedKind({
  token: "gcp:compute/subnetwork:Subnetwork",
  rules: [
    ...project,
    required("network"),
    computeName,
    region,
    required("ipCidrRange"),
    ipv4Range("ipCidrRange"),
    secondaryRanges,
    apart,
  ],
  lacks: "its addresses: the local cluster's are from 198.18.0.0/15",
  source: "services/compute/resource_compute_subnetwork.go",
  replaceOn: ["name", "project", "region", "network"],
  // A larger range is an expansion in place.
  replaceWhere: {
    ipCidrRange: { where: "where the new range does not contain the old one", is: isNotExpanded },
  },
  refersTo: ["network"],
  id: regional("subnetworks"),
  computed: (inputs, id) => ({
    selfLink: computeLink(id),
    fingerprint: fingerprint(id),
    creationTimestamp: createdAt(),
    gatewayAddress: (text(inputs["ipCidrRange"]) ?? "").replace(/\d+\/\d+$/, "1"),
  }),
});

/** A Cloud Router: validated and recorded. */
export const router = recordedKind({
  token: "gcp:compute/router:Router",
  rules: [...project, required("network"), computeName, region],
  lacks: "BGP",
  source: "services/compute/resource_compute_router.go",
  replaceOn: ["name", "project", "region", "network"],
  refersTo: ["network"],
  id: regional("routers"),
  computed: (_inputs, id) => ({ selfLink: computeLink(id), creationTimestamp: createdAt() }),
});

/** A NAT of a Cloud Router: validated and recorded; local nodes need none. */
export const routerNat = recordedKind({
  token: "gcp:compute/routerNat:RouterNat",
  rules: [
    ...project,
    required("router"),
    named("router"),
    computeName,
    region,
    oneOf("natIpAllocateOption", ["AUTO_ONLY", "MANUAL_ONLY"]),
    oneOf("sourceSubnetworkIpRangesToNat", [
      "ALL_SUBNETWORKS_ALL_IP_RANGES",
      "ALL_SUBNETWORKS_ALL_PRIMARY_IP_RANGES",
      "LIST_OF_SUBNETWORKS",
    ]),
    required("sourceSubnetworkIpRangesToNat"),
  ],
  lacks: "translation: local nodes reach nothing beyond the machine",
  source: "services/compute/resource_compute_router_nat.go",
  replaceOn: ["name", "project", "region", "router"],
  id: (inputs) =>
    `${text(inputs["project"]) ?? ""}/${text(inputs["region"]) ?? ""}/${text(inputs["router"]) ?? ""}/${text(inputs["name"]) ?? ""}`,
  computed: () => ({}),
});
