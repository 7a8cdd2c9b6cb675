import { isIPv4, isIPv6 } from "node:net";

/**
 * A block of addresses, as numbers of 128 bits: IPv4 addresses are mapped into IPv6
 * (`::ffff:0:0/96`).
 */
export interface Cidr {
  /** The first address. */
  readonly first: bigint;
  /** How many addresses it holds. */
  readonly size: bigint;
  /** The length of the network prefix as written: 0 to 32 for IPv4, 0 to 128 for IPv6. */
  readonly prefix: number;
}

/** The first of the IPv6 addresses into which IPv4 is mapped. */
const mapped = 0xffffn << 32n;

function ipv4Number(text: string): bigint {
  return text.split(".").reduce((number, part) => number * 256n + BigInt(part), 0n);
}

function ipv6Number(text: string): bigint {
  // The last 32 bits may be written as an IPv4 address.
  const tail = text.slice(text.lastIndexOf(":") + 1);
  const words = isIPv4(tail)
    ? text.slice(0, -tail.length) +
      [ipv4Number(tail) >> 16n, ipv4Number(tail) & 0xffffn].map((word) => word.toString(16)).join(":")
    : text;
  const [head = [], tailWords = []] = words.split("::").map((part) => (part === "" ? [] : part.split(":")));
  const zeros = Array.from({ length: 8 - head.length - tailWords.length }, () => "0");
  const all = [...head, ...zeros, ...tailWords];
  return all.reduce((number, word) => number * 0x10000n + BigInt(`0x${word}`), 0n);
}

/**
 * The block that a CIDR of IPv4 or IPv6 such as `"10.0.0.0/20"` names; undefined if it names none, or an address with
 * host bits set: Google's provider rejects such a block, which is most often a typing error.
 */
export function parseAnyCidr(text: string): Cidr | undefined {
  // No zero in front of a number: some programs read it as octal.
  const [, address = "", length = ""] = /^([0-9A-Fa-f:.]{2,45})\/(0|[1-9]\d{0,2})$/.exec(text) ?? [];
  const isFour = isIPv4(address);
  if (!isFour && !isIPv6(address)) {
    return undefined;
  }
  const prefix = Number(length);
  const bits = isFour ? 32 : 128;
  if (prefix > bits) {
    return undefined;
  }
  const size = 1n << BigInt(bits - prefix);
  const first = isFour ? mapped + ipv4Number(address) : ipv6Number(address);
  return first % size === 0n ? { first, size, prefix } : undefined;
}

/** The block that an IPv4 CIDR names; undefined for any other text. See {@link parseAnyCidr}. */
export function parseCidr(text: string): Cidr | undefined {
  return text.includes(":") ? undefined : parseAnyCidr(text);
}

/** Whether two blocks share an address. */
export function overlaps(a: Cidr, b: Cidr): boolean {
  return a.first < b.first + b.size && b.first < a.first + a.size;
}

/** Whether every address of one block is in another. */
export function contains(outer: Cidr, inner: Cidr): boolean {
  return outer.first <= inner.first && inner.first + inner.size <= outer.first + outer.size;
}

/** A part of all addresses. */
type Range = readonly [first: bigint, end: bigint];

const rangeOf = ({ first, size }: Cidr): Range => [first, first + size];

const ranges = (...blocks: readonly string[]): readonly Range[] =>
  blocks.flatMap((block) => parseAnyCidr(block) ?? []).map(rangeOf);

/**
 * Addresses that the internet does not route: private, shared and documentation addresses, and those that Google Cloud
 * lets a network use as private ones.
 * @see https://cloud.google.com/vpc/docs/subnets#valid-ranges
 */
const unrouted = ranges(
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
);

/** All IPv4 addresses, and the IPv6 addresses that the internet routes. */
const [everyIpv4, routedIpv6] = [ranges("::ffff:0:0/96"), ranges("2000::/3")];

const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** How many addresses are in any of the ranges; a range that does not end after its first address has none. */
function sizeOfUnion(all: readonly Range[]): bigint {
  let size = 0n;
  let reached = 0n;
  for (const [first, end] of all.toSorted(([a], [b]) => Number(a - b))) {
    size += larger(end - larger(first, reached), 0n);
    reached = larger(end, reached);
  }
  return size;
}

/** What each range and each of the bounds share; a range without addresses if that is nothing. */
function within(all: readonly Range[], bounds: readonly Range[]): readonly Range[] {
  return all.flatMap(([first, end]) =>
    bounds.map(([from, to]): Range => [larger(first, from), smaller(end, to)]),
  );
}

/** How many IPv4 addresses of the internet are in any of the blocks: each counts once, and only if it is routed. */
export function publicAddresses(blocks: readonly Cidr[]): bigint {
  const all = within(blocks.map(rangeOf), everyIpv4);
  return sizeOfUnion([...all, ...unrouted]) - sizeOfUnion(unrouted);
}

/** How many IPv6 addresses of the internet are in any of the blocks: each counts once, and only if it is routed. */
export function publicIpv6Addresses(blocks: readonly Cidr[]): bigint {
  return sizeOfUnion(within(blocks.map(rangeOf), routedIpv6));
}

/**
 * The most IPv4 addresses of the internet that may reach an API server: a /8. No registry has given one organisation
 * more at once, so a larger range holds strangers.
 */
export const mostPublicAddresses = 2n ** 24n;

/** The most IPv6 addresses: a /20, which is as much as the largest networks have. */
export const mostPublicIpv6Addresses = 2n ** 108n;
