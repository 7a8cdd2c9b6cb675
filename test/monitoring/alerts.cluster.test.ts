import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import type { PrometheusClient } from "../../dashboard/client.ts";
import { Prometheus } from "../../dashboard/programs.ts";
import type { RunningPrometheus } from "../../dashboard/running.ts";
import { alertPrefix } from "../../domain/names.ts";
import { faults } from "../../faults/catalogue/index.ts";
import type { RunReport } from "../../faults/report.ts";
import { podProcess } from "../../local-gke/index.ts";
import { until } from "../../system/wait.ts";
import { TestEnvironment } from "../fixtures/cluster/environment.ts";
import { monitoringDefinitions } from "../fixtures/cluster/monitoring-definitions.ts";

const servers = ["zk-0", "zk-1", "zk-2"] as const;

/** Panels for which others collect the metrics. */
const foreign = ["Volumes", "Certificates", "Age of the last backup"];

interface RulesObject {
  readonly spec: { readonly groups: readonly { readonly name: string; readonly rules: readonly object[] }[] };
}
interface PodMonitoringObject {
  readonly spec: {
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly endpoints: readonly [
      { readonly port: string; readonly metricRelabeling: readonly [{ readonly regex: string }] },
    ];
  };
}
interface DashboardFile {
  readonly panels: readonly {
    readonly title: string;
    readonly targets: readonly { readonly expr: string }[];
  }[];
}

describe("the alerts of an ensemble on the local GKE", function () {
  this.timeout(10 * 60_000);

  const environment = new TestEnvironment();
  const kubectl = async (...args: string[]) => await environment.kubectl(...args);
  let prometheus: RunningPrometheus | undefined;

  const running = (): PrometheusClient => {
    if (prometheus === undefined) {
      throw new Error("Prometheus has not been started");
    }
    return prometheus.api;
  };
  const object = async <T>(kind: string, name: string) =>
    JSON.parse(await kubectl("get", kind, name, "-o=json")) as T;
  const names = async (wanted: readonly string[]) =>
    (await running().alerts())
      .filter(({ state }) => wanted.includes(state))
      .map(({ name }) => name.replace(alertPrefix, ""));
  /** Expects that no alert has fired; a failure says what the budget's alerts had seen. */
  const silent = async () => {
    const seen = [
      "zookeeper:unavailable:ratio_1h",
      "leader_unavailable_time_sum",
      "zookeeper:without_leader",
    ];
    const values = await Promise.all(
      seen.map(
        async (series) =>
          `${series}: ${JSON.stringify(await running().query(`max_over_time(${series}[1h])`))}`,
      ),
    );
    expect(await running().alertHistory(), values.join("\n")).to.deep.equal([]);
  };
  const settled = async () => {
    const none = async () => (await names(["pending", "firing"])).join() || true;
    await until("no alert", none, { within: 5 * 60_000, every: 500 });
  };
  /** The pod whose server leads; "none" where none does. */
  const leader = async () => (await running().query("leader_uptime"))[0]?.labels["pod"] ?? "none";
  const java = async (pod: string) => {
    const process = podProcess(await kubectl("get", "pod", pod, "-o=jsonpath={.metadata.uid}"), "java");
    if (process === undefined) {
      throw new Error(`${pod} runs no Java`);
    }
    return process;
  };
  const serving = async (): Promise<void> => {
    await kubectl("rollout", "status", "statefulset/zk", "--timeout=8m");
  };

  before(async function () {
    // A first build takes minutes, more beside another test.
    this.timeout(30 * 60_000);
    const programs = await Prometheus.build();
    const { code, output } = await environment.npm("up");
    expect(code, output).to.equal(0);
    const [kubeconfig = ""] = globSync("gke/projects/*/clusters/*/*/kubeconfigs/super-admin.conf", {
      cwd: environment.stateDir,
    });
    const { spec: scraped } = await object<PodMonitoringObject>("podmonitoring", "zk");
    const { spec: rules } = await object<RulesObject>("rules.monitoring.googleapis.com", "zk");
    prometheus = await programs.start({
      kubeconfig: join(environment.stateDir, kubeconfig),
      namespace: "default",
      selector: scraped.selector.matchLabels,
      dropped: scraped.endpoints[0].metricRelabeling[0].regex,
      // Durations are as they are; only the looks are more frequent.
      rules: { groups: rules.groups.map((group) => ({ ...group, interval: "2s" })) },
    });
  });
  after(async () => {
    await prometheus?.stop();
    await environment.remove();
  });

  it("are silent while all is well, and every rule can be evaluated", async () => {
    const scraped = async () => {
      const targets = await running().targets();
      const up = targets.filter(({ health }) => health === "up").map(({ labels: { pod = "" } }) => pod);
      return up.sort().join() === servers.join() || JSON.stringify(targets);
    };
    await until("three targets up", scraped, { within: 60_000, every: 500 });
    // Until the first look at the leader, one is missing.
    await settled();
    for (const { name, health, error } of await running().rules()) {
      expect(health, `${name}: ${error}`).to.equal("ok");
    }
    await silent();
  });

  it("see what the dashboard shows, of every panel", async () => {
    // Rates need writes, and two scrapes.
    const write = ["for n in 1 2 3 4 5 6 7 8 9; do echo create /seen$n $n; done", "zkCli.sh"].join(" | ");
    await kubectl("exec", "zk-0", "--", "sh", "-c", write);
    const { data } = await object<{ data: { "zookeeper.json": string } }>("configmap", "zk-dashboard");
    const { panels } = JSON.parse(data["zookeeper.json"]) as DashboardFile;
    const queries = panels
      .filter(({ title }) => !foreign.includes(title))
      .flatMap(({ title, targets }) => targets.map(({ expr }) => ({ title, expr })));
    expect(queries.length).to.be.greaterThan(10);
    const empty = async () => {
      const results = await Promise.all(
        queries.map(async ({ title, expr }) =>
          (await running().query(expr)).length > 0 ? [] : [`${title}: ${expr}`],
        ),
      );
      return results.flat().join("\n") || true;
    };
    await until("every panel has data", empty, { within: 120_000, every: 1000 });
    const roles = panels.find(({ title }) => title === "Roles")?.targets[0]?.expr ?? "";
    const values = (await running().query(roles)).map(({ value }) => value).sort();
    expect(values).to.deep.equal([1, 1, 2]);
    const spare = panels.find(({ title }) => title === "Servers to spare")?.targets[0]?.expr ?? "";
    expect((await running().query(spare)).map(({ value }) => value)).to.deep.equal([1]);
  });

  it("are silent during a rollout, the drain of a node and a backup", async () => {
    await kubectl("rollout", "restart", "statefulset/zk");
    await serving();
    const node = await kubectl("get", "pod", "zk-1", "-o=jsonpath={.spec.nodeName}");
    await kubectl("drain", node, "--ignore-daemonsets", "--force", "--delete-emptydir-data", "--timeout=4m");
    await serving();
    await kubectl("uncordon", node);
    await environment.run("backup/save.sh", join(environment.stateDir, "backup.tar"));
    await settled();
    await silent();
  });

  it("tell that a server is missing, which is urgent after ten minutes only", async () => {
    const leading = await leader();
    const frozen = await java(servers.find((server) => server !== leading) ?? "none");
    try {
      frozen.freeze();
      const missing = async () => {
        const pending = await names(["pending"]);
        return (
          (pending.includes("ServerMissing") && pending.includes("NoServerToSpare")) ||
          pending.join() ||
          "none"
        );
      };
      await until("a missing server", missing, { within: 120_000, every: 500 });
    } finally {
      frozen.thaw();
    }
    await serving();
    await settled();
    await silent();
  });

  it("tell that a client has more connections than it may have", async () => {
    const open =
      "n=0; while [ $n -lt 75 ]; do nc -w 3 zk-1.zk-hs 2181 < /dev/null & n=$((n + 1)); done; wait";
    const rejected = async () => {
      await kubectl("exec", "zk-0", "--", "sh", "-c", `${open} 2> /dev/null; true`);
      return (await names(["firing"])).join() === "ClientsRejected" || "no rejected connection";
    };
    await until("rejected connections", rejected, { within: 120_000, every: 500 });
  });

  it("tell that writes exceed a quota", async () => {
    const zk = async (...command: string[]) =>
      await kubectl("exec", "zk-0", "--", "sh", "-c", 'zkCli.sh "$@" 2>&1; true', "zkCli.sh", ...command);
    await zk("create", "/limited");
    await zk("setquota", "-N", "1", "/limited");
    const exceeded = async () => {
      expect(await zk("create", "/limited/more")).to.match(/Quota has exceeded/i);
      return (await names(["firing"])).includes("QuotaExceeded") || "no exceeded quota";
    };
    await until("an exceeded quota", exceeded, { within: 120_000, every: 500 });
  });

  it("tell within two minutes that no server leads, until one does", async () => {
    const leading = await leader();
    const follower = servers.find((server) => server !== leading) ?? "none";
    const hanging = await Promise.all([leading, follower].map(java));
    const firing = async () => (await names(["firing"])).includes("WithoutLeader");
    try {
      for (const process of hanging) {
        process.freeze();
      }
      await until("the alert", firing, { within: 120_000, every: 500 });
    } finally {
      for (const process of hanging) {
        process.thaw();
      }
    }
    await until("no alert", async () => !(await firing()), { within: 120_000, every: 500 });
    const history = await running().alertHistory();
    // Of the few minutes that this Prometheus has seen, the outage is a large part.
    expect(history.filter((name) => !name.includes("Availability"))).to.deep.equal([
      ...["ZooKeeperClientsRejected", "ZooKeeperQuotaExceeded", "ZooKeeperWithoutLeader"],
    ]);
  });

  it("see each fault of a run, which reports them and the elections", async () => {
    const only = "leader-frozen,two-volumes-lost";
    const folder = join(environment.stateDir, "report");
    const { code, output } = await environment.npm(
      ...["verify", "--faults", "--alerts", "--report", folder, "--only", only],
      // Clients that use all of the processor would leave too little of it to what watches the servers.
      ...["--count", "2", "--seed", "1", "--rate", "500"],
    );
    expect(code, output).to.equal(0);
    const report = JSON.parse(readFileSync(join(folder, "report.json"), "utf8")) as RunReport;
    expect(new Set(report.faults.map(({ fault }) => fault))).to.deep.equal(new Set(only.split(",")));
    for (const { fault, alerts } of report.faults) {
      const own = faults.find(({ name }) => name === fault)?.alerts ?? [];
      expect(alerts, fault).to.include.members([...own]);
    }
    const { observed } = report;
    // Each leader that froze was followed by another one.
    const frozen = report.faults.filter(({ fault }) => fault === "leader-frozen");
    expect(observed?.leaders.filter(({ began }) => began > 0)).to.have.length.of.at.least(frozen.length);
    expect(observed?.alerts.map(({ alert }) => alert)).to.include.members(["ServerMissing", "WithoutLeader"]);
    expect(observed?.unexplained).to.deep.equal([]);
  });

  it("are accepted by Google's own definitions, and none of their fields is unknown there", async () => {
    for (const file of await monitoringDefinitions("managed")) {
      await kubectl("apply", "--server-side", "--force-conflicts", `--filename=${file}`);
    }
    const created: object[] = await Promise.all(
      ["podmonitorings", "rules"].map(async (kind) => {
        const found = await object<{ kind: string; apiVersion: string; spec: object }>(
          `${kind}.monitoring.googleapis.com`,
          "zk",
        );
        return { ...found, metadata: { name: "copy", namespace: "default" } };
      }),
    );
    await environment.apply(...created);
    const unknown = { ...created[0], spec: { ...(created[0] as { spec: object }).spec, unknown: "field" } };
    const rejected = await environment.apply(unknown).catch((error: unknown) => String(error));
    expect(rejected).to.match(/unknown/);
  });

  it("move to the operator's objects in place, where the cluster has its definitions", async () => {
    const uids = await kubectl("get", "pods", "-l=app=zk", "-o=jsonpath={.items[*].metadata.uid}");
    const up = async (monitoring: string) =>
      await environment.npm("up", "--config-file", environment.stackFile({ monitoring }));
    const early = await up("operator");
    expect(early.code).not.to.equal(0);
    expect(early.output).to.match(
      /monitoring = "?operator"?\n\s+The cluster has no API monitoring\.coreos\.com\/v1\./,
    );
    await object("podmonitoring", "zk");

    for (const file of await monitoringDefinitions("operator")) {
      await kubectl("apply", "--server-side", `--filename=${file}`);
    }
    const { code, output } = await up("operator");
    expect(code, output).to.equal(0);
    await object("podmonitor", "zk");
    await object("prometheusrule", "zk");
    const left = await kubectl("get", "podmonitorings,rules", "-o=name", "--field-selector=metadata.name=zk");
    expect(left).to.equal("");
    expect(await kubectl("get", "pods", "-l=app=zk", "-o=jsonpath={.items[*].metadata.uid}")).to.equal(uids);
  });
});
