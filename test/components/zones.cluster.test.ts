import { expect } from "chai";

import { clusters, configure } from "../../local-gke/index.ts";
import { until } from "../../system/wait.ts";
import { zookeeperEnvironment } from "../../zookeeper-image/configuration.ts";
import { TestEnvironment } from "../fixtures/cluster/environment.ts";

/** Where a server runs. */
interface Place {
  node: string;
  zone: string;
}

describe("an ensemble in three zones on the local GKE", function () {
  this.timeout(15 * 60_000);

  const environment = new TestEnvironment();
  const zones = ["us-central1-a", "us-central1-b", "us-central1-c"];
  const pods = ["zk-0", "zk-1", "zk-2"];
  const zk = (pod: string, ...command: string[]) =>
    environment.kubectl("exec", pod, "--", "zkCli.sh", ...command);
  const ready = () => environment.kubectl("rollout", "status", "statefulset/zk", "--timeout=180s");

  async function up(): Promise<void> {
    const file = environment.stackFile({
      location: "us-central1",
      nodeLocations: JSON.stringify(zones),
      nodeCount: 6,
    });
    const { code, output } = await environment.npm("up", "--config-file", file);
    expect(code, output).to.equal(0);
  }

  /** The zones of the nodes by name. */
  async function zonesOfNodes(): Promise<ReadonlyMap<string, string>> {
    const zone = "{.metadata.labels.topology\\.kubernetes\\.io/zone}";
    const path = `{range .items[*]}{.metadata.name} ${zone}{"\\n"}{end}`;
    const listed = await environment.kubectl("get", "nodes", `-o=jsonpath=${path}`);
    return new Map(
      listed
        .trim()
        .split("\n")
        .map((line) => line.split(" ") as [string, string]),
    );
  }

  /** Where each server runs. */
  async function places(): Promise<Place[]> {
    const nodes = await zonesOfNodes();
    const listed = await environment.kubectl("get", "pods", ...pods, "-o=jsonpath={.items[*].spec.nodeName}");
    return listed.split(" ").map((node) => ({ node, zone: nodes.get(node) ?? "" }));
  }

  async function leader(): Promise<number> {
    const modes = await Promise.all(
      pods.map((pod) =>
        environment.kubectl("exec", pod, "--", "sh", "-c", "printf srvr | nc 127.0.0.1 2181"),
      ),
    );
    return modes.findIndex((mode) => mode.includes("Mode: leader"));
  }

  before(async () => {
    await up();
    await zk("zk-0", "create", "/acknowledged", "write");
  });

  after(async () => {
    await environment.remove();
  });

  it("has a server in each zone, and a second node in each", async () => {
    expect((await places()).map(({ zone }) => zone).sort()).to.deep.equal(zones);
    expect([...(await zonesOfNodes()).values()].sort()).to.deep.equal(zones.flatMap((zone) => [zone, zone]));
  });

  it("has a drained server on the other node of its zone, with its data", async () => {
    const before = await places();
    const drained = before[1]?.node ?? "";
    await environment.kubectl(
      ...["drain", drained, "--ignore-daemonsets", "--force", "--delete-emptydir-data", "--timeout=180s"],
    );
    await ready();
    const after = await places();
    expect(after.map(({ zone }) => zone)).to.deep.equal(before.map(({ zone }) => zone));
    expect(after[1]?.node).not.to.equal(drained);
    expect(await zk("zk-1", "get", "/acknowledged")).to.contain("write");
    await environment.kubectl("uncordon", drained);
  });

  it("serves without the leader's zone, and has its server back in it with the zone", async () => {
    configure({ ...zookeeperEnvironment, stateDir: environment.stateDir });
    const [cluster] = clusters();
    const lost = await leader();
    const before = await places();
    const nodes = [...(await zonesOfNodes())].filter(([, zone]) => zone === before[lost]?.zone);
    expect(nodes).to.have.length(2);
    for (const [name] of nodes) {
      await cluster?.node(name).powerOff();
    }
    const [other = ""] = pods.filter((_, index) => index !== lost);
    const writes = async () => {
      const printed = await zk(other, "create", "/without-a-zone", "write").catch(String);
      return /Created|already exists/.test(printed) || printed;
    };
    await until("a write without the zone", writes, { within: 120_000, every: 500 });
    // No other zone gets its server, whose volume stays.
    const elsewhere = (await places()).filter(({ zone }) => zone !== before[lost]?.zone);
    expect(elsewhere).to.have.length(2);
    await up();
    await ready();
    expect((await places()).map(({ zone }) => zone)).to.deep.equal(before.map(({ zone }) => zone));
    expect(await zk(pods[lost] ?? "", "get", "/without-a-zone")).to.contain("write");
  });
});
