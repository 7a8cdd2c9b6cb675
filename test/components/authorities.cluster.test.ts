import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { run } from "../../system/run.ts";
import { until } from "../../system/wait.ts";
import { CertManager } from "../fixtures/cluster/cert-manager.ts";
import { documentedProject } from "../fixtures/cluster/documented-program.ts";
import { TestEnvironment } from "../fixtures/cluster/environment.ts";
import type { PulumiProject } from "../fixtures/cluster/pulumi-project.ts";
import { runbookCommands } from "../fixtures/cluster/runbook.ts";

const servers = ["zk-0", "zk-1", "zk-2"] as const;

/** What cert-manager's own command does, which is not on this machine. */
const cmctl = `cmctl() {
  now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
  issuing='"type":"Issuing","status":"True","reason":"ManuallyTriggered","message":"by a test"'
  kubectl patch certificate "$2" --subresource=status --type=merge \\
    --patch "{\\"status\\":{\\"conditions\\":[{$issuing,\\"lastTransitionTime\\":\\"$now\\"}]}}"
}
`;

/** What a client has: its key with its certificate, and whom it trusts. */
interface Identity {
  readonly own: string;
  readonly trust: string;
}

/** The block of a section's commands that contains a text. */
function block(section: string, text: string): string {
  const [found, ...others] = runbookCommands(section).filter((each) => each.includes(text));
  if (found === undefined || others.length > 0) {
    throw new Error(`not one block of "${section}" contains ${text}`);
  }
  return found;
}

describe("a lost or stolen authority", function () {
  this.timeout(10 * 60_000);

  const ofServers = "The servers' authority is lost or compromised";
  const ofClients = "The clients' authority is lost or compromised";
  const lockedOut = "You are locked out";

  const environment = new TestEnvironment();
  const kubectl = async (...args: string[]) => await environment.kubectl(...args);
  const inPod = async (pod: string, command: string) => await kubectl("exec", pod, "--", "sh", "-c", command);
  const folder = mkdtempSync(join(tmpdir(), "zookeeper-authorities-"));
  const read = (name: string) => readFileSync(join(folder, name), "utf8");
  let certManager: CertManager;
  let application: PulumiProject | undefined;
  let settings: Readonly<Record<string, string>> = {
    certManager: "true",
    clientTls: "require",
    administrator: "CN=zk-administrator",
  };

  const up = async () => await environment.npm("up", "--config-file", environment.stackFile(settings));

  /** Runs commands of the runbook where a person has the files. */
  const perform = async (commands: string) =>
    await run("sh", ["-euc", cmctl + commands], { env: await environment.exports(), cwd: folder });

  /** Sets what the runbook sets, on this environment's own configuration. */
  async function update(commands: string): Promise<void> {
    const set = [...commands.matchAll(/^pulumi config set (\w+) (\S+)$/gm)];
    expect(set).to.have.length(1);
    expect(commands).to.contain("npm run up");
    settings = { ...settings, ...Object.fromEntries(set.map(([, key = "", value = ""]) => [key, value])) };
    const { code, output } = await up();
    expect(code, output).to.equal(0);
  }

  const secret = async (name: string, key: string) =>
    await kubectl("get", "secret", name, `-o=go-template={{index .data "${key}" | base64decode}}`);
  const identity = async (name: string): Promise<Identity> => ({
    own: (await secret(name, "tls.key")) + (await secret(name, "tls.crt")),
    trust: await secret(name, "ca.crt"),
  });

  /** What comes of a connection to a server. */
  async function connect(server: string, { own, trust }: Identity, port = 2281): Promise<string> {
    const host = `${server}.zk-hs.default.svc.cluster.local`;
    // Files of its own: servers are asked at the same time.
    const put = Object.entries({ own, trust }).map(
      ([name, text]) =>
        `echo ${Buffer.from(text).toString("base64")} | base64 -d >/tmp/${server}-${name}.pem`,
    );
    const files = `-cert /tmp/${server}-own.pem -key /tmp/${server}-own.pem -CAfile /tmp/${server}-trust.pem`;
    // TLS 1.2: with 1.3, a connection looks complete before the server has seen the client's certificate.
    const ask =
      `timeout 10 openssl s_client -tls1_2 -connect ${host}:${String(port)} -verify_hostname ${host} ` +
      `-verify_return_error ${files} </dev/null 2>&1 || true`;
    const output = await inPod("zk-0", [...put, ask].join("; "));
    if (output.includes("verify error")) {
      return "the client rejects the server";
    }
    if (output.includes("SSL alert number")) {
      return "the server rejects the client";
    }
    return output.includes("Verify return code: 0 (ok)") ? "connected" : output;
  }
  const connectEach = async (client: Identity) =>
    await Promise.all(servers.map(async (server) => await connect(server, client)));
  const each = (what: string) => servers.map(() => what);

  const since = (whom: string) => `/opt/zookeeper/${whom === "servers" ? "" : "client-"}certificates/since`;
  const inEach = async (command: string) =>
    await Promise.all(servers.map(async (server) => await inPod(server, command)));
  const changing = async (whom: string, expected: "yes" | "no") => {
    const answers = await inEach(`test -e ${since(whom)} && echo yes || echo no`);
    return answers.every((answer) => answer.trim() === expected) || answers.join();
  };
  /** Waits until all servers have begun to change the authority, as if so many seconds had passed since then. */
  const passed = async (whom: string, seconds: number) => {
    const begun = async () => await changing(whom, "yes");
    await until(`all servers changing what they trust of ${whom}`, begun, { within: 4 * 60_000, every: 500 });
    await inEach(`echo $(($(date +%s) - ${String(seconds)})) >${since(whom)}`);
  };
  const completed = async (whom: string) => {
    const ended = async () => await changing(whom, "no");
    await until(`all servers with the new authorities of ${whom}`, ended, { within: 60_000, every: 500 });
  };

  const restarts = async () =>
    await kubectl(
      ...["get", "pods", "-l=app=zk"],
      "-o=jsonpath={range .items[*]}{.metadata.uid} {.status.containerStatuses[0].restartCount} {end}",
    );

  before(async function () {
    // A first build takes minutes, more beside another test.
    this.timeout(30 * 60_000);
    certManager = await CertManager.build();
    const { code, output } = await up();
    expect(code).not.to.equal(0);
    expect(output).to.contain("The cluster has no API cert-manager.io/v1");
    const [found = ""] = globSync("gke/projects/*/clusters/*/*/kubeconfigs/super-admin.conf", {
      cwd: environment.stateDir,
    });
    const kubeconfig = join(environment.stateDir, found);
    await certManager.start(kubeconfig);
    const started = await up();
    expect(started.code, started.output + certManager.log).to.equal(0);

    application = documentedProject("README.md");
    await application.init({ "kubernetes:kubeconfig": readFileSync(kubeconfig, "utf8") });
    await application.must("up", "--yes", "--skip-preview");
    await kubectl("wait", "--for=condition=Ready", "certificate/orders-zk", "--timeout=60s");
  });
  after(async () => {
    application?.remove();
    rmSync(folder, { recursive: true });
    await environment.remove();
    await certManager.stop();
  });

  it("leaves whoever may run commands in pods a way in, and an administrator a way to every znode", async () => {
    expect(await connect("zk-1", await identity("orders-zk"))).to.equal("connected");
    const cli = async (...command: string[]) =>
      await kubectl("exec", "zk-0", "--", "zkCli.sh", ...command).catch(String);
    await cli("create", "/orders", "first", "x509:CN=gone:cdrwa");
    for (const command of [
      ["get", "/orders"],
      ["getAcl", "/orders"],
      ["setAcl", "/orders", "world:anyone:cdrwa"],
    ]) {
      expect(await cli(...command)).to.contain("Insufficient permission");
    }
    await cli("create", "/closed", "first", "x509:CN=gone:cdrwa");
    await cli("delete", "/closed");
    expect(await cli("ls", "/"))
      .to.contain("orders")
      .and.not.to.contain("closed");

    const repair = block(lockedOut, "setAcl");
    const asAdministrator = repair.slice(repair.lastIndexOf("kubectl exec")).split("setAcl")[0] ?? "";
    const acl = async () => await perform(`${asAdministrator} getAcl /orders`);
    // A valid certificate, but of somebody else.
    const { own } = await identity("orders-zk");
    writeFileSync(join(folder, "orders.pem"), own);
    await perform("openssl pkcs8 -topk8 -nocrypt -in orders.pem -out administrator.pem");
    await perform("openssl x509 -in orders.pem >>administrator.pem");
    expect(await perform(repair).catch(String)).to.contain("Insufficient permission");

    await perform(block(lockedOut, "kind: Certificate"));
    await perform(repair);
    expect(await acl())
      .to.contain("'x509,'CN=orders")
      .and.not.to.contain("gone");

    await perform(`${asAdministrator} setAcl /orders x509:CN=gone:cdrwa`);
    writeFileSync(join(folder, "ca.crt"), await secret("zk-clients-ca", "tls.crt"));
    writeFileSync(join(folder, "ca.key"), await secret("zk-clients-ca", "tls.key"));
    const byHand = block(lockedOut, "openssl req");
    await perform(byHand.replace("-days 1", "-days 0"));
    const expired = { own: read("administrator.pem"), trust: read("ca.crt") };
    expect(await connect("zk-1", expired)).to.equal("the server rejects the client");
    await perform(byHand);
    await perform(repair);
    expect(await acl())
      .to.contain("'x509,'CN=orders")
      .and.not.to.contain("gone");
    await perform(block(lockedOut, "rm /tmp/administrator.pem"));
    expect(await inPod("zk-0", "ls /tmp")).not.to.contain("administrator");
  });

  it("of servers is replaced without a restart", async () => {
    const before = await restarts();
    const former = await identity("zk-servers-tls");
    await update(block(ofServers, "pulumi config set"));
    await perform(block(ofServers, "cmctl"));
    await passed("servers", 120);
    const authority = await secret("zk-servers-ca-2", "tls.crt");
    const shown = async () =>
      (await connect("zk-1", { ...former, trust: authority }, 3888)) === "connected" ||
      "the former certificate";
    await until("zk-1 with a certificate of the new authority", shown, { within: 60_000, every: 500 });
    await passed("servers", 240);
    await completed("servers");
    for (const server of servers) {
      expect(await connect(server, { ...former, trust: authority }, 3888)).to.equal(
        "the server rejects the client",
      );
      expect(await connect(server, await identity("zk-servers-tls"), 3888)).to.equal("connected");
    }
    expect(await restarts()).to.equal(before);
  });

  it("of clients is replaced with cert-manager, and no client is locked out", async () => {
    const before = await restarts();
    const former = await identity("orders-zk");
    await update(block(ofClients, "pulumi config set"));
    await perform(block(ofClients, "get secret zk-clients-ca-2"));
    await perform(block(ofClients, "kubectl patch secret orders-zk"));
    const trusting = await identity("orders-zk");
    expect(trusting).to.deep.equal({ own: former.own, trust: read("both.crt") });
    expect(await connectEach(trusting)).to.deep.equal(each("connected"));

    await perform(block(ofClients, "cmctl renew zk-clients-tls"));
    const shown = perform(block(ofClients, "until kubectl logs"));
    await passed("clients", 120);
    await shown;
    expect(await connectEach(trusting)).to.deep.equal(each("connected"));
    // Therefore clients trust both first.
    expect(await connectEach(former)).to.deep.equal(each("the client rejects the server"));

    await perform(block(ofClients, "cmctl renew orders-zk"));
    const isRenewed = async () =>
      (await identity("orders-zk")).own !== former.own || "the former certificate";
    await until("the client's new certificate", isRenewed, { within: 60_000, every: 500 });
    const renewed = await identity("orders-zk");
    expect(renewed.trust.trim()).to.equal(read("new.crt").trim());
    // However long it takes until all clients are renewed.
    await passed("clients", 240);
    await completed("clients");
    expect(await connectEach(renewed)).to.deep.equal(each("connected"));
    expect(await connectEach(trusting)).to.deep.equal(each("connected"));
    expect(await restarts()).to.equal(before);

    // As if somebody had the former key.
    await perform(block(ofClients, "base64 -w0 new.crt"));
    await perform(block(ofServers, "kubectl delete pod"));
    // DNS may have the former address of a server for half a minute.
    const found = async () => {
      const outcomes = await connectEach(renewed);
      return outcomes.every((outcome) => outcome === "connected") || outcomes.join();
    };
    await until("the new pods found", found, { within: 90_000, every: 1000 });
    expect(await connectEach(trusting)).to.deep.equal(each("the server rejects the client"));
    // Nothing of this is a difference from what the stack declares.
    const { code, output } = await environment.npm("status");
    expect(code, output).to.equal(0);
  });

  it("of clients is replaced by hand in the same way", async () => {
    await certManager.stop();
    // A Secret as a person makes it, under the name that the ensemble has.
    const former = await identity("orders-zk");
    for (const key of ["tls.key", "tls.crt", "ca.crt"]) {
      writeFileSync(join(folder, key), await secret("zk-clients-tls", key));
    }
    const files = ["tls.key", "tls.crt", "ca.crt"].map((key) => `--from-file=${key}`).join(" ");
    await perform(
      `kubectl delete secret zk-clients-tls && kubectl create secret generic zk-clients-tls ${files}`,
    );
    const before = await restarts();
    const step = async (text: string) =>
      await perform(block(ofClients, text).replaceAll("zk-client-tls", "zk-clients-tls"));

    await step("get secret zk-client-tls");
    await step("kubectl patch secret orders-zk");
    const trusting = await identity("orders-zk");
    await step("create secret generic zk-client-tls");
    const shown = step("until kubectl logs");
    await passed("clients", 120);
    await shown;
    expect(await connectEach(trusting)).to.deep.equal(each("connected"));
    expect(await connectEach(former)).to.deep.equal(each("the client rejects the server"));

    await step("-out orders.crt");
    const renewed = { own: read("orders.key") + read("orders.crt"), trust: read("new.crt") };
    expect(await connectEach(renewed)).to.deep.equal(each("connected"));

    await passed("clients", 240);
    await completed("clients");
    await step("base64 -w0 new.crt");
    await passed("clients", 120);
    expect(await connectEach(trusting)).to.deep.equal(each("connected"));
    await passed("clients", 240);
    await completed("clients");
    const rejected = async () =>
      (await connectEach(trusting)).every((what) => what === "the server rejects the client") || "connected";
    await until("the former authority's client rejected", rejected, { within: 60_000, every: 500 });
    expect(await connectEach(renewed)).to.deep.equal(each("connected"));
    expect(await restarts()).to.equal(before);
  });
});
