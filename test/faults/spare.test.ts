import { expect } from "chai";
import fc from "fast-check";

import { spare } from "../../faults/catalogue/rollout-while-down.ts";
import { seededRandom } from "../../faults/random.ts";
import type { Server } from "../../faults/servers.ts";

function server(ordinal: number): Server {
  const pod = `zk-${ordinal}`;
  return { pod, uid: pod, ip: "", node: "", ready: true, leaving: false, restarts: 0, answersOutside: true };
}

describe("the servers that an ensemble loses before a roll-out", () => {
  const ensembles = fc.record({
    size: fc.constantFrom(3, 5, 7, 11, 13),
    led: fc.nat(12),
    seed: fc.nat(),
  });

  it("are as many as it can lose, no leader, and not the one that the roll-out begins with", () => {
    fc.assert(
      fc.property(ensembles, ({ size, led, seed }) => {
        const servers = Array.from({ length: size }, (_, n) => server(n));
        const leader = server(led % size);
        const followers = servers.filter(({ pod }) => pod !== leader.pod);
        const { lost, first } = spare(leader, followers, seededRandom(seed));
        expect(first.pod).to.equal(`zk-${size - 1}`);
        const pods = new Set(lost.map(({ pod }) => pod));
        expect(pods).to.have.lengthOf((size - 1) / 2);
        expect(pods.has(leader.pod)).to.equal(false);
        expect(pods.has(first.pod)).to.equal(false);
      }),
    );
  });

  it("are none of a single server", () => {
    expect(() => spare(server(0), [], seededRandom(1))).to.throw("can lose none");
  });
});
