/** A range of IPv4 addresses. */
export interface Ipv4Range {
  /** The first address, as a number. */
  readonly first: number;
  /** How many addresses it holds. */
  readonly size: number;
  /** The length of the network prefix, 0 to 32. */
  readonly prefix: number;
}

/** The range that a CIDR block such as `"10.0.0.0/20"` names; undefined when it names none. */
export function parseCidr(text: string): Ipv4Range | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
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
