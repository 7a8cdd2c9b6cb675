import { expect } from "chai";

import { describeHeap, heapProblem, parseHeap } from "../../cli/heap.ts";
import { report } from "../../cli/commands/status.ts";

const mntr = (data: number, znodes: number, pool = "Tenured Gen"): string =>
  [
    "zk_server_state\tfollower",
    `zk_znode_count\t${znodes}.0`,
    `zk_approximate_data_size\t${data.toExponential()}`,
    `zk_jvm_memory_pool_bytes_max{pool="Eden Space"}\t1.0`,
    `zk_jvm_memory_pool_bytes_max{pool="${pool}"}\t3.57957632E8`,
    "",
  ].join("\n");

describe("the memory of a server, from its answer to mntr", () => {
  for (const pool of ["Tenured Gen", "G1 Old Gen"]) {
    it(`is the database with what Java adds for each znode, and the room in ${pool}`, () => {
      expect(parseHeap(mntr(1e8, 1000, pool))).to.deep.equal({ database: 100_300_000, room: 357_957_632 });
    });
  }

  it("is the database alone where there are no metrics of Java", () => {
    const heap = parseHeap("zk_znode_count\t5\nzk_approximate_data_size\t44\n");
    expect(heap).to.deep.equal({ database: 1544, room: undefined });
    expect(heap && heapProblem("zk-0", heap)).to.equal(undefined);
    expect(heap && describeHeap("zk-0", heap)).to.equal("zk-0: the database takes 0 MiB");
  });

  it("is nothing where the server is in no quorum, or does not answer", () => {
    expect(parseHeap("This ZooKeeper instance is not currently serving requests\n")).to.equal(undefined);
    expect(parseHeap("")).to.equal(undefined);
  });

  it("is a problem before the database no longer fits", () => {
    const problem = (data: number) => {
      const heap = parseHeap(mntr(data, 0));
      return heap && heapProblem("default/zk-0", heap);
    };
    expect(problem(286_000_000)).to.equal(undefined);
    expect(problem(287_000_000)).to.match(
      /^default\/zk-0: the database takes 274 MiB of 341 MiB \(80 %\).*runbook/,
    );
  });

  it("makes a cluster unhealthy, and is in the report in any case", () => {
    const at = (database: number) =>
      report(
        { name: "c", location: "l" },
        {
          parts: [{ name: "control plane", memory: 0, services: [{ name: "etcd", runs: true }], logs: "" }],
          state: undefined,
          health: { problems: [], risks: [], others: [] },
          heaps: new Map([["default/zk-0", { database, room: 1000 }]]),
          backups: [],
        },
      );
    expect(at(900)).to.contain("  ! default/zk-0: the database takes 0 MiB of 0 MiB (90 %)");
    expect(at(900)).to.contain("on this machine: not healthy");
    expect(at(100)).to.contain("  default/zk-0: the database takes").and.not.to.contain("! default/zk-0");
  });
});
