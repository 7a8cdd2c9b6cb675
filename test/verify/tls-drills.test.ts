import { expect } from "chai";

import type { Drill } from "../../verify/drill.ts";
import { clientTls } from "../../verify/drills/client-tls.ts";
import { quorumTls } from "../../verify/drills/quorum-tls.ts";
import { outcomeOf } from "./fixtures.ts";

const host = "zk-0.zk-hs.default.svc.cluster.local";
const [quorum, clients] = ["/opt/zookeeper/certificates", "/opt/zookeeper/client-certificates"];
const zooCfg = [
  ...["sslQuorum=true", "portUnification=false"],
  ...[
    `ssl.quorum.keyStore.location=${quorum}/server.pem`,
    `ssl.quorum.trustStore.location=${quorum}/trust.pem`,
  ],
  "secureClientPort=2281",
  ...[`ssl.keyStore.location=${clients}/server.pem`, `ssl.trustStore.location=${clients}/trust.pem`],
  `server.1=${host}:2888:3888;127.0.0.1:2181`,
].join("\n");

const [admitted, rejected] = [
  "exit code 0: CONNECTION ESTABLISHED",
  "exit code 1: error: SSL alert number 40",
];

/** Prints how a port answers its own certificate, none, a foreign one, and one of the ensemble's other authority. */
const answering = (own = admitted, none = rejected, foreign = rejected, other = rejected): string =>
  `printf '%s\\n' 'own.pem: ${own}' 'none: ${none}' 'foreign.pem: ${foreign}' 'other.pem: ${other}'`;

const service = (name: string, ports: readonly object[]): object => ({
  metadata: { name },
  spec: { selector: { app: "zk" }, ports },
});

/** Shell patterns of commands, and the commands that answer them. */
type Answers = Readonly<Record<string, string>>;

/** What a server that requires TLS answers. */
const answers: Answers = {
  '*"cat /opt/zookeeper/conf/zoo.cfg"': `echo '${zooCfg}'`,
  '*"openssl req"*': "printf '%s\\n' a2V5 Y3J0 Y2E=",
  '*"base64 -d"*': "exit 0",
  '*"openssl s_client"*': answering(),
  '*"nc zk-0."*': "exit 0",
  '*"nc -v -w 3 10.0.0.1 2181"': "echo Connection refused >&2; exit 1",
  '"get services -o json"': `echo '${JSON.stringify({
    items: [service("zk-cs", [{ port: 2281 }]), service("zk-hs", [{ port: 3888, targetPort: "election" }])],
  })}'`,
};

/** Runs a drill on a server that requires TLS, but answers these commands otherwise. */
async function outcome(drill: Drill, others: Answers = {}): Promise<string> {
  const rest = Object.entries(answers).filter(([pattern]) => !(pattern in others));
  const cases = [...Object.entries(others), ...rest].map(
    ([pattern, command]) => `${pattern}) ${command}; exit ;;`,
  );
  return await outcomeOf(drill, `case "$*" in\n${cases.join("\n")}\nesac`);
}

/** zoo.cfg with something else in it. */
const cfg = (before: string, after: string): Answers => ({
  '*"cat /opt/zookeeper/conf/zoo.cfg"': `echo '${zooCfg.replace(before, after)}'`,
});

describe("verify: drill quorum-tls", () => {
  it("passes where the ports admit only the servers' certificate, and no plain text", async () => {
    expect(await outcome(quorumTls)).to.equal("passed");
  });

  it("is skipped where servers may connect to each other in plain text", async () => {
    expect(await outcome(quorumTls, cfg("sslQuorum=true", "sslQuorum=false"))).to.match(
      /^skipped: the servers connect to each other in plain text; .* quorumTls: require$/,
    );
    expect(await outcome(quorumTls, cfg("portUnification=false", "portUnification=true"))).to.match(
      /^skipped: the servers also take each other's connections in plain text; .* quorumTls: require$/,
    );
    expect(await outcome(quorumTls, cfg(`${quorum}/server.pem`, `${quorum}/server.jks`))).to.match(
      /^skipped: .*no PEM files as ssl\.quorum\.keyStore/,
    );
  });

  it("fails where a port admits somebody else", async () => {
    const at = (port: number) =>
      `*"openssl s_client"*" ${port} ${quorum}/trust.pem ${quorum}/server.pem none "*`;
    const nobody = await outcome(quorumTls, { [at(3888)]: answering(admitted, admitted) });
    expect(nobody).to.equal(`failed: ${host}:3888 admits a connection without a certificate`);
    const foreign = await outcome(quorumTls, { [at(2888)]: answering(admitted, rejected, admitted) });
    expect(foreign).to.equal(`failed: ${host}:2888 admits a connection with another authority's certificate`);
    const client = await outcome(quorumTls, {
      [at(3888)]: answering(admitted, rejected, rejected, admitted),
    });
    expect(client).to.contain(":3888 admits a connection with a certificate of the clients' authority");
  });

  it("fails where a port does not say whether it admits a connection", async () => {
    const connect = '*"openssl s_client"*';
    const nothing = await outcome(quorumTls, { [connect]: answering(rejected) });
    expect(nothing).to.contain("does not admit the servers' own certificate");
    const silent = await outcome(quorumTls, {
      [connect]: answering(admitted, "exit code 1: connect:errno=111"),
    });
    expect(silent).to.match(/:3888 does not say whether it admits .*errno=111/);
    const short = await outcome(quorumTls, { [connect]: `echo 'own.pem: ${admitted}'` });
    expect(short).to.contain("does not say whether it admits a connection without a certificate");
    expect(await outcome(quorumTls, { "*srvr*": "echo Mode: standalone" })).to.contain(
      "no server says that it leads",
    );
    const none = { '*"openssl req"*': "echo no space left >&2; exit 1" };
    expect(await outcome(quorumTls, none)).to.contain("makes no certificate: no space left");
  });

  it("fails where a port takes plain text, or cannot be asked", async () => {
    const waits = await outcome(quorumTls, { '*"nc zk-0."*" 2888"': "exit 124" });
    expect(waits).to.contain(`${host}:2888 takes plain text`);
    const missing = await outcome(quorumTls, { '*"nc zk-0."*': "echo nc: not found >&2; exit 127" });
    expect(missing).to.contain("could not be asked in plain text: nc: not found");
  });
});

describe("verify: drill client-tls", () => {
  it("passes where clients need a certificate, and plain text stays inside the pods", async () => {
    expect(await outcome(clientTls)).to.equal("passed");
  });

  it("is skipped where clients may connect in plain text", async () => {
    expect(await outcome(clientTls, cfg("secureClientPort=2281\n", ""))).to.match(
      /^skipped: clients connect in plain text; .* clientTls: require$/,
    );
    expect(await outcome(clientTls, cfg(";127.0.0.1:2181", ";2181"))).to.match(
      /^skipped: clients may also connect in plain text; .* clientTls: require$/,
    );
  });

  it("fails where the port, of a server or of the Service, admits somebody else", async () => {
    const at = (name: string) =>
      `*"openssl s_client"*" ${name} 2281 ${clients}/trust.pem ${clients}/server.pem none "*`;
    const server = await outcome(clientTls, {
      [at(host)]: answering(admitted, rejected, rejected, admitted),
    });
    expect(server).to.equal(
      `failed: ${host}:2281 admits a connection with a certificate of the servers' authority`,
    );
    const service = "zk-cs.default.svc.cluster.local";
    const behind = await outcome(clientTls, { [at(service)]: answering(admitted, rejected, admitted) });
    expect(behind).to.equal(
      `failed: ${service}:2281 admits a connection with another authority's certificate`,
    );
    const misnamed = await outcome(clientTls, {
      [at(service)]: answering("exit code 1: error: hostname mismatch"),
    });
    expect(misnamed).to.contain(
      `${service}:2281 does not admit the servers' own certificate: own.pem: exit code 1`,
    );
  });

  it("fails where plain text leaves the pod, or is not answered inside", async () => {
    const address = '*"nc -v -w 3 10.0.0.1 2181"';
    const outside = await outcome(clientTls, { [address]: "echo Mode: leader" });
    expect(outside).to.contain("zk-0 does not refuse plain text on its address 10.0.0.1: Mode: leader");
    const silent = await outcome(clientTls, { [address]: "echo timed out >&2; exit 1" });
    expect(silent).to.contain("does not refuse plain text on its address 10.0.0.1: timed out");
  });

  it("fails where a Service has the port in plain text, by number or by name", async () => {
    const services = (...ports: object[]): Answers => ({
      '"get services -o json"': `echo '${JSON.stringify({ items: [service("extra", ports)] })}'`,
    });
    const numbered = await outcome(clientTls, services({ port: 9999, targetPort: 2181 }));
    expect(numbered).to.equal("failed: port 2181, in plain text, is behind extra");
    const named = services({ port: 9999, targetPort: "client" });
    const set = {
      metadata: { name: "zk", namespace: "default", generation: 1 },
      spec: {
        template: {
          metadata: { labels: { app: "zk" } },
          spec: { containers: [{ ports: [{ name: "client", containerPort: 2181 }] }] },
        },
      },
      status: { observedGeneration: 1, currentRevision: "a", updateRevision: "a", readyReplicas: 1 },
    };
    const withName = { ...named, '"get statefulsets zk "*': `echo '${JSON.stringify(set)}'` };
    expect(await outcome(clientTls, withName)).to.contain("port 2181, in plain text, is behind extra");
  });
});
