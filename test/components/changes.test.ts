import { expect } from "chai";

import type * as Read from "../../components/config/read.ts";
import type * as Environment from "../../components/environment/args.ts";
import type { EnsembleValues } from "../../components/ensemble/args.ts";
import { contentHash, renderFiles } from "../../components/ensemble/files.ts";
import { statefulSetArgs } from "../../components/ensemble/stateful-set.ts";
import { changeOf, configSettings } from "../../components/settings/tables.ts";
import { MockEngine } from "../fixtures/mocks.ts";

const project = "zookeeper-environment";
const kubeconfig = "current-context: lab\nclusters: []\ncontexts: [{ name: lab, context: {} }]";

/** Other values than the defaults, which go together with every other one; of settings whose type gives none. */
const chosen: Readonly<Record<string, string>> = {
  "gcp:project": "other-project",
  clusterName: "other",
  location: "us-central1-b",
  nodeLocations: '["us-central1-a","us-central1-b"]',
  nodeCount: "6",
  machineType: "n2-standard-4",
  nodeDiskType: "pd-ssd",
  releaseChannel: "STABLE",
  authorizedNetworks: '["198.51.100.0/24"]',
  maintenanceStart: "05:00",
  maintenanceExclusions: '["2027-01-04T00:00:00Z/2027-01-18T00:00:00Z"]',
  nodeRange: "10.129.0.0/20",
  podRange: "10.140.0.0/16",
  serviceRange: "10.150.0.0/20",
  controlPlaneRange: "172.16.1.0/28",
  storageClass: "other",
  storageProvisioner: "ebs.csi.aws.com",
  storageDiskType: "pd-ssd",
  name: "other",
  namespace: "elsewhere",
  servers: "5",
  image: "docker.io/library/zookeeper:3.9.6",
  cpu: "600m",
  memory: "1200Mi",
  heap: "400m",
  volumeSize: "20Gi",
  existingStorageClass: "standard",
  clusterDomain: "example.org",
  tickTime: "1900",
  fourLetterWords: '["srvr","ruok","mntr"]',
  clients: '["*"]',
  logLevel: "WARN",
  quorumTls: "prefer",
  tlsSecret: "other",
  clientTls: "require",
  clientTlsSecret: "other-client-tls",
  administrator: "CN=other",
  monitoring: "none",
  monitoringLabels: '["release=prometheus"]',
  alertThresholds: '["SlowWrites=800"]',
  backupSchedule: "@daily",
  backupVolumeSize: "20Gi",
  backupClaim: "other",
  backupBucket: "other-backups",
  backupBucketLocation: "eu",
  backupExpiryDays: "90",
  backupEncryptionKey: "projects/p/locations/us-central1/keyRings/r/cryptoKeys/k",
  backupKey: "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n=\n-----END PGP PUBLIC KEY BLOCK-----",
  restoreBackup: "latest",
  adopt: "unowned",
};

/** What the ensemble that stands has: nodes for more servers, and TLS, without which its Secrets change nothing. */
const given = {
  "gcp:project": "my-project",
  nodeCount: "8",
  quorumTls: "accept",
  tlsSecret: "zk-tls",
  clientTls: "accept",
  clientTlsSecret: "zk-client-tls",
  administrator: "CN=administrator",
  backupClaim: "files",
  backupSchedule: "0 3 * * *",
  backupBucket: "my-backups",
};

/** Settings without another value, or whose change has a test of its own. */
const unchanged = ["kubeconfig", "kubeContext", "protectEnsemble", "storageReclaimPolicy"];

/** Another value of each setting than its default. */
const others: Readonly<Record<string, string>> = Object.fromEntries(
  configSettings
    .filter(({ key }) => !unchanged.includes(key))
    .map(({ key, default: value }) => {
      const other = typeof value === "boolean" ? !value : typeof value === "number" ? value + 1 : undefined;
      return [key, chosen[key] ?? (other === undefined ? "" : String(other))];
    }),
);

describe("the change of any two settings of an ensemble that stands", () => {
  let read: typeof Read;
  let environment: typeof Environment;

  before(async () => {
    await MockEngine.start();
    read = await import("../../components/config/read.ts");
    environment = await import("../../components/environment/args.ts");
  });

  const full = (values: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(
      Object.entries({ ...given, ...values }).map(([key, value]) => [
        key.includes(":") ? key : `${project}:${key}`,
        value,
      ]),
    );

  const interpret = (values: Readonly<Record<string, string>>, settled = {}) =>
    read.interpretConfig(project, full(values), settled);

  /** The servers' template, with all that it stands for. */
  function template({ args }: ReturnType<typeof interpret>): string {
    // Every value of a configuration is plain, which the compiler cannot see.
    const settings = environment.knownSettings(args).ensemble as EnsembleValues;
    const hash = contentHash(renderFiles(settings));
    return JSON.stringify(statefulSetArgs(settings, `config-${hash}`, hash).spec.template);
  }

  it("is tried for every setting", () => {
    const untried = Object.entries(others).filter(([, value]) => value === "");
    expect(untried.map(([key]) => key)).to.deep.equal([]);
    expect(configSettings.map(({ key }) => key)).to.include.members([...Object.keys(chosen), ...unchanged]);
  });

  it("does what is decided for each: it is rejected, or replaces the servers, or leaves them alone", () => {
    const paths = new Map(configSettings.map(({ key, path }) => [key, path]));
    const effect = (key: string) => changeOf(paths.get(key) ?? "")?.effect;
    const standing = interpret({});
    const alone = new Map(
      Object.entries(others).map(([key, value]) => [
        key,
        interpret({ [key]: value }, standing.settled).errors.length,
      ]),
    );
    let pairs = 0;
    for (const [a, first] of Object.entries(others)) {
      for (const [b, second] of Object.entries(others).filter(([key]) => key > a)) {
        const values = { [a]: first, [b]: second };
        expect(interpret(values).errors, `${a} and ${b}, where nothing stands`).to.deep.equal([]);
        const changed = interpret(values, standing.settled);
        // Two names of a class are one class, and zones follow a location that is rejected.
        const rejected = Math.max(alone.get(a) ?? 0, alone.get(b) ?? 0) > 0;
        expect(
          changed.errors.length > 0,
          `${a} and ${b} rejected: ${JSON.stringify(changed.errors)}`,
        ).to.equal(rejected);
        if (rejected) {
          continue;
        }
        const rollsOut = [a, b].some((key) => effect(key) === "rollout");
        expect(template(changed) !== template(standing), `${a} and ${b} replace servers`).to.equal(rollsOut);
        pairs += 1;
      }
    }
    expect(pairs).to.be.greaterThan(300);
  });

  it("is rejected where nodes would get processors on which servers are not scheduled", () => {
    const reasons = (machineType: string, later: string) =>
      interpret({ machineType: later }, interpret({ machineType }).settled).errors.map(({ fix }) => fix);
    expect(reasons("e2-custom-2-4096", "t2a-standard-2").join()).to.match(/^use a type with x86 processors/);
    expect(reasons("t2a-standard-2", "n2-standard-2").join()).to.match(/^use a type with Arm processors/);
    expect(reasons("t2a-standard-2", "t2a-standard-4")).to.deep.equal([]);
    expect(reasons("e2-custom-2-4096", "t2d-standard-2")).to.deep.equal([]);
  });

  it("is rejected where it leaves the cluster for another kind", () => {
    const { settled } = interpret({});
    const { errors } = read.interpretConfig(project, { [`${project}:kubeconfig`]: kubeconfig }, settled);
    expect(JSON.stringify(errors)).to.contain("the ensemble is on GKE cluster");
  });
});
