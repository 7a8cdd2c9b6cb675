import { X509Certificate } from "node:crypto";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import {
  clientLink,
  clientNamespace,
  cloudStorageAddress,
  clusterNamespace,
  holdsAddress,
  metadataServerAddress,
  nodeAddress,
} from "../../local-gke/cluster/addresses.ts";
import { mebibyte, parseQuantity } from "../../domain/quantity.ts";
import { drainSecondsVariable } from "../../local-gke/cluster/drain.ts";
import { joinBridge } from "../../local-gke/cluster/network.ts";
import { cgroupV2 } from "../../local-gke/machine/cgroups.ts";
import { killUnit } from "../../local-gke/machine/units.ts";
import { signal, unitProcesses } from "../../system/processes.ts";
import { run } from "../../system/run.ts";
import { until } from "../../system/wait.ts";
import { projectDir } from "../../system/paths.ts";
import { passphraseFits } from "../../local-gke/pulumi/passphrase.ts";
import { TestEnvironment, type Ended } from "../fixtures/cluster/environment.ts";
import { listeners, slotOf, traces } from "../fixtures/cluster/machine.ts";
import { StrangeMachine } from "../fixtures/cluster/strange-machine.ts";

/** The process of a service in one of the environment's units. */
function serviceOf(environment: TestEnvironment, unit: RegExp, command: string): number {
  const found = unitProcesses().find(
    (process) =>
      process.unit.startsWith(environment.stateDir) &&
      unit.test(process.unit) &&
      process.argv[0]?.split("/").at(-1) === command,
  );
  if (found === undefined) {
    throw new Error(`${command} does not run in a unit like ${unit.source}`);
  }
  return found.pid;
}

/** Another workload beside the ensemble, whose disruption budget never allows an eviction. */
const stubborn = {
  apiVersion: "v1",
  kind: "List",
  items: [
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "stubborn", labels: { app: "stubborn" } },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            name: "stubborn",
            image: "docker.io/library/zookeeper:3.9.5",
            imagePullPolicy: "IfNotPresent",
            command: ["sleep", "86400"],
          },
        ],
      },
    },
    {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata: { name: "stubborn" },
      spec: { maxUnavailable: 0, selector: { matchLabels: { app: "stubborn" } } },
    },
  ],
};

/** Leaves the clients' network of a run of faults that was killed. */
async function leaveClientNetwork(slot: number): Promise<void> {
  const netns = clientNamespace(slot);
  await run("ip", ["netns", "add", netns]);
  await joinBridge(slot, netns, clientLink);
  await run("ip", ["-netns", netns, "addr", "add", `${nodeAddress(slot, 200)}/24`, "dev", "eth0"]);
}

describe("the environment on the local GKE", function () {
  this.timeout(10 * 60_000);

  const machine = new StrangeMachine();
  const environment = new TestEnvironment(
    { ...machine.variables, [drainSecondsVariable]: "20" },
    () => machine.folder,
  );
  let update = "";

  const zk = (pod: string, ...command: string[]) =>
    environment.kubectl("exec", pod, "--", "zkCli.sh", "-server", "localhost:2181", ...command);
  const ready = () => environment.kubectl("rollout", "status", "statefulset/zk", "--timeout=180s");

  /** Expects that the command succeeded, and that the policy pack validated what it did and found nothing. */
  const expectNoFinding = ({ code, output }: Ended) => {
    expect(code, output).to.equal(0);
    expect(output).to.match(/Policies:\s+✅ zookeeper@/);
    expect(output).not.to.match(/\[(advisory|mandatory|remediate)\]/);
  };

  before(async () => {
    await machine.start();
    expectNoFinding(await environment.npm("preview"));
    const up = await environment.npm("up");
    expectNoFinding(up);
    update = up.output;
    await zk("zk-0", "create", "/acknowledged", "write");
  });

  after(async () => {
    try {
      await environment.remove();
    } finally {
      await machine.stop();
    }
  });

  it("has four nodes of 2 CPUs and 4 GiB in the zone, as GKE labels them", async () => {
    const { items } = JSON.parse(await environment.kubectl("get", "nodes", "-o", "json")) as {
      items: {
        metadata: { labels: Record<string, string> };
        status: { allocatable: Record<string, string> };
      }[];
    };
    expect(items).to.have.length(4);
    for (const { metadata, status } of items) {
      // What GKE leaves of them.
      expect(status.allocatable["cpu"]).to.equal("1930m");
      expect(parseQuantity(status.allocatable["memory"] ?? "")).to.equal(2833 * mebibyte);
      expect(metadata.labels).to.include({
        "node.kubernetes.io/instance-type": "e2-custom-2-4096",
        "topology.kubernetes.io/zone": "us-central1-a",
        "topology.kubernetes.io/region": "us-central1",
      });
      expect(metadata.labels).to.have.property("cloud.google.com/gke-nodepool");
    }
  });

  it("has a pod on every node that requests what GKE's own pods do, and another one on the first", async () => {
    const pods = JSON.parse(await environment.kubectl("get", "pods", "-n", "kube-system", "-o", "json")) as {
      items: { spec: { containers: { resources: { requests: { cpu: string } } }[] } }[];
    };
    const requests = pods.items.map(({ spec }) => spec.containers[0]?.resources.requests.cpu);
    expect(requests.sort()).to.deep.equal(["383m", "494m", "494m", "494m", "494m"]);
  });

  it("gets as much CPU as eight busy processes, one for each virtual CPU", () => {
    const slot = join("local-gke", String(slotOf(environment.stateDir)));
    const [file, one] = cgroupV2
      ? [join("/sys/fs/cgroup", slot, "cpu.weight"), 100]
      : [join("/sys/fs/cgroup/cpu", slot, "cpu.shares"), 1024];
    expect(Number(readFileSync(file, "utf8"))).to.equal(8 * one);
  });

  it("leaves no temporary file of the engine's plugins, such as a kubeconfig", () => {
    expect(readdirSync(join(environment.stateDir, "tmp"))).to.be.empty;
  });

  it("says that the cluster is on this machine", () => {
    expect(update).to.match(/Local GKE: cluster zookeeper is a .* on this machine, not on Google's cloud/);
  });

  it("listens nowhere on the machine, and in the cluster's network on loopback and the bridge", async () => {
    const slot = slotOf(environment.stateDir);
    const netns = clusterNamespace(slot);
    expect(await listeners(environment.stateDir), "on the machine").to.be.empty;
    const isOwn = (address: string) =>
      /^(127\.|\[?::1\]?$)/.test(address) ||
      holdsAddress(slot, address) ||
      // It is the same for all clusters, as buckets are.
      address === cloudStorageAddress;
    const links = JSON.parse(await run("ip", ["-json", "-netns", netns, "address"])) as {
      addr_info: { scope: string; local: string }[];
    }[];
    const beside = links.flatMap(({ addr_info: all }) => all.filter(({ scope }) => scope !== "link"));
    // So a listener on every address is on none beyond these.
    expect(beside.filter(({ local }) => !isOwn(local))).to.be.empty;
    const sockets = await listeners(environment.stateDir, netns);
    const addresses = sockets.map((socket) => socket.replace(/:\d+$/, ""));
    expect(addresses, "the API server and others").to.have.length.at.least(5);
    expect(addresses.filter((address) => address !== "*" && !isOwn(address))).to.be.empty;
  });

  it("leaves the kernel's settings as the machine's users made them", () => {
    expect(machine.hasItsSettings()).to.equal(true);
  });

  it("gives a node no link but those of the cluster", async () => {
    const nodes = (await environment.kubectl("get", "nodes", "-o", "name")).trim().split("\n");
    for (const node of nodes) {
      const name = node.replace("node/", "");
      const links = JSON.parse(await run("ip", ["-json", "-netns", name, "address"])) as {
        ifname: string;
        addr_info: { family: string; local: string }[];
      }[];
      const slot = slotOf(environment.stateDir);
      const strange = links
        .flatMap(({ addr_info: addresses }) => addresses)
        .filter(({ family, local }) => family === "inet" && !local.startsWith("127."))
        .filter(({ local }) => !holdsAddress(slot, local) && local !== metadataServerAddress);
      expect(strange, name).to.be.empty;
    }
  });

  it("reads on every server what one of them acknowledged", async () => {
    for (const pod of ["zk-0", "zk-1", "zk-2"]) {
      expect(await zk(pod, "sync", "/")).to.be.a("string");
    }
    for (const pod of ["zk-0", "zk-1", "zk-2"]) {
      expect(await zk(pod, "get", "/acknowledged")).to.contain("write");
    }
  });

  it("keeps secrets out of the state in plain text", async () => {
    const state = await environment.run("pulumi", "stack", "export");
    expect(state).not.to.contain("gke-gcloud-auth-plugin");
    expect(state).not.to.contain("client-certificate");
  });

  it("encrypts with a passphrase that only root can read here, and writes no salt into the repository's file", async () => {
    const shared = join(projectDir, "Pulumi.dev.yaml");
    const before = readFileSync(shared, "utf8");
    const exported = await environment.exports();
    expect(exported).not.to.have.property("PULUMI_CONFIG_PASSPHRASE");
    const file = exported["PULUMI_CONFIG_PASSPHRASE_FILE"] ?? "";
    expect(file.startsWith(`${environment.stateDir}/`)).to.equal(true);
    expect(statSync(file).mode & 0o777).to.equal(0o600);
    expect(readFileSync(file, "utf8").trim()).to.match(/^[\w-]{43}$/);
    // As a user types it in a shell that has a passphrase of another stack's.
    const env = { ...exported, PULUMI_CONFIG_PASSPHRASE: "another" };
    for (const args of [["preview"], ["up", "--yes"], ["refresh", "--yes"]]) {
      const output = await run("pulumi", [...args, "--non-interactive"], { env, cwd: projectDir });
      expect(output, args.join(" ")).to.match(/Resources:\n\s+\d+ unchanged/);
    }
    expect(readFileSync(shared, "utf8")).to.equal(before);
  });

  it("reads back a secret setting, of which the file has only what the passphrase opens", async () => {
    const checkout = join(environment.stateDir, "checkout");
    mkdirSync(checkout);
    for (const name of ["Pulumi.yaml", "Pulumi.dev.yaml"]) {
      copyFileSync(join(projectDir, name), join(checkout, name));
    }
    const pulumi = async (...args: string[]) =>
      await run("pulumi", args, { env: await environment.exports(), cwd: checkout });
    await pulumi("config", "set", "--secret", "logLevel", "WARN");
    expect((await pulumi("config", "get", "logLevel")).trim()).to.equal("WARN");
    const text = readFileSync(join(checkout, "Pulumi.dev.yaml"), "utf8");
    expect(text)
      .to.match(/logLevel:\n\s+secure: v1:/)
      .and.not.to.contain("WARN");
    expect(text).not.to.contain("encryptionsalt");
    await pulumi("config", "rm", "logLevel");
    expect(readFileSync(join(checkout, "Pulumi.dev.yaml"), "utf8")).not.to.contain("logLevel");
  });

  it("gives an environment of an earlier version a passphrase that nobody knows, and changes nothing else", async () => {
    const { stateDir } = environment;
    const env = await environment.exports();
    // As that version left it: the passphrase that stood in the repository, and none of these files.
    const settings = { cwd: join(stateDir, "settings"), env };
    await run("pulumi", ["stack", "change-secrets-provider", "passphrase"], {
      ...settings,
      input: "local-gke\n",
    });
    for (const name of ["passphrase", "settings", "local-gke-pulumi"]) {
      rmSync(join(stateDir, name), { recursive: true });
    }
    const told = await environment.npm("status");
    expect(told.code, told.output).to.equal(1);
    expect(told.output).to.contain("an earlier version created this environment");
    const up = await environment.npm("up");
    expectNoFinding(up);
    expect(up.output).to.match(/Resources:\n\s+\d+ unchanged/);
    expect(statSync(join(stateDir, "passphrase")).mode & 0o777).to.equal(0o600);
    const { deployment } = JSON.parse(await environment.run("pulumi", "stack", "export")) as {
      deployment: { secrets_providers: { state: { salt: string } } };
    };
    const { salt } = deployment.secrets_providers.state;
    expect(passphraseFits("local-gke", salt)).to.equal(false);
    expect(passphraseFits(readFileSync(join(stateDir, "passphrase"), "utf8").trim(), salt)).to.equal(true);
    expect(await environment.run("pulumi", "stack", "output", "kubeconfig", "--show-secrets")).to.contain(
      '"server"',
    );
  });

  it("changes nothing the second time, and says so", async () => {
    const again = await environment.npm("up");
    expectNoFinding(again);
    expect(again.output).to.match(/Resources:\n\s+\d+ unchanged/);
  });

  it("has nothing that the policies find, and nothing to change, after a refresh", async () => {
    await environment.run("pulumi", "refresh", "--yes", "--non-interactive");
    const preview = await environment.npm("preview");
    expectNoFinding(preview);
    expect(preview.output).to.match(/Resources:\n\s+\d+ unchanged/);
    expectNoFinding(await environment.npm("up"));
  });

  it("previews a change of the cluster as an update, and of nothing on it", async () => {
    const stackFile = join(environment.stateDir, "Pulumi.dev.yaml");
    const settings = readFileSync(join(projectDir, "Pulumi.dev.yaml"), "utf8");
    const changed = 'config:\n  zookeeper-environment:maintenanceStart: "05:00"\n';
    writeFileSync(stackFile, settings.replace("config:\n", changed));
    const preview = await environment.npm("preview", "--diff", "--config-file", stackFile);
    expect(preview.code, preview.output).to.equal(0);
    expect(preview.output).to.match(/Resources:\n\s+~ \d+ to update\n\s+\d+ unchanged/);
    const updated = [...preview.output.matchAll(/(\S+): \(update\)/g)].map(([, type = ""]) => type);
    // Components only pass the setting on.
    expect(updated.filter((type) => !type.startsWith("zookeeper:"))).to.deep.equal([
      "gcp:container/cluster:Cluster",
    ]);
  });

  it("restores what was deleted or changed, with its data, and tells of it before", async () => {
    const faults: readonly [command: readonly string[], told: readonly string[]][] = [
      [["delete", "statefulset/zk"], ["StatefulSet default/zk is missing"]],
      [
        ["delete", "pdb/zk-pdb", "service/zk-cs"],
        ["PodDisruptionBudget default/zk-pdb is missing", "Service default/zk-cs is missing"],
      ],
      [
        ["scale", "statefulset/zk", "--replicas=2"],
        ["StatefulSet default/zk: spec.replicas is 2, declared as 3"],
      ],
    ];
    for (const [command, told] of faults) {
      await environment.kubectl(...command);
      const status = await environment.npm("status");
      expect(status.code, status.output).to.equal(1);
      for (const fault of told) {
        expect(status.output).to.contain(`! ${fault}\n`);
      }
      const up = await environment.npm("up");
      expectNoFinding(up);
      for (const fault of told) {
        expect(up.output).to.contain(fault);
      }
      const after = await environment.npm("status");
      expect(after.code, after.output).to.equal(0);
      expect(await zk("zk-2", "get", "/acknowledged"), command.join(" ")).to.contain("write");
    }
    await environment.kubectl("get", "pdb/zk-pdb", "service/zk-cs");
  });

  it("changes nothing that is rejected, by the policies or by the program", async () => {
    const identities = async () =>
      await environment.kubectl("get", "nodes,pods", "-o=jsonpath={.items[*].metadata.uid}");
    const before = await identities();
    // The node would come first, and only then what the policy, by this setting, finds of the servers.
    const config = join(environment.stateDir, "policies.json");
    writeFileSync(config, JSON.stringify({ probes: { minimumGraceSeconds: 90 } }));
    const more = ["--config-file", environment.stackFile({ nodeCount: 5 })];
    const rejected = await environment.npm("up", "--policy-pack-config", config, ...more);
    expect(rejected.code, rejected.output).not.to.equal(0);
    expect(rejected.output).to.match(/\[mandatory\]\s+probes/);
    expect(rejected.output).to.contain("failed; nothing was changed");
    const three = await environment.npm("up", "--config-file", environment.stackFile({ nodeCount: 3 }));
    expect(three.code, three.output).not.to.equal(0);
    expect(three.output).to.contain("use at most 1 servers, or at least 4 nodes");
    expect(await identities()).to.equal(before);
  });

  it("is healthy by its own account", async () => {
    const { code, output } = await environment.npm("status");
    expect(code, output).to.equal(0);
    expect(output).to.match(/on this machine: healthy\n/);
    expect(output).to.match(/control plane +\d+ MiB {2}coredns etcd kube-apiserver/);
    for (const pod of ["zk-0", "zk-1", "zk-2"]) {
      expect(output).to.contain(`pods default/${pod}`);
    }
    expect(output).to.match(/total +\d{3,4} MiB/);
    expect(output).to.contain(`${environment.stateDir}/gke/projects/`);
  });

  it("starts a service again that was killed", async () => {
    const killed = serviceOf(environment, /nodes/, "kubelet");
    signal(killed, "SIGKILL");
    await until("the kubelet's return", () => {
      const pids = unitProcesses().map(({ pid }) => pid);
      return !pids.includes(killed) && serviceOf(environment, /nodes/, "kubelet") > 0;
    });
  });

  it("sees a node that died on refresh, and starts it again with up", async () => {
    const unit = unitProcesses().find(
      (process) => process.unit.startsWith(environment.stateDir) && /\/nodes\//.test(process.unit),
    )?.unit;
    expect(unit).to.be.a("string");
    await killUnit(unit ?? "");
    const status = await environment.npm("status");
    expect(status.code, status.output).to.equal(1);
    expect(status.output).to.contain(`! ${unit?.split("/").at(-1) ?? ""} does not run`);
    const refresh = await environment.run(
      "pulumi",
      "refresh",
      "--preview-only",
      "--non-interactive",
      "--diff",
    );
    expect(refresh).to.match(/gcp:container\/nodePool:NodePool: \(update\)/);
    const { code, output } = await environment.npm("up");
    expect(code, output).to.equal(0);
    const after = await environment.npm("status");
    expect(after.code, after.output).to.equal(0);
    await ready();
    expect(await zk("zk-0", "get", "/acknowledged")).to.contain("write");
  });

  it("brings a dead control plane back with up", async () => {
    const unit = unitProcesses().find(
      (process) => process.unit.startsWith(environment.stateDir) && process.unit.endsWith("/control-plane"),
    )?.unit;
    await killUnit(unit ?? "");
    const { code, output } = await environment.npm("up");
    expect(code, output).to.equal(0);
    await ready();
    expect(await zk("zk-1", "get", "/acknowledged")).to.contain("write");
  });

  it("renews certificates that end soon, and leaves their authority, the nodes and the servers alone", async () => {
    const cluster = join(environment.stateDir, "gke/projects/zookeeper-dev/clusters/us-central1-a/zookeeper");
    const end = (file: string) =>
      new X509Certificate(readFileSync(join(cluster, "pki", file))).validToDate.getTime();
    const inDays = (days: number) => Date.now() + days * 24 * 3_600_000;
    const pods = () =>
      environment.kubectl("get", "pods", "-o=jsonpath={.items[*].status.containerStatuses[*]}");
    const before = { authority: readFileSync(join(cluster, "pki/ca.crt"), "utf8"), pods: await pods() };
    const config = join(cluster, "short.yaml");
    const text = readFileSync(join(cluster, "kubeadm.yaml"), "utf8");
    writeFileSync(
      config,
      text.replace('"clusterName"', '"certificateValidityPeriod":"48h0m0s","clusterName"'),
    );
    for (const kind of ["crt", "key"]) {
      rmSync(join(cluster, "pki", `apiserver.${kind}`));
    }
    await environment.run("kubeadm", "init", "phase", "certs", "apiserver", "--config", config);
    expect(end("apiserver.crt")).to.be.below(inDays(3));
    // What a renewal left that was cut off.
    mkdirSync(join(cluster, "renewing/pki"), { recursive: true });
    writeFileSync(join(cluster, "renewing/pki/apiserver.key"), "cut off");
    const { code, output } = await environment.npm("up");
    expect(code, output).to.equal(0);
    expect(output).to.match(/Repairing cluster zookeeper: its apiserver\.crt ends on \d{4}-/);
    for (const file of [
      "apiserver.crt",
      "etcd/server.crt",
      "apiserver-etcd-client.crt",
      "front-proxy-client.crt",
    ]) {
      expect(end(file), file).to.be.above(inDays(360));
    }
    expect(readdirSync(cluster)).not.to.include("renewing");
    expect(readFileSync(join(cluster, "pki/ca.crt"), "utf8")).to.equal(before.authority);
    expect(await pods()).to.equal(before.pods);
    expect((await environment.npm("up")).output).not.to.contain("Repairing");
    expect(await zk("zk-0", "get", "/acknowledged")).to.contain("write");
  });

  it("comes back with its data after everything was killed, as by a reboot", async () => {
    const units = new Set(
      unitProcesses().flatMap(({ unit }) => (unit.startsWith(environment.stateDir) ? [unit] : [])),
    );
    expect(units.size).to.equal(5);
    for (const unit of units) {
      await killUnit(unit);
    }
    const { code, output } = await environment.npm("up");
    expect(code, output).to.equal(0);
    await ready();
    expect(await zk("zk-2", "get", "/acknowledged")).to.contain("write");
  });

  it("comes back with its data after its network was taken away", async () => {
    const slot = slotOf(environment.stateDir);
    const node = (
      await environment.kubectl("get", "nodes", "-o", "jsonpath={.items[0].metadata.name}")
    ).trim();
    for (const netns of [clusterNamespace(slot), node]) {
      await run("ip", ["netns", "del", netns]);
    }
    const { code, output } = await environment.npm("up");
    expect(code, output).to.equal(0);
    await ready();
    expect(await zk("zk-0", "get", "/acknowledged")).to.contain("write");
  });

  it("finishes an up that was cut off anywhere", async () => {
    for (const [milliseconds, signal] of [
      [700, "SIGKILL"],
      [2_500, "SIGINT"],
      [4_000, "SIGKILL"],
    ] as const) {
      await environment.npmKilled(milliseconds, signal, "up");
    }
    const { code, output } = await environment.npm("up");
    expect(code, output).to.equal(0);
    expect(await zk("zk-0", "get", "/acknowledged")).to.contain("write");
  });

  it("rejects to take its cluster away while something else works on it", async () => {
    const [first, second] = await Promise.all([environment.npm("up"), environment.npm("up")]);
    expect([first.code, second.code].sort()).to.deep.equal([0, 1]);
    expect(first.output + second.output).to.contain("another command works on this environment");
  });

  it("moves to machines of another type one node at a time, as far as disruption budgets allow", async () => {
    const file = join(environment.stateDir, "stubborn.json");
    writeFileSync(file, JSON.stringify(stubborn));
    await environment.kubectl("apply", "-f", file);
    await environment.kubectl("wait", "--for=condition=Ready", "pod/stubborn", "--timeout=60s");
    const larger = environment.stackFile({ machineType: "e2-custom-2-8192" });
    const { code, output } = await environment.npm("up", "--config-file", larger);
    expect(code, output).to.equal(0);
    expect(output).to.match(/NodePool zookeeper-nodes updated/);
    expect(output.match(/which is of type e2-custom-2-4096/g)).to.have.length.at.least(4);
    expect(output).to.contain("disruption budget of pod default/stubborn allows no eviction");
    const types = "jsonpath={.items[*].metadata.labels.node\\.kubernetes\\.io/instance-type}";
    expect((await environment.kubectl("get", "nodes", "-o", types)).trim().split(" ")).to.deep.equal(
      Array.from({ length: 4 }, () => "e2-custom-2-8192"),
    );
    await ready();
    expect(await zk("zk-1", "get", "/acknowledged")).to.contain("write");
  });

  it("leaves the volumes where nobody asked to remove them, and nothing else", async () => {
    const slot = slotOf(environment.stateDir);
    await leaveClientNetwork(slot);
    expect(await traces(environment.stateDir, slot)).to.include(`network namespace ${clientNamespace(slot)}`);
    await environment.kubectl("apply", "-f", join(environment.stateDir, "stubborn.json"));
    await environment.kubectl("wait", "--for=condition=Ready", "pod/stubborn", "--timeout=60s");
    const { code, output } = await environment.npm("down");
    expect(code, output).to.equal(0);
    // As on GKE, where a deleted node pool ignores disruption budgets.
    expect(output).not.to.contain("allows no eviction");
    expect(output).to.match(/Kept 3 volumes/);
    expect(await traces(environment.stateDir, slot)).to.be.empty;
  });

  it("leaves a stack of somebody else's that is in its backend, and says so", async () => {
    const project = mkdtempSync(join(environment.stateDir, "other-project-"));
    writeFileSync(join(project, "Pulumi.yaml"), "name: zookeeper-environment\nruntime: nodejs\n");
    await run("pulumi", ["stack", "init", "prod"], { env: await environment.exports(), cwd: project });
    expect(readdirSync(project)).to.include("Pulumi.prod.yaml");
    for (const args of [[], ["--force"]]) {
      const { code, output } = await environment.npm("down", ...args);
      expect(code, output).to.equal(0);
      expect(output).to.contain(
        "Stack zookeeper-environment/prod is in this environment's backend, too, and stays",
      );
      const stacks = readdirSync(join(environment.stateDir, "stacks/.pulumi/stacks/zookeeper-environment"));
      expect(stacks).to.include("prod.json");
      expect(stacks.includes("dev.json")).to.equal(args.length === 0);
    }
  });

  it("goes down when its stack and its records were lost", async () => {
    const up = await environment.npm("up");
    expect(up.code, up.output).to.equal(0);
    const slot = slotOf(environment.stateDir);
    await leaveClientNetwork(slot);
    rmSync(join(environment.stateDir, "stacks"), { recursive: true });
    for (const file of ["cluster.json", "pki", "kubeconfigs"]) {
      rmSync(
        join(environment.stateDir, "gke/projects/zookeeper-dev/clusters/us-central1-a/zookeeper", file),
        { recursive: true },
      );
    }
    const { code, output } = await environment.npm("down");
    expect(code, output).to.equal(0);
    expect(output).to.contain("which had no record");
    expect(await traces(environment.stateDir, slot)).to.be.empty;
  });
});
