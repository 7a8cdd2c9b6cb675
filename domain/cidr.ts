/** A range of IPv4 addresses. */
export interface Ipv4Range {
  /** The first address, as a number. */
  readonly first: number;
  /** How many addresses it holds. */
  readonly size: number;
  /** The length of the network prefix, 0 to 32. */
  readonly prefix: number;
}

const octet = "(0|[1-9]\\d{0,2})";
// No zero in front: some programs read such a number as octal.
const cidrPattern = new RegExp(`^${octet}\\.${octet}\\.${octet}\\.${octet}/(0|[1-9]\\d?)$`);

/** The range that a CIDR block such as `"10.0.0.0/20"` names; undefined when it names none. */
export function parseCidr(text: string): Ipv4Range | undefined {
  const match = cidrPattern.exec(text);
  if (match === null) {
    return undefined;
  }
  const [a = 0, b = 0, c = 0, d = 0, prefix = 0] = match.slice(1).map(Number);
  if ([a, b, c, d].some((octet) => octet > 255) || prefix > 32) {
    return undefined;
  }
  const first = ((a * 256 + b) * 256 + c) * 256 + d;
  const size = 2 ** (32 - prefix);
  // An address with host bits set is most often a typing error, and Google's API refuses it.
  return first % size === 0 ? { first, size, prefix } : undefined;
}

/** Whether two ranges share an address. */
export function overlaps(a: Ipv4Range, b: Ipv4Range): boolean {
  return a.first < b.first + b.size && b.first < a.first + a.size;
}

/** Whether every address of one range is in another. */
export function contains(outer: Ipv4Range, inner: Ipv4Range): boolean {
  return outer.first <= inner.first && inner.first + inner.size <= outer.first + outer.size;
}

/**
 * Ranges that the internet does not route: private, shared and documentation addresses, and those that Google Cloud
 * lets a network use as private ones.
 * @see https://cloud.google.com/vpc/docs/subnets#valid-ranges
 */
const unrouted: readonly Ipv4Range[] = [
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "240.0.0.0/4",
].flatMap((block) => parseCidr(block) ?? []);

/** How many addresses of the internet are in any of the ranges: each counts once, and none that is not routed. */
export function publicAddresses(ranges: readonly Ipv4Range[]): number {
  return sizeOfUnion([...ranges, ...unrouted]) - sizeOfUnion(unrouted);
}

/** How many addresses are in any of the ranges. */
function sizeOfUnion(ranges: readonly Ipv4Range[]): number {
  let size = 0;
  let end = 0;
  for (const range of ranges.toSorted((a, b) => a.first - b.first)) {
    const last = range.first + range.size;
    size += Math.max(0, last - Math.max(end, range.first));
    end = Math.max(end, last);
  }
  return size;
}
