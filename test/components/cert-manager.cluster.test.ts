import { X509Certificate } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { podProcess } from "../../local-gke/index.ts";
import { run } from "../../system/run.ts";
import { until } from "../../system/wait.ts";
import { CertManager } from "../fixtures/cluster/cert-manager.ts";
import { checkCounted, counting } from "../fixtures/cluster/counted.ts";
import type { Client } from "../fixtures/cluster/debian.ts";
import { documentedProject } from "../fixtures/cluster/documented-program.ts";
import { TestEnvironment } from "../fixtures/cluster/environment.ts";
import { Kazoo, nodeAddresses } from "../fixtures/cluster/kazoo.ts";

const servers = ["zk-0", "zk-1", "zk-2"] as const;
const service = "zk-cs.default.svc.cluster.local:2281";

describe("certificates from cert-manager", function () {
  this.timeout(10 * 60_000);

  const environment = new TestEnvironment();
  const kubectl = async (...args: string[]) => await environment.kubectl(...args);
  let certManager: CertManager;
  let client: Client;
  let kubeconfig = "";

  const up = async () => {
    const clients = JSON.stringify(["default", nodeAddresses]);
    const settings = { certManager: "true", clientTls: "accept" };
    return await environment.npm("up", "--config-file", environment.stackFile({ clients, ...settings }));
  };
  const secret = async (name: string, key: string) => {
    const data = await kubectl("get", "secret", name, `-o=jsonpath={.data.${key.replace(".", "\\.")}}`);
    return Buffer.from(data, "base64").toString("utf8");
  };
  const restarts = async () =>
    await kubectl(
      ...["get", "pods", "-l=app=zk"],
      "-o=jsonpath={range .items[*]}{.metadata.uid} {.status.containerStatuses[0].restartCount} {end}",
    );
  /** The fingerprint of what a server shows to clients. */
  const shown = async (server: string) => {
    const ask = `openssl s_client -connect ${server}.zk-hs.default.svc.cluster.local:2281 </dev/null 2>/dev/null`;
    const output = await kubectl("exec", "zk-0", "--", "sh", "-c", `timeout 10 ${ask} || true`);
    const [pem] = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/.exec(output) ?? [];
    return pem === undefined ? output : new X509Certificate(pem).fingerprint256;
  };
  /** Has cert-manager renew a certificate now, as its command cmctl does. @returns when its Secret is new */
  const renew = async (certificate: string) => {
    const before = await secret(certificate, "tls.crt");
    const issuing = { type: "Issuing", status: "True", reason: "ManuallyTriggered", message: "by a test" };
    const conditions = [{ ...issuing, lastTransitionTime: new Date().toISOString() }];
    await kubectl(
      ...["patch", "certificate", certificate, "--subresource=status", "--type=merge"],
      `--patch=${JSON.stringify({ status: { conditions } })}`,
    );
    const renewed = async () =>
      (await secret(certificate, "tls.crt")) !== before || certManager.log.split("\n").slice(-5).join("\n");
    await until(`${certificate} renewed`, renewed, { within: 60_000, every: 500 });
  };

  before(async function () {
    // A first build takes minutes, more beside another test.
    this.timeout(30 * 60_000);
    certManager = await CertManager.build();
  });
  after(async () => {
    await environment.remove();
    await certManager.stop();
  });

  it("are not begun on a cluster without it", async () => {
    const { code, output } = await up();
    expect(code).not.to.equal(0);
    expect(output).to.match(/certManager = true\n\s+The cluster has no API cert-manager\.io\/v1\./);
    const [found = ""] = globSync("gke/projects/*/clusters/*/*/kubeconfigs/super-admin.conf", {
      cwd: environment.stateDir,
    });
    kubeconfig = join(environment.stateDir, found);
    expect(await run("kubectl", ["--kubeconfig", kubeconfig, "get", "statefulsets,pdb"])).to.equal("");
  });

  it("are what the servers of a new ensemble begin with", async () => {
    await certManager.start(kubeconfig);
    const { code, output } = await up();
    expect(code, output + certManager.log).to.equal(0);
    const mode = "-o=jsonpath={.metadata.annotations.zookeeper/quorum-tls}";
    expect(await kubectl("get", "statefulset", "zk", mode)).to.equal("require");
    await kubectl("exec", "zk-1", "--", "zkCli.sh", "create", "/hello", "world");
    for (const server of servers) {
      const { fingerprint256 } = new X509Certificate(await secret("zk-clients-tls", "tls.crt"));
      expect(await shown(server)).to.equal(fingerprint256);
    }
    const [ofServers, ofClients] = await Promise.all(
      ["zk-servers-tls", "zk-clients-tls"].map(async (name) => await secret(name, "ca.crt")),
    );
    expect(ofServers).not.to.equal(ofClients);
    expect(await environment.run("pulumi", "stack", "export")).not.to.match(/PRIVATE KEY/);
  });

  it("are given to an application by the documented program", async () => {
    const project = documentedProject("docs/security.md");
    try {
      await project.init({ "kubernetes:kubeconfig": readFileSync(kubeconfig, "utf8") });
      await project.must("up", "--yes", "--skip-preview");
      const issued = async () => (await secret("orders-zk", "tls.crt").catch(() => "")) !== "";
      await until("the application's certificate", issued, { within: 60_000, every: 500 });
      const kazoo = await Kazoo.install(join(environment.stateDir, "kazoo"), kubectl, ["zk-0"]);
      client = kazoo.start(
        ...["count", service, "/count"],
        kazoo.write(
          "client.pem",
          (await secret("orders-zk", "tls.key")) + (await secret("orders-zk", "tls.crt")),
        ),
        kazoo.write("trust.pem", await secret("orders-zk", "ca.crt")),
      );
      await counting(client);
      await project.must("destroy", "--yes", "--skip-preview");
    } finally {
      project.remove();
    }
  });

  it("are renewed without a restart, with those of their authorities", async () => {
    const before = await restarts();
    for (const purpose of ["servers", "clients"]) {
      await renew(`zk-${purpose}-ca`);
      await renew(`zk-${purpose}-tls`);
    }
    const { fingerprint256 } = new X509Certificate(await secret("zk-clients-tls", "tls.crt"));
    for (const server of servers) {
      const renewed = async () => (await shown(server)) === fingerprint256 || "the former certificate";
      await until(`${server} with the new certificate`, renewed, { within: 4 * 60_000, every: 1000 });
    }
    expect(await restarts()).to.equal(before);
  });

  it("let a server rejoin the others, and lose no acknowledged write and no session", async () => {
    const uid = await kubectl("get", "pod", "zk-0", "-o=jsonpath={.metadata.uid}");
    podProcess(uid, "java")?.kill();
    const restarted = async () =>
      (await kubectl("get", "pod", "zk-0", "-o=jsonpath={.status.containerStatuses[0].restartCount}")) ===
        "1" || "no restart";
    await until("zk-0 restarted", restarted, { within: 60_000, every: 500 });
    const serving = async () =>
      await kubectl("exec", "zk-0", "--", "zkCli.sh", "get", "/hello").then(
        (output) => output.includes("world"),
        String,
      );
    await until("zk-0 serving", serving, { within: 120_000, every: 1000 });
    await checkCounted(client);
  });
});
