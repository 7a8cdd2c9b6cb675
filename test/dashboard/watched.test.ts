import { expect } from "chai";

import { dashboard, dashboardLabels } from "../../components/monitoring/dashboard.ts";
import {
  monitoringApis,
  monitoringObjects,
  type MonitoringKind,
} from "../../components/monitoring/objects.ts";
import { readAccess } from "../../dashboard/access.ts";
import { configuration } from "../../dashboard/configuration.ts";
import { evaluatedOften, readWatched, type Kubectl } from "../../dashboard/watched.ts";

const ensemble = {
  ...{ name: "zk", namespace: "shop", quorumTls: "off", clientTls: "off" },
  ...{ certManager: false, backupSchedule: "" },
};

const configMap = {
  metadata: { name: "zk-dashboard", namespace: "shop", labels: { app: "zk", ...dashboardLabels } },
  data: { "zookeeper.json": JSON.stringify(dashboard(ensemble)) },
};

const resources: Readonly<Record<MonitoringKind, readonly [scrape: string, rules: string]>> = {
  managed: ["podmonitorings", "rules"],
  operator: ["podmonitors", "prometheusrules"],
};

/** A cluster that has the objects of an ensemble in one API, and serves these APIs. */
function cluster(
  kind: MonitoringKind,
  { maps = [configMap], serves = [kind] }: { maps?: object[]; serves?: MonitoringKind[] } = {},
): Kubectl {
  const { group } = monitoringApis[kind];
  const objects = Object.fromEntries(
    monitoringObjects(kind).map(({ spec }, index) => [
      `${resources[kind][index] ?? ""}.${group}`,
      { spec: spec(ensemble, { thresholds: [], podLabels: { app: "zk" } }) },
    ]),
  );
  return (command = "", what = "", ...others) => {
    if (command === "api-resources") {
      const served = serves.filter((each) => what === `--api-group=${monitoringApis[each].group}`);
      const names = served.flatMap((each) =>
        resources[each].map((name) => `${name}.${monitoringApis[each].group}`),
      );
      return Promise.resolve(names.join("\n"));
    }
    if (what === "configmaps") {
      return Promise.resolve(JSON.stringify({ items: maps }));
    }
    expect([command, ...others]).to.deep.equal(["get", "zk", "-n=shop", "--ignore-not-found", "-o=json"]);
    const found = objects[what];
    return Promise.resolve(found === undefined ? "" : JSON.stringify(found));
  };
}

const failure = async (kubectl: Kubectl): Promise<string> =>
  await readWatched(kubectl).then(
    () => "none",
    (error: unknown) => String(error),
  );

describe("what is watched of a cluster", () => {
  for (const kind of ["managed", "operator"] as const) {
    it(`is what the objects of ${kind} say`, async () => {
      const watched = await readWatched(cluster(kind, { serves: ["managed", "operator"] }));
      expect([watched.namespace, watched.name]).to.deep.equal(["shop", "zk"]);
      expect(watched.selector).to.deep.equal({ app: "zk" });
      expect(watched.dropped).to.match(/^jvm_/);
      expect(watched.dashboard.title).to.equal("ZooKeeper shop/zk");
      expect(watched.rules.groups.map(({ name }) => name)).to.deep.equal([
        ...["shop-zk-service-levels", "shop-zk-alerts"],
      ]);
    });
  }

  it("is nothing without a dashboard, with the setting and the fix", async () => {
    expect(await failure(cluster("managed", { maps: [] }))).to.match(
      /no ensemble .* has a dashboard.*monitoring = none.*; run: pulumi config set monitoring managed/,
    );
    const foreign = { ...configMap, data: { "kafka.json": "{}" } };
    expect(await failure(cluster("managed", { maps: [foreign] }))).to.match(/no ensemble .* has a dashboard/);
  });

  it("is nothing where nobody says what to collect, or several do", async () => {
    expect(await failure(cluster("managed", { serves: [] }))).to.match(
      /shop\/zk has a dashboard, but nothing says/,
    );
    const other = { ...configMap, metadata: { ...configMap.metadata, name: "locks-dashboard" } };
    expect(await failure(cluster("managed", { maps: [configMap, other] }))).to.match(
      /2 dashboards.*shop\/zk-dashboard, shop\/locks-dashboard/,
    );
  });

  it("has rules that are evaluated more often, and fire after the same time", () => {
    const rule = { alert: "A", expr: "up", for: "10m" };
    expect(evaluatedOften({ groups: [{ name: "g", rules: [rule] }] }, "5s")).to.deep.equal({
      groups: [{ name: "g", rules: [rule], interval: "5s" }],
    });
  });
});

describe("the access to a cluster", () => {
  const encoded = (text: string) => Buffer.from(text).toString("base64");
  const view = (server: string, user: object) =>
    JSON.stringify({
      clusters: [{ cluster: { server, "certificate-authority-data": encoded("CA") } }],
      users: [{ user }],
    });

  it("is read from a kubeconfig", async () => {
    const user = { "client-certificate-data": encoded("CERT"), "client-key-data": encoded("KEY") };
    const read = async (server: string) => await readAccess(() => Promise.resolve(view(server, user)));
    expect(await read("https://10.1.0.2")).to.deep.equal({
      ...{ address: "10.1.0.2:443", ca: "CA", certificate: "CERT", key: "KEY" },
    });
    expect((await read("https://10.1.0.2:6443")).address).to.equal("10.1.0.2:6443");
  });

  it("is rejected without a client certificate", async () => {
    const error: unknown = await readAccess(() => Promise.resolve(view("https://a", {}))).catch(
      (reason: unknown) => reason,
    );
    expect(String(error)).to.match(/no client certificate/);
  });
});

describe("the configuration of a Prometheus", () => {
  const options = {
    ...{ kubeconfig: "/k", namespace: "shop", selector: { app: "zk", tier: "a" }, rules: { groups: [] } },
  };

  it("asks the kubelets only where it may, and keeps nothing but the space on volumes", () => {
    const text = JSON.stringify(configuration(options));
    expect(text).to.contain('"label":"app=zk,tier=a"').and.not.to.contain("kubelet");
    const access = { address: "10.0.0.2:443", ca: "CA", certificate: "CERT", key: "KEY" };
    const all = JSON.stringify(configuration({ ...options, volumesThrough: access }));
    expect(all).to.contain('"tls_config":{"ca":"CA","cert":"CERT","key":"KEY"}');
    expect(all).to.contain('"replacement":"10.0.0.2:443"');
    expect(all).to.contain('"regex":"kubelet_volume_stats_(available|capacity)_bytes","action":"keep"');
  });

  it("scrapes and evaluates as often as it is told", () => {
    const { global } = configuration({ ...options, scrapeSeconds: 5, evaluationSeconds: 7 }) as {
      global: object;
    };
    expect(global).to.deep.equal({ scrape_interval: "5s", evaluation_interval: "7s" });
  });
});
