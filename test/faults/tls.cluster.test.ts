import { globSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { run } from "../../system/run.ts";
import { until } from "../../system/wait.ts";
import { Authority, secretsOf, type Certificates } from "../fixtures/certificates.ts";
import { BackupJob } from "../fixtures/cluster/backup-job.ts";
import { checkCounted, counting } from "../fixtures/cluster/counted.ts";
import { Debian } from "../fixtures/cluster/debian.ts";
import { TestEnvironment } from "../fixtures/cluster/environment.ts";
import { JavaClient } from "../fixtures/cluster/java-client.ts";
import { Kazoo, nodeAddresses } from "../fixtures/cluster/kazoo.ts";

const clientService = "zk-cs.default.svc.cluster.local";
const serverNames = ["*.zk-hs.default.svc.cluster.local", clientService];
const service = `${clientService}:2281`;

describe("an ensemble that requires TLS of servers and clients", function () {
  this.timeout(15 * 60_000);

  const environment = new TestEnvironment();
  const kubectl = async (...args: string[]) => await environment.kubectl(...args);
  const [servers, clients] = [new Authority("servers"), new Authority("clients")];
  let settings = "";
  let folder = "";
  let debian: Debian;
  let kazoo: Kazoo;
  let java: JavaClient;

  /** Writes the Secrets as soon as the cluster takes them; the servers of a new ensemble wait for them. */
  async function putSecrets(secrets: Readonly<Record<string, Certificates>>): Promise<void> {
    const input = JSON.stringify({ apiVersion: "v1", kind: "List", items: secretsOf(secrets) });
    const put = async () => {
      const pattern = "gke/projects/*/clusters/*/*/kubeconfigs/super-admin.conf";
      const [kubeconfig] = globSync(pattern, { cwd: environment.stateDir });
      if (kubeconfig === undefined) {
        return "no cluster";
      }
      const access = `--kubeconfig=${join(environment.stateDir, kubeconfig)}`;
      return await run("kubectl", [access, "apply", "-f", "-"], { input }).then(() => true as const, String);
    };
    await until("the Secrets", put, { within: 120_000, every: 500 });
  }

  before(async () => {
    const tls = {
      quorumTls: "require",
      tlsSecret: "zk-tls",
      clientTls: "require",
      clientTlsSecret: "zk-client-tls",
      backupSchedule: '"0 0 29 2 *"',
      clients: JSON.stringify(["default", nodeAddresses]),
    };
    settings = environment.stackFile(tls);
    folder = join(environment.stateDir, "client");
    mkdirSync(folder);
    const client = clients.issue({ subject: "/CN=faults", names: ["faults"] });
    for (const [file, text] of Object.entries(client)) {
      writeFileSync(join(folder, file), text, { mode: 0o600 });
    }
    const [{ code, output }] = await Promise.all([
      environment.npm("up", "--config-file", settings),
      putSecrets({
        "zk-tls": servers.issue(),
        "zk-client-tls": clients.issue({ names: serverNames }),
      }),
    ]);
    expect(code, output).to.equal(0);
    const packages = [...Kazoo.packages, ...JavaClient.packages];
    debian = await Debian.install(join(environment.stateDir, "debian"), packages, kubectl, ["zk-0"]);
    kazoo = new Kazoo(debian);
    java = await JavaClient.install(debian, environment.stateDir, kubectl, "zk-0");
  });
  after(async () => {
    await environment.remove();
    servers.remove();
    clients.remove();
  });

  it("has backups, whose observer shows the servers' certificate", async () => {
    const job = new BackupJob(environment, "with-tls");
    await job.start();
    const { succeeded, log } = await job.end();
    expect(succeeded, log).to.equal(true);
    expect(await environment.run("backup/kept.sh")).to.match(/^zk-\w+ znodes=\d+ zxid=0x\w+ bytes=\d+$/m);
  });

  it("passes the drills of TLS, and those that write inside the servers' pods", async () => {
    const only = "creating,sanity,quorum-tls,client-tls";
    const { code, output } = await environment.npm("verify", "--only", only, "--config-file", settings);
    expect(code, output).to.equal(0);
    for (const name of only.split(",")) {
      expect(output).to.match(new RegExp(`^\\d+ +${name} +passed `, "m"));
    }
  });

  // Clients that use all of the processor would leave too little of it to what watches the servers.
  const faults = async (...args: string[]) =>
    await environment.npm("verify", "--faults", "--rate", "500", "--config-file", settings, ...args);

  /** Does something while clients in Python and Java write, each in one session, and lose nothing. */
  async function whileOthersWrite<T>(name: string, act: () => Promise<T>): Promise<T> {
    const certificate = (client: string) => {
      const content = clients.issue({ subject: `/CN=${client}`, names: [client] });
      return debian.write(`${client}.pem`, content["tls.key"] + content["tls.crt"]);
    };
    const authority = debian.write("trust.pem", clients.certificate);
    const counters = [
      kazoo.start("count", service, `/python-${name}`, certificate("python"), authority),
      java.start("Count", service, `/java-${name}`, certificate("java"), authority),
    ];
    try {
      await Promise.all(counters.map(counting));
      return await act();
    } finally {
      await Promise.all(counters.map(checkCounted));
    }
  }

  it("has no faults injected for clients without certificates", async () => {
    const { code, output } = await faults("--count", "1", "--only", "leader-killed");
    expect(code).to.equal(1);
    expect(output).to.contain("the ensemble has no port 2181 for clients. Fix: use --tls FOLDER");
  });

  it("loses no write of clients with certificates, in Go, Python and Java, when faults are injected", async () => {
    const only = "leader-killed,follower-stopped,leader-frozen,rolling-update";
    const { code, output } = await whileOthersWrite("while-faults", () =>
      faults("--count", "4", "--tls", folder, "--only", only),
    );
    expect(code, output).to.equal(0);
    expect(output).to.match(/seed \d+: 4 faults, \d{4,} acknowledged writes/);
  });

  it("goes on, also with a server that restarts, where the Secrets are deleted or have wrong or expired certificates", async () => {
    const secrets = async () =>
      await kubectl("get", "secrets", "zk-tls", "zk-client-tls", "-o=jsonpath={.items[*].data}");
    const before = await secrets();
    const only =
      "secrets-deleted,secrets-wrong,secrets-foreign,secrets-misnamed,secrets-expired,secrets-expiring";
    const { code, output } = await whileOthersWrite("while-secrets", () =>
      faults("--count", "6", "--tls", folder, "--only", only),
    );
    expect(code, output).to.equal(0);
    expect(output).to.match(/seed \d+: 6 faults, \d{4,} acknowledged writes/);
    expect(await secrets()).to.equal(before);
  });
});
