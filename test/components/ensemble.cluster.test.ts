import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { officialImage } from "../../domain/image.ts";
import { succeeds } from "../../system/run.ts";
import { until } from "../../system/wait.ts";
import { signal } from "../../system/processes.ts";
import { podProcess } from "../../local-gke/index.ts";
import { TestEnvironment } from "../fixtures/cluster/environment.ts";

describe("the ensemble on the local GKE", function () {
  this.timeout(15 * 60_000);

  const environment = new TestEnvironment();
  const zk = (pod: string, ...command: string[]) =>
    environment.kubectl("exec", pod, "--", "zkCli.sh", ...command);
  const ready = () => environment.kubectl("rollout", "status", "statefulset/zk", "--timeout=180s");

  /** `npm run up` with the dev stack's settings and these. */
  async function upWith(changed: Readonly<Record<string, number | string>>): Promise<void> {
    const { code, output } = await environment.npm("up", "--config-file", environment.stackFile(changed));
    expect(code, output).to.equal(0);
  }

  before(async () => {
    const { code, output } = await environment.npm("up");
    expect(code, output).to.equal(0);
    await zk("zk-0", "create", "/acknowledged", "write");
  });

  after(async () => {
    await environment.remove();
  });

  it("passes every drill of the tutorial, with what disturbs it", async () => {
    const { code, output } = await environment.npm("verify", "--disruptive");
    expect(code, output).to.equal(0);
  });

  it("lets only its own pods reach the quorum ports, and only its clients the client port", async () => {
    const node = await environment.kubectl("get", "pod", "zk-1", "-o=jsonpath={.spec.nodeName}");
    const namespaces = ["orders", "shop"];
    const pod = (namespace: string, name: string, app: string, nodeName?: string) => ({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, namespace, labels: { app } },
      spec: {
        nodeName,
        // As a server would: only then does the headless Service give it a name.
        hostname: name,
        subdomain: "zk-hs",
        terminationGracePeriodSeconds: 0,
        containers: [
          { name: "shell", image: "docker.io/library/zookeeper:3.9.5", command: ["sleep", "900"] },
        ],
      },
    });
    const pods = [
      pod("default", "beside-zk-1", "foreign", node),
      // Another program may use the same label.
      pod("default", "namesake", "zk"),
      pod("orders", "api", "api"),
      pod("orders", "batch", "batch"),
      pod("shop", "web", "web"),
    ];
    const reaches = async (from: string, port: number, server = "zk-1") => {
      const [namespace = "", name = ""] = from.split("/");
      const host = `${server}.zk-hs.default.svc.cluster.local`;
      return await succeeds(
        "kubectl",
        ["exec", "-n", namespace, name, "--", "nc", "-z", "-w", "3", host, String(port)],
        { env: await environment.exports() },
      );
    };
    const connected = async (port: number) => {
      const from = pods.map(({ metadata: { namespace, name } }) => `${namespace}/${name}`);
      const answers = await Promise.all(
        from.map(async (each) => ((await reaches(each, port)) ? [each] : [])),
      );
      return answers.flat();
    };
    try {
      await environment.apply(
        ...namespaces.map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } })),
      );
      await environment.apply(...pods);
      for (const { metadata } of pods) {
        await environment.kubectl(
          ...["wait", "--for=condition=Ready", "--timeout=120s"],
          ...["-n", metadata.namespace, `pod/${metadata.name}`],
        );
      }
      expect(await connected(2181)).to.deep.equal(["default/beside-zk-1", "default/namesake"]);
      expect(await connected(3888)).to.deep.equal([]);
      expect(await connected(2888)).to.deep.equal([]);
      // The port is open: another server reaches it.
      expect(await reaches("default/zk-0", 3888)).to.be.true;
      // Scrapers may be anywhere. The path is the one in docs/google-cloud.md.
      const scrape = "printf 'GET /metrics HTTP/1.0\\r\\n\\r\\n' | nc -w 3 zk-1.zk-hs.default 7000";
      const scraped = await environment.kubectl("exec", "-n", "shop", "web", "--", "sh", "-c", scrape);
      expect(scraped).to.match(/ 200 [^]*\nquorum_size /);
      // The namesake is no server: it is no endpoint, and has no name.
      const endpoints = await environment.kubectl(
        ...["get", "endpointslices", "-o=jsonpath={.items[*].endpoints[*].targetRef.name}"],
      );
      expect(endpoints).to.contain("zk-0").and.not.contain("namesake");

      await upWith({ clients: '["orders/app=api", "shop"]' });
      await until(
        "the clients of the settings, and only those",
        async () => {
          const now = await connected(2181);
          return now.join() === "orders/api,shop/web" || now.join(" ");
        },
        { every: 1000 },
      );
    } finally {
      const here = pods.filter(({ metadata }) => metadata.namespace === "default");
      await environment.kubectl(
        ...["delete", "pod", "--wait", "--ignore-not-found"],
        ...here.map(({ metadata }) => metadata.name),
      );
      await environment.kubectl("delete", "namespace", "--ignore-not-found", ...namespaces);
    }
  });

  it("gives people the rights of its Roles, and no others", async () => {
    await upWith({ roles: "true" });
    const people = { anna: "zk-view", omar: "zk-operate", ines: "zk-administer" };
    const as = async (user: string, ...args: string[]) =>
      await succeeds("kubectl", ["--as", user, ...args], { env: await environment.exports() });
    try {
      for (const [user, role] of Object.entries(people)) {
        await environment.kubectl("create", "rolebinding", user, `--role=${role}`, `--user=${user}`);
      }
      const may = async (...args: string[]) => {
        const users = Object.keys(people);
        const answers = await Promise.all(users.map((user) => as(user, ...args)));
        return users.filter((_, i) => answers[i]);
      };
      expect(await may("logs", "zk-0", "--tail=1")).to.deep.equal(["anna", "omar", "ines"]);
      expect(await may("get", "statefulset,service,pdb,pvc,networkpolicy")).to.have.length(3);
      expect(await may("exec", "zk-0", "--", "true")).to.deep.equal(["omar", "ines"]);
      const scale = ["patch", "statefulset", "zk", "--dry-run=server", "-p", '{"spec":{"replicas":2}}'];
      expect(await may(...scale)).to.deep.equal(["ines"]);
      expect(await may("delete", "pvc", "datadir-zk-0", "--dry-run=server")).to.deep.equal([]);
      expect(await may("get", "secrets")).to.deep.equal([]);
      expect(await may("get", "pods", "-n", "kube-system")).to.deep.equal([]);
      expect(await as("omar", "delete", "pod", "zk-2")).to.be.true;
      await ready();
    } finally {
      await environment.kubectl("delete", "rolebinding", "--ignore-not-found", ...Object.keys(people));
    }
  });

  it("has an image that starts a server by itself as the official one does, on Java 17", async () => {
    const containers = [{ name: "zk", image: officialImage }];
    const sh = (command: string) => environment.kubectl("exec", "standalone", "--", "sh", "-ec", command);
    const volumes = ["/data", "/datalog", "/logs"];
    const metadata = { name: "standalone", namespace: "default" };
    const spec = { terminationGracePeriodSeconds: 0, containers };
    await environment.apply({ apiVersion: "v1", kind: "Pod", metadata, spec });
    try {
      await environment.kubectl("wait", "--for=condition=Ready", "--timeout=120s", "pod/standalone");
      await until("the server serves", async () =>
        /standalone/.test(await sh("zkServer.sh status 2>&1 || :")),
      );
      // The entrypoint began as root.
      expect(await sh("stat -c %U /proc/1 /data/version-2 /logs")).to.equal("zookeeper\n".repeat(3));
      expect((await sh("cut -d ' ' -f 2 /proc/mounts")).split("\n")).to.include.members(volumes);
      expect(await sh("java -version 2>&1")).to.contain(' version "17.');
      expect(await sh("locale 2>&1"))
        .to.contain("LC_ALL=en_US.UTF-8\n")
        .and.not.contain("Cannot");
    } finally {
      await environment.kubectl("delete", "pod", "standalone", "--wait");
    }
  });

  it("rolls every server for a changed setting, and keeps the data", async () => {
    const uids = async () =>
      await environment.kubectl("get", "pods", "-l=app=zk", "-o=jsonpath={.items[*].metadata.uid}");
    const earlier = await uids();
    // The tag alone was the default of earlier versions; later tests go back to the digest.
    await upWith({ maxClientCnxns: 61, image: officialImage.replace(/@.*$/, "") });
    for (const uid of (await uids()).split(" ")) {
      expect(earlier).not.to.contain(uid);
    }
    for (const pod of ["zk-0", "zk-1", "zk-2"]) {
      const file = "/opt/zookeeper/conf/zoo.cfg";
      const configuration = await environment.kubectl("exec", pod, "--", "cat", file);
      expect(configuration).to.contain("maxClientCnxns=61");
      expect(await zk(pod, "get", "/acknowledged")).to.contain("write");
    }
  });

  it("tells of settings that are not taken up, and does not drill or disturb it with them", async () => {
    // The project's stack file has none of what it was brought up with.
    const status = await environment.npm("status");
    expect(status.code, status.output).to.equal(0);
    expect(status.output).to.match(
      /Pending changes, which the next npm run up applies:\n {2}\w+ default\/zk/,
    );
    const drill = await environment.npm("verify", "--disruptive", "--only", "durable");
    expect(drill.code, drill.output).to.equal(3);
    const faults = await environment.npm("verify", "--faults", "--count", "1");
    expect(faults.code, faults.output).to.equal(1);
    for (const { output } of [drill, faults]) {
      expect(output).to.match(/rejected: an update would also apply these changes:\n {2}\w+ default\/zk/);
      expect(output).to.contain("Run npm run up first, or undo them.");
    }
  });

  it("is looked at, and started again, with the runbook's commands", async () => {
    const seen = await environment.asTheRunbookSays("Look first");
    expect(seen)
      .to.match(/Mode: (?:leader|follower)/)
      .and.contain("[myid:1]")
      .and.contain("zk-pdb");
    await environment.asTheRunbookSays("A server is down");
    await ready();
  });

  it("serves nothing rather than blank data when two of three volumes are lost, and recovers what it had", async () => {
    await environment.kubectl("scale", "statefulset/zk", "--replicas=0");
    await environment.kubectl("wait", "--for=delete", "pod", "-l=app=zk", "--timeout=120s");
    for (const claim of ["datadir-zk-1", "datadir-zk-2"]) {
      const path = await environment.disk(claim);
      expect(readdirSync(path)).not.to.be.empty;
      for (const entry of readdirSync(path)) {
        rmSync(join(path, entry), { recursive: true });
      }
      mkdirSync(path, { recursive: true });
    }
    await environment.kubectl("scale", "statefulset/zk", "--replicas=3");
    const exports = await environment.exports();
    const shell = (pod: string, command: string) =>
      succeeds("kubectl", ["exec", pod, "--", "sh", "-c", command], { env: exports });
    for (const pod of ["zk-1", "zk-2"]) {
      const says = async () =>
        (await succeeds("kubectl", ["logs", pod], { env: exports })) &&
        (await environment.kubectl("logs", pod)).includes("let this one vote");
      await until(`${pod} saying that it waits`, says, { within: 120_000, every: 500 });
    }
    const answers = () => shell("zk-0", "printf ruok | nc localhost 2181 | grep -q imok");
    await until("the survivor's answer", answers, { within: 120_000, every: 500 });
    for (const pod of ["zk-0", "zk-1", "zk-2"]) {
      expect(await shell(pod, "printf srvr | nc localhost 2181 | grep -q ^Mode:"), pod).to.equal(false);
    }
    await environment.asTheRunbookSays("Two of three volumes are lost");
    await ready();
    for (const pod of ["zk-0", "zk-1", "zk-2"]) {
      expect(await zk(pod, "get", "/acknowledged")).to.contain("write");
    }
  });

  const script = readFileSync(join(import.meta.dirname, "five-servers.sh"), "utf8");

  /** A value of the StatefulSet's container. */
  const ofContainer = async (path: string) =>
    await environment.kubectl(
      ...["get", "statefulset", "zk", `-o=jsonpath={.spec.template.spec.containers[0]${path}}`],
    );

  /** Runs five servers in a pod. @returns what the first one and the fifth one lack in the end */
  async function lacking(name: string, ...flags: string[]): Promise<string> {
    // What is left on a node with a server.
    const resources = { requests: { memory: "768Mi" } };
    await environment.apply({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, namespace: "default" },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [
          { name: "servers", image: await ofContainer(".image"), command: ["sleep", "3600"], resources },
        ],
      },
    });
    try {
      await environment.kubectl("wait", "--for=condition=Ready", `pod/${name}`, "--timeout=300s");
      return await environment.kubectl("exec", name, "--", "sh", "-c", script, "five-servers", ...flags);
    } finally {
      await environment.kubectl("delete", "pod", name);
    }
  }

  it("gives a server that was away every write, also from a leader with a gap in its log", async () => {
    const flags = (await ofContainer(".env[?(@.name=='SERVER_JVMFLAGS')].value"))
      .split(" ")
      .filter((flag) => flag.includes("snapshotSizeFactor"));
    expect(flags).to.have.length(1);
    const [here, byDefault] = await Promise.all([lacking("as-here", ...flags), lacking("by-default")]);
    expect(here).to.contain("the first server lacks 0 writes, the fifth one lacks 0");
    expect(byDefault).to.contain("the first server lacks 700 writes, the fifth one lacks 0");
  });

  const uid = async (pod: string) =>
    await environment.kubectl("get", "pod", pod, "-o=jsonpath={.metadata.uid}");
  /** The server's role; empty if it has none, or while its pod is being replaced. */
  const mode = async (pod: string) =>
    await environment
      .kubectl("exec", pod, "--", "sh", "-c", "printf srvr | nc localhost 2181 | sed -n 's/^Mode: //p'")
      .catch(() => "");
  /** How often a server's script has logged this. */
  const says = async (pod: string, what: string) =>
    (await environment.kubectl("logs", pod)).split(what).length - 1;
  /** How often the kubelet has restarted a server's container. */
  const restartsOf = async (pod: string) =>
    Number(
      await environment.kubectl(
        ...["get", "pod", pod, "-o=jsonpath={.status.containerStatuses[0].restartCount}"],
      ),
    );
  /** Lets a rollout reach the servers from this one upwards. */
  const rollOutDownTo = async (pod: string) =>
    await environment.kubectl(
      "patch",
      "statefulset",
      "zk",
      "--type=merge",
      "-p",
      JSON.stringify({ spec: { updateStrategy: { rollingUpdate: { partition: Number(pod.slice(-1)) } } } }),
    );
  /** For growing and shrinking, with no client that caches addresses: a rollout waits less for each server. */
  const scaling = { nodeCount: 6, minReadySeconds: 5 };
  /** Takes the next step towards five servers: one more. */
  const grow = async () =>
    await environment.run(
      "pulumi",
      "up",
      "--yes",
      "--skip-preview",
      "--stack=dev",
      "--config-file",
      environment.stackFile({ servers: 5, ...scaling }),
    );
  const untilReady = async (pod: string) => {
    const condition = ["wait", "--for=condition=Ready", `pod/${pod}`, "--timeout=1s"];
    const env = await environment.exports();
    const ready = () => succeeds("kubectl", condition, { env });
    await until(`${pod} Ready`, ready, { within: 180_000, every: 500 });
  };
  const javaOf = async (pod: string) => {
    const pid = podProcess(await uid(pod), "java")?.pid ?? 0;
    expect(pid).to.be.greaterThan(0);
    return pid;
  };

  it("grows where a new server misses the election of a leader by the former list", async () => {
    // The roll-out replaces zk-2 first: let it lead until then.
    for (const pod of ["zk-0", "zk-1"]) {
      if ((await mode(pod)).trim() === "leader") {
        await environment.kubectl("delete", "pod", pod);
      }
      await ready();
    }
    expect((await mode("zk-2")).trim()).to.equal("leader");
    const before = await uid("zk-2");
    await rollOutDownTo("zk-3");
    const update = grow();
    await untilReady("zk-3");
    const frozen = await javaOf("zk-3");
    signal(frozen, "SIGSTOP");
    try {
      await rollOutDownTo("zk-0");
      const othersLead = async () =>
        (await uid("zk-2").catch(() => before)) !== before &&
        /leader/.test((await Promise.all(["zk-0", "zk-1"].map(mode))).join());
      await until("a leader by the former list", othersLead, { within: 60_000, every: 200 });
    } finally {
      signal(frozen, "SIGCONT");
    }
    await update;
    expect(await says("zk-2", "this one restarts with the list of 4 servers")).to.be.greaterThan(0);
    // A restart of the container would be delayed, and would look like a server that cannot start.
    expect(await restartsOf("zk-2")).to.equal(0);
  });

  it("elects a leader while some servers do not know the new one", async () => {
    const before = await uid("zk-3");
    await rollOutDownTo("zk-3");
    const update = grow();
    const replaced = async () => (await uid("zk-3").catch(() => before)) !== before;
    await until("another zk-3", replaced, { within: 180_000, every: 500 });
    // The update has set the whole strategy; zk-3 is not Ready yet.
    await rollOutDownTo("zk-3");
    await untilReady("zk-4");
    await untilReady("zk-3");
    const former = ["zk-0", "zk-1", "zk-2"];
    const all = [...former, "zk-3", "zk-4"];
    const serving = async (...pods: string[]) =>
      (await Promise.all(pods.map(mode))).filter((found) => found.trim() !== "").length;
    const restarts = async () => await says("zk-3", "this server restarts with their list");
    // Without their leader and another one, the rest have no quorum. Once these two are back, all look for a leader:
    // often, zk-3 votes for zk-4, and the others for zk-3.
    const stuck = async () => {
      const modes = await Promise.all(all.map(mode));
      const leading = all[modes.findIndex((found) => found.trim() === "leader")];
      const away = [leading, former.find((pod) => pod !== leading)].flatMap((pod) => pod ?? []);
      const frozen = await Promise.all(away.map(javaOf));
      for (const pid of frozen) {
        signal(pid, "SIGSTOP");
      }
      try {
        const rest = all.filter((pod) => !away.includes(pod));
        const lost = async () => (await serving(...rest)) === 0;
        await until("no quorum of the rest", lost, { within: 60_000, every: 200 });
      } finally {
        for (const pid of frozen) {
          signal(pid, "SIGCONT");
        }
      }
      const helped = async () => (await serving(...all)) >= 3 || (await restarts()) > 0;
      await until("a quorum", helped, { within: 180_000, every: 500 });
      return (await restarts()) > 0;
    };
    const allServe = async () => (await serving(...all)) === all.length;
    const again = async () =>
      await until("a quorum of all", allServe, { within: 45_000, every: 500 }).then(
        () => true,
        // Servers that miss an election by the new list wait until the rollout reaches them.
        () => false,
      );
    await until("a quorum of all", allServe, { within: 60_000, every: 500 });
    // Whether they get stuck is up to chance. A quorum must come back each time.
    let wasStuck = await stuck();
    for (let attempt = 2; attempt <= 5 && !wasStuck && (await again()); attempt++) {
      wasStuck = await stuck();
    }
    const env = await environment.exports();
    const back = async () => (await says("zk-3", "this one restarts with the list of 5 servers")) > 0;
    if (wasStuck) {
      await until("zk-3 with the new list again", back, { within: 120_000, every: 500 });
    }
    await rollOutDownTo("zk-0");
    await update;
    expect(await serving(...all)).to.equal(5);
    for (const pod of [...former, "zk-3"]) {
      const ended = ["exec", pod, "--", "sh", "-c", "[ ! -e /var/lib/zookeeper/data/former-servers ]"];
      const none = () => succeeds("kubectl", ended, { env });
      await until(`${pod} without a former list`, none, { within: 60_000, every: 500 });
    }
  });

  it("grows from three servers to five, and the new ones have the data", async () => {
    await upWith({ servers: 5, ...scaling });
    for (const pod of ["zk-0", "zk-3", "zk-4"]) {
      expect(await zk(pod, "get", "/acknowledged")).to.contain("write");
      const configuration = await environment.kubectl(
        ...["exec", pod, "--", "cat", "/opt/zookeeper/conf/zoo.cfg"],
      );
      expect(configuration.match(/^server\.\d+=/gm)).to.have.length(5);
    }
    const budget = await environment.kubectl("get", "pdb", "zk-pdb", "-o=jsonpath={.spec}");
    expect(budget).to.contain('"maxUnavailable":1');
  });

  it("goes back from five servers to three, with the data", async () => {
    await zk("zk-4", "create", "/of-five", "yes");
    await upWith({ servers: 3, ...scaling });
    for (const pod of ["zk-0", "zk-1", "zk-2"]) {
      expect(await zk(pod, "get", "/of-five")).to.contain("yes");
    }
  });

  it("does not let a server vote that had more peers than are left, until somebody says so", async () => {
    const noted = "/var/lib/zookeeper/data/servers";
    expect(await environment.kubectl("exec", "zk-2", "--", "cat", noted)).to.equal("3\n");
    await environment.kubectl("exec", "zk-2", "--", "sh", "-c", `echo 7 >${noted}`);
    await environment.kubectl("delete", "pod", "zk-2");
    const exports = await environment.exports();
    const waits = async () =>
      (await succeeds("kubectl", ["logs", "zk-2"], { env: exports })) &&
      (await environment.kubectl("logs", "zk-2")).includes("the ensemble would shrink from 7 servers to 3");
    await until("zk-2 saying that it waits", waits, { within: 120_000, every: 500 });
    expect(await zk("zk-0", "get", "/of-five")).to.contain("yes");
    // One that nobody can read is no consent.
    await environment.kubectl("exec", "zk-2", "--", "sh", "-c", `: >${noted}`);
    await environment.kubectl("delete", "pod", "zk-2");
    const waitsForNumber = async () =>
      (await succeeds("kubectl", ["logs", "zk-2"], { env: exports })) &&
      (await environment.kubectl("logs", "zk-2")).includes(
        `${noted} does not contain the earlier number of servers`,
      );
    await until("zk-2 saying that it knows no number", waitsForNumber, { within: 120_000, every: 500 });
    await environment.asTheRunbookSays("A server says that there were more servers");
    await ready();
    expect(await environment.kubectl("exec", "zk-2", "--", "cat", noted)).to.equal("3\n");
  });
});
