import { expect } from "chai";

import { policies } from "../../policy/policies.ts";
import { neighbours } from "../fixtures/policy/ensemble.ts";
import { validate } from "../fixtures/policy/harness.ts";
import { registeredBy, type Args } from "./registered.ts";

const kubeconfig = "apiVersion: v1\nkind: Config\nclusters: []\ncurrent-context: lab\n";

const variants: Readonly<Record<string, Args>> = {
  "with its defaults": { gke: { project: "project" } },
  "regional, with five servers": {
    gke: {
      project: "project",
      location: "europe-west1",
      nodeLocations: ["europe-west1-b", "europe-west1-c", "europe-west1-d"],
      nodeCount: 9,
    },
    ensemble: { servers: 5, namespace: "zookeeper" },
  },
  "regional, with a zone for every server": {
    gke: {
      project: "project",
      location: "europe-west1",
      nodeLocations: ["europe-west1-b", "europe-west1-c", "europe-west1-d"],
      nodeCount: 6,
    },
    ensemble: { separateZones: true },
  },
  "with TLS everywhere": {
    gke: { project: "project" },
    ensemble: {
      quorumTls: "require",
      tlsSecret: "zk-tls",
      clientTls: "require",
      clientTlsSecret: "zk-client-tls",
      administrator: "CN=administrator",
    },
  },
  "with backups": { gke: { project: "project" }, ensemble: { backupSchedule: "0 3 * * *" } },
  "with backups in a bucket": {
    gke: { project: "project" },
    ensemble: { backupSchedule: "0 3 * * *", backupBucket: "my-backups" },
  },
  "with backups and TLS, in a namespace of its own": {
    gke: { project: "project" },
    ensemble: {
      namespace: "zookeeper",
      backupSchedule: "0 3 * * *",
      quorumTls: "require",
      tlsSecret: "zk-tls",
      clientTls: "require",
      clientTlsSecret: "zk-client-tls",
    },
  },
  "with its metrics left to others": { gke: { project: "project" }, ensemble: { monitoring: "none" } },
  "on an existing cluster": { existing: { kubeconfig } },
  "on an existing cluster with the Prometheus operator": {
    existing: { kubeconfig },
    ensemble: { monitoring: "operator" },
  },
};

/** What the policy advises in production stacks, where the program does not make it by default. */
function adviceOf(policy: string, { existing, ensemble = {} }: Args): readonly RegExp[] {
  // TLS needs certificates, which the program does not make.
  if (policy === "encryption" && ensemble.clientTls === undefined) {
    return [/: sslQuorum is not set in ConfigMap /, /: secureClientPort is not set in ConfigMap /];
  }
  // Backups need a volume, for which the program does not ask by default.
  if (policy === "backups" && ensemble.backupSchedule === undefined) {
    return [/: no CronJob in its namespace saves backups: /];
  }
  // They are on a disk of the cluster by default.
  if (
    policy === "backup-copies" &&
    ensemble.backupSchedule !== undefined &&
    ensemble.backupBucket === undefined
  ) {
    return [/: only disks of the cluster have the backups of CronJob \w+\/zk-backups: /];
  }
  // Who collects the metrics of an existing cluster is not known.
  const isMonitored =
    existing === undefined ? ensemble.monitoring !== "none" : ensemble.monitoring === "operator";
  return policy === "monitoring" && !isMonitored ? [/: no PodMonitoring, PodMonitor, /] : [];
}

describe("our own environment", () => {
  for (const [title, args] of Object.entries(variants)) {
    for (const preview of [true, false]) {
      it(`${title}: no finding ${preview ? "in a first preview" : "in an update"}, alone or beside others`, async () => {
        const onGke = args.gke !== undefined;
        const own = await registeredBy(args, preview);
        expect(own.some(({ type }) => type === "kubernetes:apps/v1:StatefulSet")).to.equal(true);
        expect(own.some(({ type }) => type === "gcp:container/nodePool:NodePool")).to.equal(onGke);
        for (const policy of policies) {
          for (const stack of ["dev", "prod"]) {
            const { violations, open } = validate(policy, [...own, ...neighbours], { stack });
            const advice = stack === "prod" ? adviceOf(policy.name, args) : [];
            expect(violations, policy.name).to.have.length(advice.length);
            for (const [at, expression] of advice.entries()) {
              expect(violations[at]).to.match(expression);
            }
            // All of the ensemble is validated before anything is made; only the nodes' identity is not known then.
            const unknown =
              preview && onGke && policy.name === "node-pool" ? /nodeConfig\.serviceAccount$/ : undefined;
            expect(open, policy.name).to.have.length(unknown === undefined ? 0 : 1);
            if (unknown !== undefined) {
              expect(open[0]).to.match(unknown);
            }
          }
        }
      });
    }
  }
});
