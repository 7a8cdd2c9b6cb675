import { join } from "node:path";

import { expect } from "chai";

import { podProcess } from "../../local-gke/index.ts";
import { until } from "../../system/wait.ts";
import { checkCounted, counting } from "../fixtures/cluster/counted.ts";
import { TestEnvironment } from "../fixtures/cluster/environment.ts";
import { Kazoo, nodeAddresses } from "../fixtures/cluster/kazoo.ts";

const servers = ["zk-0", "zk-1", "zk-2"] as const;
const service = "zk-cs.default.svc.cluster.local:2181";

describe("clients that others have written", function () {
  this.timeout(10 * 60_000);

  const environment = new TestEnvironment();
  const kubectl = async (...args: string[]) => await environment.kubectl(...args);
  const ready = async () => await kubectl("rollout", "status", "statefulset/zk", "--timeout=300s");
  let kazoo: Kazoo;

  before(async () => {
    // kazoo runs beside a node, not in a pod.
    const clients = JSON.stringify(["default", nodeAddresses]);
    const { code, output } = await environment.npm("up", "--config-file", environment.stackFile({ clients }));
    expect(code, output).to.equal(0);
    kazoo = await Kazoo.install(join(environment.stateDir, "kazoo"), kubectl, ["zk-0"]);
  });
  after(async () => {
    await environment.remove();
  });

  const ask = async (pod: string, word: string) =>
    await kubectl("exec", pod, "--", "sh", "-c", `printf ${word} | nc 127.0.0.1 2181`);
  const leader = async () => {
    // A server that has just been killed has no container to ask in.
    const answers = await Promise.all(servers.map(async (pod) => await ask(pod, "srvr").catch(() => "")));
    return servers.find((_, n) => /^Mode: leader$/m.test(answers[n] ?? "")) ?? "none";
  };
  const java = async (pod: string) => {
    const process = podProcess(await kubectl("get", "pod", pod, "-o=jsonpath={.metadata.uid}"), "java");
    if (process === undefined) {
      throw new Error(`${pod} runs no Java`);
    }
    return process;
  };
  const zk = async (...command: string[]) => await kubectl("exec", "zk-0", "--", "zkCli.sh", ...command);
  /** Creates a znode, and again where the connection was lost: then, it may be there already. */
  const create = async (path: string, ...data: string[]) => {
    const created = async () => {
      try {
        await zk("create", path, ...data);
      } catch (error) {
        return String(error).includes("Node already exists") || String(error);
      }
      return true;
    };
    await until(`${path} created`, created, { within: 60_000, every: 1000 });
  };
  const restartsOf = async (pod: string) =>
    await kubectl("get", "pod", pod, "-o=jsonpath={.status.containerStatuses[0].restartCount}");
  const restarts = async () =>
    await Promise.all(servers.map(async (pod) => `${pod} ${await restartsOf(pod)}`));

  it("find what kazoo's recipes need", async () => {
    expect(await kazoo.run("recipes", service)).to.contain("all of it works");
  });

  it("get answers to the four-letter words that monitors and consoles ask, and to no others", async () => {
    const answers = {
      ruok: /^imok/,
      srvr: /^Mode: /m,
      mntr: /^zk_server_state\t/m,
      stat: /^Clients:$/m,
      envi: /^zookeeper\.version=3\.9\.5/m,
      conf: /^serverId=1$/m,
      isro: /^rw/,
    };
    for (const [word, answer] of Object.entries(answers)) {
      expect(await ask("zk-0", word), word).to.match(answer);
    }
    for (const word of ["dump", "cons", "wchp", "srst"]) {
      expect(await ask("zk-0", word), word).to.contain("not in the whitelist");
    }
  });

  it("keep their session and every acknowledged write through a drain and a killed leader", async () => {
    const client = kazoo.start("count", service, "/count");
    await counting(client);
    const node = await kubectl("get", "pod", "zk-1", "-o=jsonpath={.spec.nodeName}");
    await kubectl(
      "drain",
      node,
      "--ignore-daemonsets",
      "--force",
      "--delete-emptydir-data",
      "--timeout=120s",
    );
    await ready();
    await kubectl("uncordon", node);
    const before = await leader();
    (await java(before)).kill();
    const another = async () => ![before, "none"].includes(await leader());
    await until("another leader", another, { within: 60_000, every: 200 });
    // Until the kubelet has told of the end, the pod still counts as Ready.
    const told = async () => /[1-9]/.test(await restartsOf(before)) || "no restart";
    await until(`the restart of ${before} counted`, told, { within: 60_000, every: 200 });
    await ready();
    await checkCounted(client);
  });

  describe("that send too much", () => {
    it("are disconnected where their requests pile up, before the leader runs out of memory", async () => {
      const before = await restarts();
      const leading = await leader();
      const rejected = async () => {
        const [metric = "no metric"] =
          /^zk_large_requests_rejected\t.*/m.exec(await ask(leading, "mntr")) ?? [];
        return /\t[1-9]/.test(metric) || metric;
      };
      const host = `${leading}.zk-hs.default.svc.cluster.local:2181`;
      // 90 MB, more than a server holds of large requests, and less than ZooKeeper's own limit.
      const client = kazoo.start("fill", host, "/flood", 100, 900_000, 100, "held");
      const connected = () => Promise.resolve(client.output.includes("ready"));
      await until("the client connected", connected, { within: 60_000, every: 100 });
      const followers = await Promise.all(
        servers.filter((pod) => pod !== leading).map(async (pod) => await java(pod)),
      );
      // Without followers, nothing is written, however fast the disks are.
      for (const follower of followers) {
        follower.freeze();
      }
      const outcome = client.end();
      try {
        await until("requests rejected", rejected, { within: 60_000, every: 200 });
      } finally {
        for (const follower of followers) {
          follower.thaw();
        }
      }
      const { created, failures } = JSON.parse(await outcome) as { created: number; failures: object };
      expect(failures).to.have.property("ConnectionLoss");
      expect(created).to.be.lessThan(100);
      await ready();
      expect(await restarts()).to.deep.equal(before);
      // A server that still collects the garbage may drop a connection: a client repeats its request then.
      const gone = async () => {
        try {
          if (!(await zk("ls", "/")).includes("flood")) {
            return true;
          }
          await zk("deleteall", "/flood");
        } catch (error) {
          return String(error);
        }
        return false;
      };
      await until("/flood deleted", gone, { within: 120_000, every: 1000 });
    });

    it("are denied what exceeds a quota", async () => {
      const data = "x".repeat(100_000);
      await create("/limited");
      await zk("setquota", "-B", "250000", "/limited");
      await create("/limited/a", data);
      await create("/limited/b", data);
      const third = await zk("create", "/limited/c", data).catch(String);
      expect(third).to.match(/quota.*exceeded|exceeded.*quota/i);
      expect(await zk("ls", "/limited")).to.contain("[a, b]");
    });
  });

  describe("that store 200 MB", () => {
    const znodes = 2000;
    const data = "/var/lib/zookeeper/data";

    /** How many of the znodes each server has. */
    const stored = async () =>
      await Promise.all(
        servers.map(async (pod) => {
          const stat = await kubectl("exec", pod, "--", "zkCli.sh", "stat", "/large");
          return Number(/^numChildren = (\d+)$/m.exec(stat)?.[1]);
        }),
      );
    const all = servers.map(() => znodes);

    before(async () => {
      const outcome = JSON.parse(
        await kazoo.run("fill", service, "/large", znodes, 100_000, 8, "repeat"),
      ) as object;
      expect(outcome).to.include({ created: znodes });
    });

    it("keep them through restarts of every server", async () => {
      for (const pod of servers) {
        await kubectl("delete", "pod", pod);
        await ready();
      }
      expect(await stored()).to.deep.equal(all);
    });

    it("keep them where a follower's disk was wiped", async () => {
      const victim = (await leader()) === "zk-0" ? "zk-1" : "zk-0";
      await kubectl("exec", victim, "--", "rm", "-rf", `${data}/version-2`, `${data}/log/version-2`);
      await kubectl("delete", "pod", victim);
      await ready();
      expect(await stored()).to.deep.equal(all);
    });

    it("keep them through a roll-out", async () => {
      const { code, output } = await environment.npm(
        ...([
          "up",
          "--config-file",
          environment.stackFile({ clients: JSON.stringify(["default", nodeAddresses]), maxClientCnxns: 61 }),
        ] as const),
      );
      expect(code, output).to.equal(0);
      expect(await stored()).to.deep.equal(all);
    });

    it("are told by status how full the servers are", async () => {
      const { output } = await environment.npm("status");
      expect(output).to.match(/default\/zk-0: the database takes 19\d MiB of 341 MiB \(5\d %\)/);
    });
  });
});
