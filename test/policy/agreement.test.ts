import { expect } from "chai";
import fc from "fast-check";

import { checkGke } from "../../components/gke/check.ts";
import type * as Components from "../../components/index.ts";
import { Report } from "../../components/validation/report.ts";
import { policies } from "../../policy/policies.ts";
import { gkeCluster } from "../../policy/rules/gke-cluster.ts";
import { cluster } from "../fixtures/policy/ensemble.ts";
import { changed, validate } from "../fixtures/policy/harness.ts";
import { registeredBy } from "./registered.ts";

/** How bad a configuration is taken to be. */
const levels = ["nothing", "warning", "error"] as const;
type Level = (typeof levels)[number];

interface Question {
  readonly gke?: Partial<Components.GkeClusterArgs>;
  readonly storage?: Components.ZooKeeperStorageClassArgs;
  readonly ensemble?: Components.ZooKeeperEnsembleArgs;
  /** @default "dev" */
  readonly stack?: string;
}

/** What the program makes of it: the worst that it says. */
async function programLevel(args: Components.ZooKeeperEnvironmentArgs, stack: string): Promise<Level> {
  const { knownSettings } = await import("../../components/environment/args.ts");
  const { checkEnvironment } = await import("../../components/environment/check.ts");
  const report = new Report();
  checkEnvironment(knownSettings(args), report, stack);
  if (report.errors.length > 0) {
    return "error";
  }
  return report.warnings.length > 0 ? "warning" : "nothing";
}

/** What the pack makes of what the program registers, in a first preview: the policies that find something. */
async function packFindings(
  args: Components.ZooKeeperEnvironmentArgs,
  stack: string,
): Promise<{ level: Level; found: string[] }> {
  const registered = await registeredBy(args, true);
  const found = policies.filter((policy) => validate(policy, registered, { stack }).violations.length > 0);
  const mandatory = found.some(({ enforcementLevel }) => enforcementLevel !== "advisory");
  const level = found.length === 0 ? "nothing" : mandatory ? "error" : "warning";
  return { level, found: found.map(({ name }) => name) };
}

const argsOf = ({ gke, storage, ensemble }: Question): Components.ZooKeeperEnvironmentArgs => ({
  gke: { project: "my-project", ...gke },
  ...(storage && { storage }),
  ...(ensemble && { ensemble }),
});

const threeZones = {
  location: "europe-west1",
  nodeLocations: ["europe-west1-b", "europe-west1-c", "europe-west1-d"],
};

/** Configurations that are at least questionable, and what the program makes of them. */
const questions: Readonly<Record<string, readonly [Level, Question]>> = {
  "the defaults": ["nothing", {}],
  "five servers on six nodes": ["nothing", { gke: { nodeCount: 6 }, ensemble: { servers: 5 } }],
  "five servers in three zones with two nodes each": [
    "error",
    { gke: { ...threeZones, nodeCount: 6 }, ensemble: { servers: 5 } },
  ],
  "five servers in three zones with three nodes each": [
    "nothing",
    { gke: { ...threeZones, nodeCount: 9 }, ensemble: { servers: 5 } },
  ],
  "three servers in two zones": [
    "warning",
    { gke: { ...threeZones, nodeLocations: threeZones.nodeLocations.slice(1), nodeCount: 6 } },
  ],
  "five servers on five nodes": ["error", { gke: { nodeCount: 5 }, ensemble: { servers: 5 } }],
  "three servers on three nodes": ["error", { gke: { nodeCount: 3 } }],
  "one server on two nodes": ["warning", { gke: { nodeCount: 2 }, ensemble: { servers: 1 } }],
  "one server in production": ["error", { gke: { nodeCount: 2 }, ensemble: { servers: 1 }, stack: "prod" }],
  "one server in a stack that only sounds like production": [
    "warning",
    { gke: { nodeCount: 2 }, ensemble: { servers: 1 }, stack: "product" },
  ],
  "volumes that go with their claims": ["error", { storage: { reclaimPolicy: "Delete" } }],
  "one server on one node": ["error", { gke: { nodeCount: 1 }, ensemble: { servers: 1 } }],
  "four servers": ["error", { gke: { nodeCount: 6 }, ensemble: { servers: 4 } }],
  "an old version": ["error", { ensemble: { image: "docker.io/library/zookeeper:3.8.4" } }],
  "a tag without a version": ["error", { ensemble: { image: "docker.io/library/zookeeper:latest" } }],
  "a heap of three quarters of the memory": ["nothing", { ensemble: { memory: "1Gi", heap: "768m" } }],
  "a heap of four fifths of the memory": ["error", { ensemble: { memory: "1Gi", heap: "820m" } }],
  "a volume of 512Mi": ["error", { ensemble: { volumeSize: "512Mi" } }],
  "a heap just above three quarters of the memory": ["error", { ensemble: { memory: "1Gi", heap: "769m" } }],
  "five seconds to stop": ["error", { ensemble: { terminationGracePeriodSeconds: 5 } }],
  "just too few seconds to stop": ["error", { ensemble: { terminationGracePeriodSeconds: 29 } }],
  "as many seconds to stop as Kubernetes gives": [
    "nothing",
    { ensemble: { terminationGracePeriodSeconds: 30 } },
  ],
  "volumes of a driver that is no more": ["error", { storage: { provisioner: "kubernetes.io/gce-pd" } }],
  "little CPU": ["nothing", { ensemble: { cpu: "50m" } }],
  "memory that GKE's own pods need on some nodes": ["warning", { ensemble: { memory: "1800Mi" } }],
  "memory that GKE's own pods need on every node": ["error", { ensemble: { memory: "2560Mi" } }],
  "CPU that GKE's own pods need on every node": ["error", { ensemble: { cpu: "1500m" } }],
  "disks that the machines do not attach": ["error", { storage: { diskType: "hyperdisk-balanced" } }],
  "a slow start": ["nothing", { ensemble: { initLimit: 100, syncLimit: 20 } }],
  "no bound on clients": ["nothing", { ensemble: { maxClientCnxns: 0 } }],
  "no network policy": ["nothing", { ensemble: { networkPolicy: false } }],
  "no network policy in production": ["warning", { ensemble: { networkPolicy: false }, stack: "prod" }],
  "no metrics": ["nothing", { ensemble: { metrics: false } }],
  "an API server for everyone": ["error", { gke: { authorizedNetworks: ["0.0.0.0/0"] } }],
  "an API server for both halves of the internet": [
    "error",
    { gke: { authorizedNetworks: ["0.0.0.0/1", "128.0.0.0/1"] } },
  ],
  "an API server for an organisation of a /8": ["nothing", { gke: { authorizedNetworks: ["8.0.0.0/8"] } }],
  "an API server for private networks": ["nothing", { gke: { authorizedNetworks: ["10.0.0.0/8"] } }],
  "a cluster that may be deleted, of a development stack": [
    "nothing",
    { gke: { deletionProtection: false } },
  ],
  "another namespace, which the program makes": ["nothing", { ensemble: { namespace: "data" } }],
  "larger machines": ["nothing", { gke: { machineType: "n2-standard-4" } }],
};

/** TLS everywhere, and backups on a claim that may be a file server's: the pack advises them in production stacks. */
const asAdvised = {
  backupSchedule: "0 3 * * *",
  backupClaim: "backups",
  quorumTls: "require",
  tlsSecret: "zk-tls",
  clientTls: "require",
  clientTlsSecret: "zk-client-tls",
} as const;

/**
 * Where the pack is stricter than the program: the program, which knows nothing of a team's rules, takes it or warns,
 * and the pack rejects it. Each with the policy that does, so that another one is noticed.
 */
const stricterPack: Readonly<Record<string, readonly [Level, string, Question]>> = {
  "a volume of 1Gi": ["nothing", "durable-storage", { ensemble: { volumeSize: "1Gi" } }],
  "another registry": ["nothing", "images", { ensemble: { image: "quay.io/team/zookeeper:3.9.5" } }],
  "machines with a shared core": [
    "nothing",
    "node-pool",
    { gke: { machineType: "e2-medium" }, ensemble: { cpu: "50m" } },
  ],
  "the rapid channel": ["nothing", "gke-cluster", { gke: { releaseChannel: "RAPID" } }],
  "an API server for everyone, as was said": [
    "nothing",
    "gke-cluster",
    { gke: { authorizedNetworks: ["0.0.0.0/0"], allowAnyNetwork: true } },
  ],
  "an API server for more than a /8, as was said": [
    "nothing",
    "gke-cluster",
    { gke: { authorizedNetworks: ["8.0.0.0/7"], allowAnyNetwork: true } },
  ],
  "volumes that somebody makes by hand": [
    "nothing",
    "storage-class",
    { storage: { provisioner: "kubernetes.io/no-provisioner" } },
  ],
  "volumes on one node": ["nothing", "storage-class", { storage: { provisioner: "rancher.io/local-path" } }],
  "a production cluster that may be deleted": [
    "nothing",
    "gke-deletion-protection",
    { gke: { deletionProtection: false }, ensemble: asAdvised, stack: "prod" },
  ],
};

describe("the program and the policy pack", () => {
  for (const [what, [expected, question]] of Object.entries(questions)) {
    it(`agree on ${what}: ${expected}`, async () => {
      const stack = question.stack ?? "dev";
      const level = await programLevel(argsOf(question), stack);
      expect(level).to.equal(expected);
      // What the program rejects is never registered, and the pack never sees it.
      if (level === "error") {
        return;
      }
      const pack = await packFindings(argsOf(question), stack);
      expect(levels.indexOf(pack.level), pack.found.join()).to.be.at.most(levels.indexOf(level));
    });
  }

  for (const [what, [expected, policy, question]] of Object.entries(stricterPack)) {
    it(`differ on ${what}, which only ${policy} rejects`, async () => {
      const stack = question.stack ?? "dev";
      expect(await programLevel(argsOf(question), stack)).to.equal(expected);
      const pack = await packFindings(argsOf(question), stack);
      expect(pack).to.deep.equal({ level: "error", found: [policy] });
    });
  }
});

describe("authorised networks, to program and pack", () => {
  const rejectedByProgram = (authorizedNetworks: string[]): boolean => {
    const report = new Report();
    checkGke({ authorizedNetworks, allowAnyNetwork: false }, report);
    return report.errors.length > 0;
  };
  const rejectedByPack = (blocks: string[]): boolean => {
    const config = { cidrBlocks: blocks.map((cidrBlock) => ({ cidrBlock })) };
    return (
      validate(gkeCluster, [changed(cluster, ["masterAuthorizedNetworksConfig"], config)]).violations.length >
      0
    );
  };

  it("of any blocks are as open to both", () => {
    const block = fc
      .tuple(fc.nat(2 ** 32 - 1), fc.oneof(fc.integer({ min: 0, max: 32 }), fc.integer({ min: 7, max: 12 })))
      .map(([address, prefix]) => {
        const first = address - (address % 2 ** (32 - prefix));
        return `${[24, 16, 8, 0].map((bits) => Math.floor(first / 2 ** bits) % 256).join(".")}/${prefix}`;
      });
    const seen = { rejected: 0, accepted: 0 };
    fc.assert(
      fc.property(fc.array(block, { maxLength: 5 }), (blocks) => {
        const rejected = rejectedByProgram(blocks);
        expect(rejectedByPack(blocks)).to.equal(rejected);
        seen[rejected ? "rejected" : "accepted"] += 1;
      }),
      { numRuns: 1000 },
    );
    expect(seen.rejected).to.be.above(50);
    expect(seen.accepted).to.be.above(50);
  });

  it("that are invalid are rejected by both", () => {
    for (const text of [
      "",
      "all",
      "192.0.2.0",
      "192.0.2.0/33",
      "256.0.0.0/8",
      "1.2.3/8",
      "01.0.0.0/8",
      "1.0.0.0/8 ",
      // Host bits.
      "10.0.0.1/8",
    ]) {
      expect(rejectedByProgram([text]), text).to.equal(true);
      expect(rejectedByPack([text]), text).to.equal(true);
    }
  });
});
