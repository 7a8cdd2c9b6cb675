import { Resolver } from "node:dns/promises";
import { once } from "node:events";
import { connect } from "node:net";

import { expect } from "chai";

import {
  bridge,
  clusterNamespace,
  controlPlaneAddress,
  dnsEndpointAddress,
  publicAddress,
} from "../../local-gke/cluster/addresses.ts";
import { killUnit } from "../../local-gke/machine/units.ts";
import { isErrno } from "../../system/files.ts";
import { signal, unitProcesses, type Process } from "../../system/processes.ts";
import { run, succeeds } from "../../system/run.ts";
import { until } from "../../system/wait.ts";
import { TestEnvironment } from "../fixtures/cluster/environment.ts";
import { slotOf } from "../fixtures/cluster/machine.ts";

/** Whether an API server is at the address; it refuses connections otherwise. */
async function answers(address: string): Promise<boolean> {
  const socket = connect(443, address);
  try {
    await once(socket, "connect");
    return true;
  } catch (error) {
    if (isErrno(error, "ECONNREFUSED")) {
      return false;
    }
    throw error;
  } finally {
    socket.destroy();
  }
}

describe("a cluster of the local GKE in its default configuration", function () {
  this.timeout(10 * 60_000);

  const environment = new TestEnvironment();
  let slot = 0;
  let objects: readonly string[] = [];

  const authorised = () => environment.stackFile({ authorizedNetworks: '["203.0.113.0/24"]' });
  const closed = () => environment.stackFile({});

  /** A process of the control plane. @throws Error where it does not run */
  const controlPlaneProcess = (command: string): Process => {
    const found = unitProcesses().find(
      ({ unit, argv }) =>
        unit.startsWith(environment.stateDir) && unit.endsWith("/control-plane") && argv[0] === command,
    );
    if (found === undefined) {
      throw new Error(`${command} does not run`);
    }
    return found;
  };

  /** Every object of the ensemble, with its uid: one that was replaced has another. */
  const all = async (): Promise<string[]> => {
    const kinds = "statefulsets,pods,services,poddisruptionbudgets,networkpolicies,pvc,storageclasses";
    const columns = "custom-columns=KIND:.kind,NAME:.metadata.name,UID:.metadata.uid";
    const lines = await environment.kubectl("get", kinds, "--no-headers", "-o", columns);
    return lines
      .trim()
      .split("\n")
      .map((line) => line.replaceAll(/ +/g, " "))
      .sort();
  };

  /** Expects that the user's kubeconfig names this address, and which others answer. */
  async function expectOpen(address: string, others: Readonly<Record<string, boolean>>): Promise<void> {
    const server = ["config", "view", "--minify", "-o", "jsonpath={.clusters[0].cluster.server}"];
    expect(await environment.kubectl(...server)).to.equal(`https://${address}`);
    expect(await answers(address), address).to.equal(true);
    for (const [other, open] of Object.entries(others)) {
      expect(await answers(other), other).to.equal(open);
    }
    expect(await environment.kubectl("get", "nodes", "-o", "name")).to.contain("node/gke-");
    expect(await environment.kubectl("exec", "zk-0", "--", "zkCli.sh", "get", "/kept")).to.contain("written");
    const status = await environment.npm("status");
    expect(status.code, status.output).to.equal(0);
  }

  before(async () => {
    const up = await environment.npm("up", "--config-file", closed());
    expect(up.code, up.output).to.equal(0);
    slot = slotOf(environment.stateDir);
    await environment.kubectl("exec", "zk-0", "--", "zkCli.sh", "create", "/kept", "written");
    objects = await all();
    expect(objects).to.have.length.at.least(10);
  });

  after(async () => {
    await environment.remove();
  });

  it("is reached at its DNS endpoint, by kubectl and by the program, and not at its public address", async () => {
    await expectOpen(dnsEndpointAddress(slot), { [publicAddress(slot)]: false });
    const preview = await environment.npm("preview", "--config-file", closed());
    expect(preview.code, preview.output).to.equal(0);
    expect(preview.output).not.to.contain("does not say");
  });

  it("has a certificate there that only programs of the environment trust", async () => {
    const exports = await environment.exports();
    const view = await environment.kubectl("config", "view", "--minify", "--raw");
    expect(view).not.to.contain("certificate-authority");
    const nodes = (variables: Record<string, string>) =>
      run("kubectl", ["get", "nodes"], { env: { ...exports, ...variables } }).then(
        () => "",
        (error: unknown) => String(error),
      );
    expect(await nodes({})).to.equal("");
    expect(await nodes({ SSL_CERT_FILE: "/dev/null" })).to.contain("x509");
    const fetching = `fetch("https://${dnsEndpointAddress(slot)}/version").then((answer) => process.exit(answer.status === 401 ? 0 : 1))`;
    const node = (variables: Record<string, string>) =>
      succeeds(process.execPath, ["-e", fetching], { env: { ...exports, ...variables } });
    expect(await node({})).to.equal(true);
    expect(await node({ NODE_EXTRA_CA_CERTS: "" })).to.equal(false);
  });

  it("is found at the same hardware address when nodes come and go", async () => {
    const netns = ["-netns", clusterNamespace(slot)];
    const hardwareAddress = async () => {
      const [link] = JSON.parse(await run("ip", [...netns, "-json", "link", "show", bridge])) as {
        address: string;
      }[];
      return link?.address;
    };
    const before = await hardwareAddress();
    // A bridge takes the lowest address of its links, unless it has one by itself.
    const link = [
      "link",
      "add",
      "lowest",
      "address",
      "02:00:00:00:00:01",
      "type",
      "veth",
      "peer",
      "name",
      "other",
    ];
    await run("ip", [...netns, ...link]);
    try {
      await run("ip", [...netns, "link", "set", "lowest", "master", bridge]);
      expect(await hardwareAddress()).to.equal(before);
    } finally {
      await run("ip", [...netns, "link", "del", "lowest"]);
    }
    expect(await hardwareAddress()).to.equal(before);
  });

  it("is opened for networks while it runs: nothing on it is replaced", async () => {
    const opened = await environment.npm("up", "--config-file", authorised());
    expect(opened.code, opened.output).to.equal(0);
    await expectOpen(publicAddress(slot), { [dnsEndpointAddress(slot)]: false });
    expect(await all()).to.deep.equal(objects);
  });

  it("has the same endpoints after its control plane and their rules are lost, as in a reboot", async () => {
    await killUnit(controlPlaneProcess("kube-apiserver").unit);
    await run("ip", ["netns", "exec", clusterNamespace(slot), "nft", "flush", "ruleset"]);
    const again = await environment.npm("up", "--config-file", authorised());
    expect(again.code, again.output).to.equal(0);
    await expectOpen(publicAddress(slot), { [dnsEndpointAddress(slot)]: false });
  });

  it("is closed again: nothing on it is replaced", async () => {
    const again = await environment.npm("up", "--config-file", closed());
    expect(again.code, again.output).to.equal(0);
    await expectOpen(dnsEndpointAddress(slot), {
      [publicAddress(slot)]: false,
      [controlPlaneAddress(slot)]: true,
    });
    expect(await all()).to.deep.equal(objects);
  });

  it("has a DNS cache on every node, which answers while the cluster's DNS hangs", async () => {
    const addresses = await environment.kubectl(
      ...["get", "nodes", "-o", 'jsonpath={.items[*].status.addresses[?(@.type=="InternalIP")].address}'],
    );
    const nodes = addresses.trim().split(" ");
    expect(nodes).to.have.length(4);
    const host = await environment.kubectl("get", "pod", "zk-0", "-o", "jsonpath={.status.hostIP}");
    const resolver = await environment.kubectl("exec", "zk-0", "--", "cat", "/etc/resolv.conf");
    expect(resolver).to.contain(`nameserver ${host}\n`);

    const service = await environment.kubectl("get", "service", "zk-cs", "-o", "jsonpath={.spec.clusterIP}");
    const ask = async (server: string, name: string) => {
      const dns = new Resolver({ timeout: 2000, tries: 1 });
      dns.setServers([server]);
      const [answer] = await dns.resolve4(`${name}.default.svc.cluster.local`, { ttl: true });
      return answer;
    };
    const dns = controlPlaneProcess("coredns");
    // A slow machine may need longer than the cache keeps the answers.
    const cached = async (): Promise<boolean | string> => {
      for (const node of nodes) {
        const answer = await ask(node, "zk-cs");
        expect(answer?.address).to.equal(service);
        expect(answer?.ttl).to.be.within(1, 30);
      }
      signal(dns.pid, "SIGSTOP");
      try {
        const missing = await ask(nodes[0] ?? "", "never-asked").then(String, (error: unknown) =>
          String(error),
        );
        expect(missing).to.match(/ESERVFAIL|ETIMEOUT/);
        const found = await Promise.all(nodes.map((node) => ask(node, "zk-cs").catch(() => undefined)));
        return found.every((answer) => answer?.address === service) || "some nodes do not answer";
      } finally {
        signal(dns.pid, "SIGCONT");
      }
    };
    await until("answers of every node while the cluster's DNS hangs", cached, {
      within: 120_000,
      every: 500,
    });
  });
});
