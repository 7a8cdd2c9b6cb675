import { expect } from "chai";
import fc from "fast-check";
import * as pulumi from "@pulumi/pulumi";

import type * as Components from "../../components/index.ts";
import { MockEngine, pathsOf, thrownBy } from "../fixtures/mocks.ts";

const kubeconfig = "apiVersion: v1\nkind: Config\nclusters: []\ncurrent-context: lab\n";

/** Values of every type, such as stand in configurations, right for one setting and wrong for another. */
const value = fc.oneof(
  fc.constantFrom<unknown>(
    "1Gi",
    "512m",
    "zk",
    "us-central1-a",
    "10.0.0.0/8",
    "docker.io/library/zookeeper:3.9.5",
  ),
  fc.constantFrom<unknown>(1, 3, 5, 2000, true, false, null, [], ["us-central1-a"], {}),
  fc.string(),
  fc.double(),
);

/** Some of the settings of a part, each with any value; and now and then one that there is not. */
const part = (names: readonly string[]): fc.Arbitrary<Record<string, unknown>> =>
  fc.dictionary(
    fc.oneof({ weight: 20, arbitrary: fc.constantFrom(...names) }, { weight: 1, arbitrary: fc.string() }),
    value,
    { maxKeys: 1 },
  );

describe("what components reject", () => {
  let engine: MockEngine;
  let components: typeof Components;
  let environment: fc.Arbitrary<Components.ZooKeeperEnvironmentArgs>;

  before(async () => {
    engine = await MockEngine.start();
    components = await import("../../components/index.ts");
    const { ensembleDefaults } = await import("../../components/ensemble/args.ts");
    const { gkeDefaults } = await import("../../components/gke/args.ts");
    const { storageDefaults } = await import("../../components/storage/args.ts");
    const cluster = fc.oneof(
      part(Object.keys(gkeDefaults)).map((gke) => ({ gke: { project: "my-project", ...gke } })),
      part(["kubeconfig", "context"]).map((existing) => ({ existing: { kubeconfig, ...existing } })),
    );
    environment = fc
      .tuple(cluster, part(Object.keys(storageDefaults)), part(["name", ...Object.keys(ensembleDefaults)]))
      // What is generated has the wrong types on purpose.
      .map(([place, storage, ensemble]) => ({ ...place, storage, ensemble }));
  });

  beforeEach(async () => {
    engine = await MockEngine.start();
  });

  it("is rejected with keys, and registers nothing; the rest is made", async () => {
    const seen = { rejected: 0, made: 0 };
    await fc.assert(
      fc.asyncProperty(environment, async (args) => {
        engine = await MockEngine.start();
        let paths: string[] = [];
        try {
          new components.ZooKeeperEnvironment("any", args);
        } catch (error) {
          // What is no rejection is thrown again.
          paths = pathsOf(error);
          expect(paths).not.to.deep.equal([]);
        }
        await engine.settled();
        for (const path of paths) {
          expect(path).to.match(/^(gke|existing|storage|ensemble)\./);
        }
        expect(engine.registered.length > 0).to.equal(paths.length === 0);
        seen[paths.length === 0 ? "made" : "rejected"]++;
      }),
      { numRuns: 200 },
    );
    expect(seen.rejected, "rejected").to.be.greaterThan(20);
    expect(seen.made, "made").to.be.greaterThan(5);
  });

  for (const { args, path } of [
    { args: { ensemble: { heap: pulumi.output("9g"), namespace: "data" } }, path: "ensemble.heap" },
    { args: { ensemble: { memory: pulumi.output("3Gi") } }, path: "ensemble.memory" },
    { args: { gke: { project: "my-project", nodeCount: pulumi.output(2) } }, path: "ensemble.servers" },
    { args: { storage: { reclaimPolicy: Promise.resolve("Never") } }, path: "storage.reclaimPolicy" },
  ]) {
    it(`makes no resource where ${path} turns out wrong when everything is known`, async () => {
      const errors = await rejectionsOf(async () => {
        new components.ZooKeeperEnvironment("late", { gke: { project: "my-project" }, ...args });
        await engine.settled();
      });
      expect(errors.flatMap(pathsOf)).to.include(path);
      expect(engine.registered.filter(({ type }) => !type.startsWith("zookeeper:"))).to.deep.equal([]);
    });
  }

  it("makes no resource of an ensemble alone that turns out wrong, not even its namespace", async () => {
    const errors = await rejectionsOf(async () => {
      new components.ZooKeeperEnsemble("zk", { heap: pulumi.output("9g"), namespace: "data" });
      await engine.settled();
    });
    expect(errors.flatMap(pathsOf)).to.include("heap");
    expect(engine.registered.map(({ type }) => type)).to.deep.equal(["zookeeper:ensemble:ZooKeeperEnsemble"]);
  });

  it("is told by the command line without a stack trace, and by the message alone", async () => {
    const error = thrownBy(() => new components.ZooKeeperEnsemble("zk", { servers: 2 }));
    expect(pulumi.RunError.isInstance(error)).to.equal(true);
    const late = await rejectionsOf(async () => {
      new components.ZooKeeperEnsemble("zk", { heap: pulumi.output("9g") });
      await engine.settled();
    });
    expect(String(late[0])).to.match(
      /^Error: Invalid arguments for ZooKeeper ensemble zk:\n {2}heap = "9g"\n/,
    );
  });

  it("is a typing error in a name, with what was meant", () => {
    const args: object = { severs: 5 };
    const error = thrownBy(() => new components.ZooKeeperEnsemble("zk", args));
    expect(pathsOf(error)).to.deep.equal(["severs"]);
    expect(String(error)).to.contain("did you mean servers?");
  });

  it("shows no value of a name that there is not, nor an object: both may hold a secret", () => {
    for (const args of [
      { password: "s3cret" },
      { password: { token: "s3cret" } },
      { image: { token: "s3cret" } },
      { heap: [{ token: "s3cret" }] },
      { image: "a\ntoken: s3cret" },
    ] as object[]) {
      const error = thrownBy(() => new components.ZooKeeperEnsemble("zk", args));
      expect(pathsOf(error)).to.deep.equal(Object.keys(args));
      expect(String(error)).not.to.contain("s3cret");
    }
  });

  it("is no kubeconfig in JSON, on one line or on several", () => {
    const config = { clusters: [], contexts: [], "current-context": "lab" };
    for (const indent of [0, 2]) {
      new components.ExistingCluster(`lab${indent}`, {
        kubeconfig: JSON.stringify(config, undefined, indent),
      });
    }
  });

  it("is a kubeconfig without the context that is meant", () => {
    const rejectedPaths = (args: Components.ExistingClusterArgs): string[] =>
      pathsOf(thrownBy(() => new components.ExistingCluster("lab", args)));
    expect(rejectedPaths({ kubeconfig: '{"clusters":[],"current-context":""}' })).to.deep.equal(["context"]);
    expect(rejectedPaths({ kubeconfig, context: "other" })).to.deep.equal(["context"]);
  });

  it("is a kubeconfig that is none, in a program's own cluster too, and it is not shown", () => {
    const error = thrownBy(() => new components.ExistingCluster("lab", { kubeconfig: "token: s3cret" }));
    expect(pathsOf(error)).to.deep.equal(["kubeconfig"]);
    expect(String(error)).not.to.contain("s3cret");
  });
});

/** What a run of the program leaves unhandled: on the command line, it ends the program. */
async function rejectionsOf(program: () => Promise<void>): Promise<unknown[]> {
  const listeners = process.listeners("unhandledRejection");
  const errors = new Set<unknown>();
  const note = (error: unknown): void => {
    errors.add(error);
  };
  process.removeAllListeners("unhandledRejection").on("unhandledRejection", note);
  try {
    await program();
    // Node tells of them after the microtasks of a turn.
    await new Promise((resolve) => setTimeout(resolve, 50));
  } finally {
    process.removeListener("unhandledRejection", note);
    for (const listener of listeners) {
      process.on("unhandledRejection", listener);
    }
  }
  return [...errors];
}
