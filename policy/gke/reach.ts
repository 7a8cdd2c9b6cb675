import { isIPv4, isIPv6 } from "node:net";

/**
 * A block of addresses, as numbers of 128 bits: IPv4 addresses are the IPv6 ones that stand for them
 * (`::ffff:0:0/96`).
 */
export interface Block {
  readonly first: bigint;
  readonly size: bigint;
  /** Whether it is all addresses of its kind: a prefix of length 0. */
  readonly everything: boolean;
}

/** The first of the IPv6 addresses that stand for IPv4 ones. */
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

/** The block that a CIDR text names; host bits do not count. Undefined if it names none. */
export function parseBlock(text: string): Block | undefined {
  const [, address = "", length = ""] = /^([0-9A-Fa-f:.]{2,45})\/(\d{1,3})$/.exec(text) ?? [];
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
  const number = isFour ? mapped + ipv4Number(address) : ipv6Number(address);
  return { first: number - (number % size), size, everything: prefix === 0 };
}

/** Some of all addresses. */
type Range = readonly [first: bigint, end: bigint];

const rangeOf = ({ first, size }: Block): Range => [first, first + size];

const ranges = (...blocks: readonly string[]): readonly Range[] =>
  blocks.flatMap((block) => {
    const parsed = parseBlock(block);
    return parsed === undefined ? [] : [rangeOf(parsed)];
  });

/** How many addresses are in any of the ranges. */
function sizeOfUnion(all: readonly Range[]): bigint {
  let size = 0n;
  let reached = 0n;
  for (const [first, end] of all.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))) {
    const from = first > reached ? first : reached;
    if (end > from) {
      size += end - from;
    }
    if (end > reached) {
      reached = end;
    }
  }
  return size;
}

/**
 * Addresses that the internet does not route: private, shared and documentation ones, and those that Google Cloud lets
 * a network use as private ones.
 *
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

/** All that stands for IPv4, and what the internet routes of IPv6. */
const [everyIpv4, routedIpv6] = [ranges("::ffff:0:0/96"), ranges("2000::/3")];

function within(all: readonly Range[], bounds: readonly Range[]): readonly Range[] {
  return all.flatMap(([first, end]) =>
    bounds.flatMap(([from, to]): readonly Range[] => {
      const [a, b] = [first > from ? first : from, end < to ? end : to];
      return a < b ? [[a, b]] : [];
    }),
  );
}

/** How many addresses of the internet are in any of the blocks: each counts once, and none that is not routed. */
export function publicAddresses(blocks: readonly Block[]): { readonly ipv4: bigint; readonly ipv6: bigint } {
  const all = blocks.map(rangeOf);
  return {
    ipv4: sizeOfUnion([...within(all, everyIpv4), ...unrouted]) - sizeOfUnion(unrouted),
    ipv6: sizeOfUnion(within(all, routedIpv6)),
  };
}

/**
 * The most addresses of the internet that know each other: a /8 of IPv4, as no registry has given one organisation
 * more at once, and a /20 of IPv6, which is as much as the largest networks have. Larger ranges hold strangers.
 */
export const most = { ipv4: 1n << 24n, ipv6: 1n << 108n };
