import { X509Certificate } from "node:crypto";
import { join } from "node:path";

import { expect } from "chai";

import { until } from "../../system/wait.ts";
import { Authority, secretsOf, type Certificates } from "../fixtures/certificates.ts";
import { checkCounted, counting } from "../fixtures/cluster/counted.ts";
import type { Client } from "../fixtures/cluster/debian.ts";
import { TestEnvironment } from "../fixtures/cluster/environment.ts";
import { Kazoo, nodeAddresses } from "../fixtures/cluster/kazoo.ts";

const servers = ["zk-0", "zk-1", "zk-2"] as const;
const service = "zk-cs.default.svc.cluster.local:2181";

describe("TLS between servers", function () {
  this.timeout(15 * 60_000);

  const environment = new TestEnvironment();
  const kubectl = async (...args: string[]) => await environment.kubectl(...args);
  let authority: Authority;
  let other: Authority;
  let kazoo: Kazoo;
  let client: Client;

  const up = async (settings: Readonly<Record<string, string>>) => {
    const clients = JSON.stringify(["default", nodeAddresses]);
    const file = environment.stackFile({ clients, ...settings });
    return await environment.npm("up", "--config-file", file);
  };

  async function putSecret(content: Certificates): Promise<void> {
    await environment.apply(...secretsOf({ "zk-tls": content }));
  }

  const ownFiles = "/opt/zookeeper/certificates";

  /** What a connection to a server's election port shows, with the certificate in a folder or without any. */
  async function connect(server: string, files: string | null = ownFiles): Promise<string> {
    const certificate = files === null ? "" : `-cert ${files}/server.pem -key ${files}/server.pem`;
    const host = `${server}.zk-hs.default.svc.cluster.local`;
    // TLS 1.2: with 1.3, a connection looks complete before the server has seen the client's certificate.
    const command =
      `timeout 10 openssl s_client -tls1_2 -connect ${host}:3888 -verify_hostname ${host} -verify_return_error ` +
      `${certificate} -CAfile ${files ?? ownFiles}/trust.pem </dev/null 2>&1 || true`;
    return await kubectl("exec", "zk-0", "--", "sh", "-c", command);
  }
  /** The certificate that a server shows to the others; what was said where there is none. */
  const shown = async (server: string) => {
    const output = await connect(server);
    const [pem] = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/.exec(output) ?? [];
    const isComplete = output.includes("Verify return code: 0 (ok)") && !output.includes("alert");
    return isComplete && pem !== undefined ? new X509Certificate(pem).fingerprint256 : output;
  };
  const restarts = async () =>
    await kubectl(
      ...["get", "pods", "-l=app=zk"],
      "-o=jsonpath={range .items[*]}{.metadata.uid} {.status.containerStatuses[0].restartCount} {end}",
    );

  /** Writes a key with its certificates where only this test reads them. */
  async function putFiles(folder: string, content: Certificates, trust: string): Promise<void> {
    const files = { "server.pem": content["tls.key"] + content["tls.crt"], "trust.pem": trust };
    for (const [name, text] of Object.entries(files)) {
      const encoded = Buffer.from(text).toString("base64");
      const command = `mkdir -p ${folder} && echo ${encoded} | base64 -d >${folder}/${name}`;
      await kubectl("exec", "zk-0", "--", "sh", "-c", command);
    }
  }

  before(async () => {
    authority = new Authority();
    other = new Authority("another");
    const { code, output } = await up({});
    expect(code, output).to.equal(0);
    kazoo = await Kazoo.install(join(environment.stateDir, "kazoo"), kubectl, ["zk-0"]);
    client = kazoo.start("count", service, "/count");
    await counting(client);
  });
  after(async () => {
    await environment.remove();
    authority.remove();
    other.remove();
  });

  it("is not begun without the Secret, with a wrong one, or with a mode that is not the next", async () => {
    const before = await restarts();
    const missing = await up({ quorumTls: "accept", tlsSecret: "zk-tls" });
    expect(missing.code).not.to.equal(0);
    expect(missing.output).to.contain("has no such Secret");

    await putSecret(authority.issue({ names: ["zk-0.zk-hs.default.svc.cluster.local"], days: 0 }));
    const wrong = await up({ quorumTls: "accept", tlsSecret: "zk-tls" });
    expect(wrong.code).not.to.equal(0);
    expect(wrong.output).to.contain("tls.crt has expired");
    expect(wrong.output).to.contain("tls.crt is not valid for zk-1.zk-hs.default.svc.cluster.local");

    // The default is "require", because the servers have certificates.
    const skipped = await up({ tlsSecret: "zk-tls" });
    expect(skipped.code).not.to.equal(0);
    expect(skipped.output).to.contain('use "accept" first').and.contain('or keep "off"');
    expect(await restarts()).to.equal(before);
  });

  it("is reached mode by mode, while clients write", async () => {
    const content = authority.issue({ key: "PKCS#1" });
    await putSecret(content);
    for (const quorumTls of ["accept", "prefer", "require"]) {
      const { code, output } = await up({ quorumTls, tlsSecret: "zk-tls" });
      expect(code, output).to.equal(0);
    }
    for (const server of servers) {
      expect(await shown(server)).to.equal(new X509Certificate(content["tls.crt"]).fingerprint256);
    }
  });

  it("admits neither another authority's certificate nor a connection without one", async () => {
    await putFiles("/tmp/foreign", other.issue(), authority.certificate);
    expect(await connect("zk-1", "/tmp/foreign")).to.contain("alert");
    expect(await connect("zk-1", null)).to.contain("alert");
  });

  it("takes another authority over without a restart, and rejects the former one afterwards", async () => {
    const before = await restarts();
    await putFiles("/tmp/former", authority.issue(), other.certificate);
    const content = other.issue({ key: "SEC1" });
    await putSecret(content);
    const wanted = new X509Certificate(content["tls.crt"]).fingerprint256;
    const since = `${ownFiles}/since`;
    const inEach = async (command: string) =>
      await Promise.all(servers.map(async (pod) => await kubectl("exec", pod, "--", "sh", "-c", command)));
    const seen = async () => {
      const answers = await inEach(`test -e ${since} && echo both || echo one`);
      return answers.every((answer) => answer.trim() === "both") || answers.join();
    };
    // The kubelet tells the pods within 90 s.
    await until("all servers trusting both authorities", seen, { within: 4 * 60_000, every: 1000 });
    for (const server of servers) {
      expect(await shown(server)).not.to.equal(wanted);
    }
    // As if two minutes had passed, and two more.
    await inEach(`echo $(($(date +%s) - 120)) >${since}`);
    for (const server of servers) {
      const renewed = async () => (await shown(server)) === wanted || "the former certificate";
      await until(`${server} with the new certificate`, renewed, { every: 1000 });
    }
    expect(await connect("zk-1", "/tmp/former")).not.to.contain("alert");
    await inEach(`echo $(($(date +%s) - 240)) >${since}`);
    for (const server of servers) {
      const rejected = async () => (await connect(server, "/tmp/former")).includes("alert") || "accepted";
      await until(`${server} without the former authority`, rejected, { every: 1000 });
    }
    expect(await restarts()).to.equal(before);
  });

  it("keeps a server waiting while the certificate has expired, as the runbook says", async () => {
    await putSecret(other.issue({ days: 0 }));
    await kubectl("delete", "pod", "zk-2");
    const waits = async () =>
      (await kubectl("logs", "zk-2").catch(String)).includes("certificate has expired") || "no such log";
    await until("zk-2 saying why it waits", waits, { within: 2 * 60_000, every: 1000 });
    expect(await environment.asTheRunbookSays("A certificate has expired")).to.match(/^notAfter=/);
    await putSecret(other.issue());
    await kubectl("rollout", "status", "statefulset/zk", "--timeout=300s");
  });

  it("goes back to another mode, while clients write", async () => {
    const { code, output } = await up({ quorumTls: "prefer", tlsSecret: "zk-tls" });
    expect(code, output).to.equal(0);
  });

  it("has cost no acknowledged write and no session", async () => {
    await checkCounted(client);
  });

  it("leaves no private key in the state", async () => {
    const state = await environment.run("pulumi", "stack", "export");
    expect(state)
      .to.contain("zk-tls")
      .and.not.to.match(/PRIVATE KEY/);
  });
});
