import { expect } from "chai";
import fc from "fast-check";

import { renderFinding } from "../../domain/finding.ts";
import type * as Before from "../../components/config/before.ts";
import type * as Read from "../../components/config/read.ts";
import type { Settled } from "../../components/config/settled.ts";
import { MockEngine } from "../fixtures/mocks.ts";

const project = "zookeeper-environment";
const kubeconfig =
  "apiVersion: v1\nkind: Config\ncurrent-context: lab\nclusters: []\ncontexts: [{ name: lab, context: {} }]";

describe("a change of what stands", () => {
  let reading: typeof Before;
  let read: typeof Read;

  before(async () => {
    await MockEngine.start();
    reading = await import("../../components/config/before.ts");
    read = await import("../../components/config/read.ts");
  });

  type Values = Readonly<Record<string, string>>;
  const full = (values: Values): Record<string, string> =>
    Object.fromEntries(
      Object.entries({ "gcp:project": "my-project", ...values })
        .filter(([, value]) => value !== "")
        .map(([key, value]) => [key.includes(":") ? key : `${project}:${key}`, value]),
    );
  const interpret = (values: Values, settled?: Settled) =>
    read.interpretConfig(project, full(values), settled);
  /** What is wrong with the second configuration where the first one stands. */
  const change = (from: Values, to: Values): string[] =>
    interpret(to, interpret(from).settled).errors.map(renderFinding);
  const own = { "gcp:project": "", kubeconfig };

  it("is none where nothing changes, and none before the first update", () => {
    const configurations: readonly Values[] = [
      {},
      { servers: "5", nodeCount: "6" },
      own,
      { ...own, existingStorageClass: "fast" },
    ];
    for (const values of configurations) {
      expect(interpret(values).errors).to.deep.equal([]);
      expect(change(values, values)).to.deep.equal([]);
    }
  });

  for (const [key, value, was] of [
    ["gcp:project", "other-project", "my-project"],
    ["clusterName", "other", "zookeeper"],
    ["location", "us-central1-b", "us-central1-a"],
    ["nodeRange", "10.128.16.0/20", "10.128.0.0/20"],
    ["podRange", "10.140.0.0/16", "10.132.0.0/16"],
    ["serviceRange", "10.150.0.0/20", "10.136.0.0/20"],
    ["controlPlaneRange", "172.16.1.0/28", "172.16.0.0/28"],
    ["name", "other", "zk"],
    ["namespace", "elsewhere", "default"],
    ["storageClass", "fast", "zookeeper"],
    ["existingStorageClass", "standard", "zookeeper"],
  ] as const) {
    it(`of ${key} is rejected with what stands, unless the ensemble is given up`, () => {
      const faults = change({}, { [key]: value });
      expect(faults).to.have.length(1);
      expect(faults[0])
        .to.match(new RegExp(`^${key.includes(":") ? key : `${project}:${key}`} = "${value}"\n`))
        .and.to.contain(`keep `)
        .and.to.contain(`"${was}"`)
        .and.to.contain("protectEnsemble");
      expect(change({}, { [key]: value, protectEnsemble: "false" })).to.deep.equal([]);
    });
  }

  it("of the kind of cluster is rejected, without the kubeconfig", () => {
    const [away, ...rest] = change({}, own);
    expect(rest).to.deep.equal([]);
    expect(away).to.match(/kubeconfig = \[secret\]\n {2}The ensemble is on GKE cluster "zookeeper"/);
    const [back] = change(own, {});
    expect(back).to.match(/^gcp:project = "my-project"\n {2}The ensemble is on an existing cluster/);
  });

  it("of the nodes' addresses is made where it adds some", () => {
    expect(change({}, { nodeRange: "10.128.0.0/19" })).to.deep.equal([]);
  });

  it("of the size of volumes is made where they grow, in whatever unit, and never where they shrink", () => {
    expect(change({}, { volumeSize: "20Gi" })).to.deep.equal([]);
    expect(change({}, { volumeSize: "10240Mi" })).to.deep.equal([]);
    const [fault] = change({}, { volumeSize: "9Gi", protectEnsemble: "false" });
    expect(fault).to.contain(`${project}:volumeSize = "9Gi"\n  The volumes have "10Gi"`);
  });

  it("of an authority is made where it is a new one, and never back to one that was replaced", () => {
    for (const key of ["tlsAuthority", "clientTlsAuthority"]) {
      expect(change({}, { [key]: "2" })).to.deep.equal([]);
      const [fault] = change({ [key]: "3" }, { [key]: "2", protectEnsemble: "false" });
      expect(fault).to.contain(`${project}:${key} = 2\n  Authority 3 has replaced the earlier ones`);
    }
  });

  it("of the zones of nodes is made where it adds some, and rejected where it leaves out one", () => {
    const zones = (...letters: string[]) => ({
      location: "us-central1",
      nodeLocations: JSON.stringify(letters.map((letter) => `us-central1-${letter}`)),
      nodeCount: "6",
    });
    expect(change(zones("a", "b"), zones("a", "b", "c"))).to.deep.equal([]);
    expect(change(zones("b", "a"), zones("a", "b"))).to.deep.equal([]);
    const [fault] = change(zones("a", "b", "c"), zones("a", "c", "f"));
    expect(fault)
      .to.contain(`${project}:nodeLocations`)
      .and.contain("keep us-central1-a, us-central1-b, us-central1-c");
  });

  it("of the number of servers leaves at least a quorum of those there were, whoever wants less", () => {
    const odd = fc.integer({ min: 0, max: 4 }).map((n) => 2 * n + 1);
    const servers = (count: number) => ({ servers: String(count), nodeCount: "10" });
    fc.assert(
      fc.property(odd, odd, fc.boolean(), (from, to, protect) => {
        const faults = change(servers(from), { ...servers(to), protectEnsemble: String(protect) });
        const left = Math.min(from, to);
        const quorum = Math.floor(from / 2) + 1;
        // A second server could never join the first one.
        expect(faults).to.have.length(left >= quorum && (from > 1 || to === 1) ? 0 : 1);
        const step = /go to (\d+) first/.exec(faults[0] ?? "")?.[1];
        if (step === undefined) {
          return;
        }
        expect(Number(step)).to.be.lessThan(from).and.greaterThan(to);
        expect(change(servers(from), servers(Number(step)))).to.deep.equal([]);
      }),
    );
    expect(change(servers(3), servers(1))[0]).to.contain("keep 3; for fewer, use another stack");
    expect(change(servers(7), servers(3))[0]).to.contain("go to 5 first");
  });

  it("of the number of servers is made one server at a time, and says where it leads", () => {
    const servers = (count: number) => ({ servers: String(count), nodeCount: "12" });
    const walk = (from: number, to: number): number[] => {
      const { args, settled, errors } = interpret(servers(to), {
        ...interpret(servers(from)).settled,
        "ensemble.servers": from,
      });
      expect(errors).to.deep.equal([]);
      const now = args.ensemble?.servers ?? 0;
      expect(settled["ensemble.servers"]).to.equal(now);
      expect(args.ensemble?.scalingTo ?? 0).to.equal(now === to ? 0 : to);
      expect(settled["ensemble.scalingTo"]).to.equal(now === to ? undefined : to);
      return now === to ? [now] : [now, ...walk(now, to)];
    };
    expect(walk(3, 7)).to.deep.equal([4, 5, 6, 7]);
    expect(walk(7, 5)).to.deep.equal([6, 5]);
    expect(walk(4, 3)).to.deep.equal([3]);
  });

  describe("of the zones of servers", () => {
    const zones = (letters: string, servers: number): Values => ({
      location: "us-central1",
      nodeLocations: JSON.stringify(Array.from(letters).map((letter) => `us-central1-${letter}`)),
      servers: String(servers),
      nodeCount: "24",
    });
    const separate = (values: Values, settled?: Settled): boolean =>
      interpret(values, settled).args.ensemble?.separateZones === true;

    it("is none as long as there is one for every server of a new ensemble", () => {
      const first = zones("abc", 3);
      expect(separate(first)).to.equal(true);
      expect(separate(first, interpret(first).settled)).to.equal(true);
      expect(separate(zones("abcf", 3), interpret(first).settled)).to.equal(true);
    });

    it("ends with more servers than zones, and does not come back", () => {
      const three = interpret(zones("abc", 3)).settled;
      const four = interpret(zones("abc", 5), three);
      expect(four.args.ensemble?.servers).to.equal(4);
      expect(four.args.ensemble?.separateZones).to.equal(undefined);
      const five = interpret(zones("abc", 5), four.settled);
      const back = interpret(zones("abc", 3), interpret(zones("abc", 3), five.settled).settled);
      expect(back.args.ensemble?.servers).to.equal(3);
      expect(back.args.ensemble?.separateZones).to.equal(undefined);
      expect(back.errors).to.deep.equal([]);
    });

    it("never begins where volumes may be there: of an earlier version, of one zone, or of another stack", () => {
      const one = interpret({}).settled;
      const regional = { ...interpret(zones("abc", 3)).settled };
      delete (regional as Record<string, unknown>)["ensemble.separateZones"];
      expect(separate(zones("abc", 3), one)).to.equal(false);
      expect(separate(zones("abc", 3), regional)).to.equal(false);
      expect(separate({ ...zones("abc", 3), adopt: "any" })).to.equal(false);
      expect(separate(zones("ab", 3))).to.equal(false);
      expect(separate(zones("abc", 1))).to.equal(false);
      expect(separate({})).to.equal(false);
    });
  });

  it("takes what carries no owner for its own once it has made an ensemble, and keeps to the cluster it was on", () => {
    const first = interpret(own);
    expect(first.args.ensemble?.adopt).to.equal("none");
    expect(first.args.existing).not.to.have.property("id");
    const next = interpret(own, { ...first.settled, "existing.id": "uid-1" });
    expect(next.args.ensemble).to.include({ unmarked: true });
    expect(next.args.existing?.id).to.equal("uid-1");
    expect(next.settled["existing.id"]).to.equal("uid-1");
    expect(interpret({ ...own, adopt: "any" }, first.settled).args.ensemble?.adopt).to.equal("any");
  });

  it("tells all of its faults at once, with those of the configuration", () => {
    const faults = change({}, { name: "other", volumeSize: "1Gi", servers: "1", memroy: "2Gi" });
    expect(faults.map((fault) => fault.split(" = ")[0]).sort()).to.deep.equal(
      ["memroy", "name", "servers", "volumeSize"].map((key) => `${project}:${key}`),
    );
  });

  it("is compared with what the engine tells of the stack, of which it takes only what it can compare", () => {
    const settled = { "ensemble.name": "zk", "ensemble.servers": 3 };
    const outputs = { settled: { ...settled, more: { than: "that" } }, servers: ["zk-0"] };
    expect(reading.parseSettled({ name: "dev", outputs }, "settled")).to.deep.equal(settled);
    for (const nothing of [
      undefined,
      {},
      { outputs: {} },
      { outputs: { settled: "x" } },
      { outputs: null },
    ]) {
      expect(reading.parseSettled(nothing, "settled")).to.deep.equal({});
    }
  });
});
