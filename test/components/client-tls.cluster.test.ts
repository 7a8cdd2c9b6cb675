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
const service = "zk-cs.default.svc.cluster.local";
const hostOf = (server: string) => `${server}.zk-hs.default.svc.cluster.local`;
const serverNames = { names: ["*.zk-hs.default.svc.cluster.local", service] };

describe("TLS between clients and servers", function () {
  this.timeout(15 * 60_000);

  const environment = new TestEnvironment();
  const kubectl = async (...args: string[]) => await environment.kubectl(...args);
  const inPod = async (pod: string, command: string) => await kubectl("exec", pod, "--", "sh", "-c", command);
  const settings = { clientTlsSecret: "zk-client-tls", administrator: '"O=shop,CN=administrator"' };
  let authority: Authority;
  let other: Authority;
  let kazoo: Kazoo;
  let inPlainText: Client;
  let overTls: Client;

  const up = async (changed: Readonly<Record<string, string>>) => {
    const clients = JSON.stringify(["default", nodeAddresses]);
    return await environment.npm("up", "--config-file", environment.stackFile({ clients, ...changed }));
  };
  const move = async (clientTls: string) => {
    const { code, output } = await up({ clientTls, ...settings });
    expect(code, output).to.equal(0);
  };

  async function putSecret(content: Certificates): Promise<void> {
    await environment.apply(...secretsOf({ "zk-client-tls": content }));
  }

  /** Writes a client's key and certificates into zk-0's pod. @returns the folder */
  async function putFiles(name: string, content: Certificates, trust: string): Promise<string> {
    const folder = `/tmp/${name}`;
    const files = { "client.pem": content["tls.key"] + content["tls.crt"], "trust.pem": trust };
    for (const [file, text] of Object.entries(files)) {
      const encoded = Buffer.from(text).toString("base64");
      await inPod("zk-0", `mkdir -p ${folder} && echo ${encoded} | base64 -d >${folder}/${file}`);
    }
    return folder;
  }

  /** What a client's connection to a server shows, with the certificate in a folder or without any. */
  async function connect(server: string, trust: string, certificate: string | null = trust): Promise<string> {
    const own = certificate === null ? "" : `-cert ${certificate}/client.pem -key ${certificate}/client.pem`;
    // TLS 1.2: with 1.3, a connection looks complete before the server has seen the client's certificate.
    const command =
      `timeout 10 openssl s_client -tls1_2 -connect ${hostOf(server)}:2281 -verify_hostname ${service} ` +
      `-verify_return_error ${own} -CAfile ${trust}/trust.pem </dev/null 2>&1 || true`;
    return await inPod("zk-0", command);
  }
  const shown = async (server: string, trust: string) => {
    const output = await connect(server, trust);
    const [pem] = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/.exec(output) ?? [];
    const isComplete = output.includes("Verify return code: 0 (ok)") && !output.includes("alert");
    return isComplete && pem !== undefined ? new X509Certificate(pem).fingerprint256 : output;
  };
  const fingerprint = (content: Certificates) => new X509Certificate(content["tls.crt"]).fingerprint256;

  /** Runs ZooKeeper's own client over TLS, with the certificate in a folder. */
  async function zkCli(folder: string, ...command: string[]): Promise<string> {
    const properties = [
      "zookeeper.client.secure=true",
      "zookeeper.clientCnxnSocket=org.apache.zookeeper.ClientCnxnSocketNetty",
      `zookeeper.ssl.keyStore.location=${folder}/client.pem`,
      `zookeeper.ssl.trustStore.location=${folder}/trust.pem`,
    ];
    await inPod("zk-0", `printf '%s\\n' ${properties.join(" ")} >${folder}/client.properties`);
    const options = ["-client-configuration", `${folder}/client.properties`, "-server", `${service}:2281`];
    return await kubectl("exec", "zk-0", "--", "zkCli.sh", "-waitforconnection", ...options, ...command);
  }

  const restarts = async () =>
    await kubectl(
      ...["get", "pods", "-l=app=zk"],
      "-o=jsonpath={range .items[*]}{.metadata.uid} {.status.containerStatuses[0].restartCount} {end}",
    );

  before(async () => {
    authority = new Authority("clients");
    other = new Authority("other clients");
    const { code, output } = await up({});
    expect(code, output).to.equal(0);
    kazoo = await Kazoo.install(join(environment.stateDir, "kazoo"), kubectl, ["zk-0"]);
    inPlainText = kazoo.start("count", `${service}:2181`, "/plain");
    await counting(inPlainText);
  });
  after(async () => {
    await environment.remove();
    authority.remove();
    other.remove();
  });

  it("is not begun without the port in plain text, or with a certificate that clients would not accept", async () => {
    const before = await restarts();
    const skipped = await up({ clientTls: "require", ...settings });
    expect(skipped.code).not.to.equal(0);
    expect(skipped.output).to.contain('use "accept" first');

    await putSecret(authority.issue());
    const wrong = await up({ clientTls: "accept", ...settings });
    expect(wrong.code).not.to.equal(0);
    expect(wrong.output).to.contain(`tls.crt is not valid for ${service}`);
    expect(await restarts()).to.equal(before);
  });

  it("is accepted beside plain text, while clients write", async () => {
    await putSecret(authority.issue({ ...serverNames, key: "PKCS#1" }));
    await move("accept");
    const client = authority.issue({ subject: "/CN=counter", names: ["counter"] });
    overTls = kazoo.start(
      ...["count", `${service}:2281`, "/secure"],
      kazoo.write("client.pem", client["tls.key"] + client["tls.crt"]),
      kazoo.write("trust.pem", authority.certificate),
    );
    await counting(overTls);
  });

  it("admits neither another authority's certificate nor a client without one", async () => {
    const own = await putFiles("own", authority.issue({ names: ["client"] }), authority.certificate);
    const foreign = await putFiles("foreign", other.issue({ names: ["client"] }), authority.certificate);
    expect(await connect("zk-1", own)).not.to.contain("alert");
    expect(await connect("zk-1", foreign)).to.contain("alert");
    expect(await connect("zk-1", own, null)).to.contain("alert");
  });

  it("is required once clients have moved, and loses nothing they have written", async () => {
    await checkCounted(inPlainText);
    await move("require");
    const ports = await kubectl("get", "service", "zk-cs", "-o=jsonpath={.spec.ports[*].port}");
    expect(ports).to.equal("2281");
  });

  it("leaves plain text only inside the servers' own pods, where the tutorial's commands go on working", async () => {
    const ask = (host: string) => `printf srvr | nc -w 3 ${host} 2181 || true`;
    expect(await inPod("zk-0", ask("127.0.0.1"))).to.contain("Mode: ");
    expect(await inPod("zk-0", ask(hostOf("zk-1")))).to.equal("");
    await kubectl("exec", "zk-0", "--", "zkCli.sh", "create", "/hello", "world");
    // localhost has two addresses.
    for (let time = 0; time < 4; time += 1) {
      expect(await kubectl("exec", "zk-0", "--", "zkCli.sh", "get", "/hello")).to.contain("world");
    }
    expect(await kubectl("exec", "zk-1", "--", "zkCli.sh", "get", "/hello")).to.contain("world");
    const { code, output } = await environment.npm("status");
    expect(code, output).to.equal(0);
  });

  it("lets servers ask each other before they stop", async () => {
    const scripts = "/opt/zookeeper/scripts/zookeeper-peers";
    expect((await inPod("zk-1", `. ${scripts}; others_serving`)).trim().split("\n").sort()).to.deep.equal([
      hostOf("zk-0"),
      hostOf("zk-2"),
    ]);
  });

  it("knows ZooKeeper's own client by its certificate, and the administrator by name", async () => {
    const client = await putFiles(
      "orders",
      authority.issue({ subject: "/CN=orders", names: ["orders"] }),
      authority.certificate,
    );
    const administrator = await putFiles(
      "administrator",
      authority.issue({ subject: "/CN=administrator/O=shop", names: ["administrator"] }),
      authority.certificate,
    );
    await zkCli(client, "create", "/orders", "first", "x509:CN=orders:cdrwa");
    expect(await zkCli(client, "get", "/orders")).to.contain("first");
    const stranger = await putFiles("stranger", authority.issue({ names: ["x"] }), authority.certificate);
    const denied = await zkCli(stranger, "get", "/orders").catch(String);
    expect(denied).to.contain("Insufficient permission");
    expect(await zkCli(administrator, "get", "/orders")).to.contain("first");
  });

  it("takes another authority over without a restart, and rejects the former one's clients afterwards", async () => {
    const before = await restarts();
    const former = await putFiles("former", authority.issue({ names: ["client"] }), other.certificate);
    const current = await putFiles("current", other.issue({ names: ["client"] }), other.certificate);
    const content = other.issue({ ...serverNames, key: "SEC1" });
    await putSecret(content);
    const since = "/opt/zookeeper/client-certificates/since";
    const inEach = async (command: string) =>
      await Promise.all(servers.map(async (pod) => await inPod(pod, command)));
    const seen = async () => {
      const answers = await inEach(`test -e ${since} && echo both || echo one`);
      return answers.every((answer) => answer.trim() === "both") || answers.join();
    };
    // The kubelet tells the pods within 90 s.
    await until("all servers trusting both authorities", seen, { within: 4 * 60_000, every: 1000 });
    // As if two minutes had passed, and two more.
    await inEach(`echo $(($(date +%s) - 120)) >${since}`);
    for (const server of servers) {
      const renewed = async () => (await shown(server, current)) === fingerprint(content) || "the former one";
      await until(`${server} with the new certificate`, renewed, { every: 1000 });
    }
    expect(await connect("zk-1", former)).not.to.contain("alert");
    await inEach(`echo $(($(date +%s) - 240)) >${since}`);
    for (const server of servers) {
      const rejected = async () => (await connect(server, former)).includes("alert") || "accepted";
      await until(`${server} without the former authority`, rejected, { every: 1000 });
    }
    expect(await zkCli(current, "get", "/hello")).to.contain("world");
    expect(await restarts()).to.equal(before);
  });

  it("has cost no acknowledged write and no session", async () => {
    await checkCounted(overTls);
  });

  it("leaves no private key in the state", async () => {
    const state = await environment.run("pulumi", "stack", "export");
    expect(state)
      .to.contain("zk-client-tls")
      .and.not.to.match(/PRIVATE KEY/);
  });

  it("lets only the administrator create znodes directly below the root, if wanted", async () => {
    const { code, output } = await up({ clientTls: "require", ...settings, closeRoot: "true" });
    expect(code, output).to.equal(0);
    const client = await putFiles("client", other.issue({ names: ["client"] }), other.certificate);
    const administrator = await putFiles(
      "other-administrator",
      other.issue({ subject: "/CN=administrator/O=shop", names: ["administrator"] }),
      other.certificate,
    );
    const closed = async () =>
      (await zkCli(client, "getAcl", "/zookeeper/quota")).includes("'world,'anyone\n: r\n") || "open";
    await until("a closed root", closed, { within: 120_000, every: 1000 });
    const denied = async (...command: string[]) => await zkCli(client, ...command).catch(String);
    expect(await denied("create", "/shop")).to.contain("Insufficient permission");
    expect(await denied("setquota", "-n", "5", "/hello")).to.contain("Insufficient permission");
    expect(await denied("delete", "/hello")).to.contain("Insufficient permission");
    await zkCli(client, "set", "/hello", "everybody");
    await zkCli(administrator, "create", "/shop", "own", "x509:CN=zookeeper:cdrwa");
    await zkCli(client, "create", "/shop/order", "first");
    expect(await zkCli(client, "get", "/shop/order")).to.contain("first");
  });
});
