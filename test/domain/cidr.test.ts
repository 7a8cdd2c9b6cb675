import { expect } from "chai";
import fc from "fast-check";

import {
  contains,
  overlaps,
  parseAnyCidr,
  parseCidr,
  publicAddresses,
  publicIpv6Addresses,
  type Cidr,
} from "../../domain/cidr.ts";

const block = (text: string): Cidr => {
  const parsed = parseAnyCidr(text);
  if (parsed === undefined) {
    throw new Error(`${text} was not read`);
  }
  return parsed;
};

describe("CIDR blocks", () => {
  const invalid = [
    ...["", "all", "192.0.2.0", "192.0.2.0/33", "256.0.0.0/8", "1.2.3/8", "01.0.0.0/8", "1.0.0.0/08"],
    ...["1.0.0.0/8 ", " 1.0.0.0/8", "1.0.0.0/-1", "1.0.0.0/8/8", "::", "::/129", "2001:db8::/032"],
    ...["1:2:3:4:5:6:7/64", "::1::/64", "g::/16", "::ffff:1.2.3.4.5/112"],
    // Host bits.
    ...["10.0.0.1/8", "8.8.8.8/0", "192.0.2.1/31", "2001:db8::1/64", "::ffff:10.0.0.1/104"],
  ];
  for (const text of invalid) {
    it(`do not include ${JSON.stringify(text)}`, () => {
      expect(parseAnyCidr(text)).to.equal(undefined);
      expect(parseCidr(text)).to.equal(undefined);
    });
  }

  it("have a first address, a size and a prefix", () => {
    expect(block("10.0.0.0/8")).to.deep.equal({
      first: (0xffffn << 32n) + (10n << 24n),
      size: 2n ** 24n,
      prefix: 8,
    });
    expect(block("2001:db8::/32")).to.deep.equal({ first: 0x20010db8n << 96n, size: 2n ** 96n, prefix: 32 });
    expect(block("::ffff:10.0.0.0/104")).to.deep.include({
      first: block("10.0.0.0/8").first,
      size: 2n ** 24n,
    });
  });

  it("are of IPv4 only where nothing else is asked for", () => {
    expect(parseCidr("10.0.0.0/8")).to.deep.equal(parseAnyCidr("10.0.0.0/8"));
    expect(parseCidr("2001:db8::/32")).to.equal(undefined);
    expect(parseCidr("::ffff:10.0.0.0/104")).to.equal(undefined);
  });

  it("contain their halves, which do not overlap", () => {
    fc.assert(
      fc.property(fc.nat(2 ** 32 - 1), fc.integer({ min: 0, max: 31 }), (address, prefix) => {
        const write = (first: number, length: number) =>
          block(`${[24, 16, 8, 0].map((bits) => Math.floor(first / 2 ** bits) % 256).join(".")}/${length}`);
        const size = 2 ** (32 - prefix);
        const first = address - (address % size);
        const [all, low, high] = [
          write(first, prefix),
          write(first, prefix + 1),
          write(first + size / 2, prefix + 1),
        ];
        expect([contains(all, low), contains(all, high), contains(low, all)]).to.deep.equal([
          true,
          true,
          false,
        ]);
        expect([overlaps(all, low), overlaps(all, high), overlaps(low, high)]).to.deep.equal([
          true,
          true,
          false,
        ]);
      }),
    );
  });

  it("have public addresses, each of which counts once, and none that is not routed", () => {
    expect(publicAddresses([block("8.0.0.0/8"), block("8.8.0.0/16")])).to.equal(2n ** 24n);
    expect(publicAddresses([block("10.0.0.0/8"), block("192.168.0.0/16")])).to.equal(0n);
    expect(publicAddresses([block("::ffff:8.0.0.0/104")])).to.equal(2n ** 24n);
    expect(publicAddresses([block("2400::/20")])).to.equal(0n);
    expect(publicIpv6Addresses([block("2400::/20"), block("2400::/21")])).to.equal(2n ** 108n);
    expect(publicIpv6Addresses([block("fd00::/8"), block("8.0.0.0/8")])).to.equal(0n);
  });
});
