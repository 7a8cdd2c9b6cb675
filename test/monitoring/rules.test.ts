import { readFileSync } from "node:fs";

import { expect } from "chai";

import { alerts, type MonitoredEnsemble } from "../../components/monitoring/alerts.ts";
import {
  monitoringApis,
  monitoringIn,
  monitoringKind,
  monitoringObjects,
} from "../../components/monitoring/objects.ts";
import { dashboard, panels } from "../../components/monitoring/dashboard.ts";
import { series } from "../../components/monitoring/series.ts";
import { ruleGroups } from "../../components/monitoring/rules.ts";
import { adjustable, parseThreshold, thresholdsOf } from "../../components/monitoring/thresholds.ts";
import { alertPrefix } from "../../domain/names.ts";

const plain: MonitoredEnsemble = {
  name: "zk",
  namespace: "default",
  quorumTls: "off",
  clientTls: "off",
  certManager: false,
  backupSchedule: "",
};
const secure: MonitoredEnsemble = {
  ...plain,
  quorumTls: "require",
  clientTls: "require",
  certManager: true,
  backupSchedule: "@daily",
};

const rulesOf = (ensemble: MonitoredEnsemble, thresholds = {}) =>
  ruleGroups(ensemble, thresholds).flatMap(({ rules }) => rules);
const named = (ensemble: MonitoredEnsemble): string[] =>
  rulesOf(ensemble).flatMap(({ alert }) => alert ?? []);

const queriesOf = (ensemble: MonitoredEnsemble): string[] =>
  panels
    .filter(({ isFor = () => true }) => isFor(ensemble))
    .flatMap(({ queries }) => Object.values(queries).map((query) => query(series(ensemble))));

describe("the alerts of an ensemble", () => {
  it("are those that it can have", () => {
    expect(named(secure)).to.deep.equal(alerts.map(({ name }) => `${alertPrefix}${name}`));
    const conditional = [
      ...["HandshakesRejected", "PlainText", "HandshakesFail", "CertificateExpires"],
      ...["BackupFailed", "BackupMissing"],
    ].map((name) => `${alertPrefix}${name}`);
    expect(named(secure).filter((name) => !named(plain).includes(name))).to.deep.equal(conditional);
    expect(named({ ...plain, clientTls: "accept" })).to.include("ZooKeeperHandshakesFail");
    expect(named({ ...plain, clientTls: "accept" })).not.to.include("ZooKeeperPlainText");
  });

  it("have names of their own, and a section of the runbook each", () => {
    expect(new Set(named(secure)).size).to.equal(alerts.length);
    const runbook = readFileSync(new URL("../../docs/runbook.md", import.meta.url), "utf8");
    const sections = [...runbook.matchAll(/^## (.*)$/gm)].map(([, title = ""]) =>
      title
        .toLowerCase()
        .replaceAll(/[^a-z0-9 -]/g, "")
        .replaceAll(" ", "-"),
    );
    for (const { name, runbook: section } of alerts) {
      expect(sections, name).to.include(section);
    }
  });

  it("are about this ensemble only, by labels that every Prometheus has", () => {
    const rules = rulesOf({ ...secure, name: "orders", namespace: "shop" });
    for (const { expr, annotations } of rules) {
      for (const [selector] of expr.matchAll(/(?<=[a-z_])\{[^}]*\}/g)) {
        expect(selector, expr).to.match(/namespace="shop"/);
        expect(selector, expr).to.match(/app="orders"|datadir-orders-|name=~"orders-|cronjob="orders-/);
      }
      expect(annotations?.["summary"] ?? "shop/orders").to.contain("shop/orders");
      const labels = [...expr.matchAll(/\b(?:by|on) \(([^)]*)\)/g)].flatMap(([, list = ""]) =>
        list.split(", "),
      );
      const known = ["namespace", "app", "pod", "cronjob", "job_name"];
      expect(known, expr).to.include.members(labels);
    }
  });

  it("have the thresholds of the settings", () => {
    const expr = (thresholds: Readonly<Record<string, number>>, name: string) =>
      rulesOf(plain, thresholds).find(({ alert }) => alert === `${alertPrefix}${name}`)?.expr ?? "";
    expect(expr({}, "SlowWrites")).to.match(/ > 500$/);
    const own = thresholdsOf(["SlowWrites=800", "AvailabilityBudgetFast=10"]);
    expect(expr(own, "SlowWrites")).to.match(/ > 800$/);
    expect(expr(own, "AvailabilityBudgetFast")).to.match(/ > 10 \* 0\.0005$/);
    expect(expr(own, "SlowDisk")).to.equal(expr({}, "SlowDisk"));
  });

  it("take thresholds only for alerts that have one, and only numbers", () => {
    expect(parseThreshold("SlowWrites=0.5")).to.deep.equal(["SlowWrites", 0.5]);
    for (const wrong of [
      "SlowWrites",
      "SlowWrites=",
      "SlowWrites=-1",
      "SlowWrites=1s",
      "=1",
      "TwoLeaders=1",
      "no=1",
    ]) {
      expect(parseThreshold(wrong), wrong).to.equal(undefined);
    }
    expect(adjustable).not.to.include("WithoutLeader");
  });
});

describe("who collects the metrics of an ensemble", () => {
  it("is decided by the setting, and by where the ensemble is", () => {
    const onGke = { onGke: true, hasMetrics: true };
    expect(monitoringIn("auto", onGke)).to.equal("managed");
    expect(monitoringIn("auto", { onGke: true, hasMetrics: undefined })).to.equal("managed");
    expect(monitoringKind(monitoringIn("auto", { onGke: false, hasMetrics: true }))).to.equal(undefined);
    expect(monitoringKind(monitoringIn("auto", { onGke: true, hasMetrics: false }))).to.equal(undefined);
    expect(monitoringIn("operator", onGke)).to.equal("operator");
    expect(monitoringKind("none")).to.equal(undefined);
  });

  it("gets one list of rules, whoever it is", () => {
    const options = { thresholds: ["SlowDisk=30"], podLabels: { app: "zk", other: "label" } };
    const specs = (["managed", "operator"] as const).map((kind) => {
      const [scrape, rules] = monitoringObjects(kind).map(({ spec }) => spec(plain, options));
      expect(scrape).to.have.nested.property("selector.matchLabels").that.deep.equals(options.podLabels);
      return rules;
    });
    expect(specs[0]).to.deep.equal(specs[1]);
    expect(specs[0]).to.deep.equal({ groups: ruleGroups(plain, { SlowDisk: 30 }) });
    expect(monitoringApis.managed.group).not.to.equal(monitoringApis.operator.group);
  });

  it("drops no metric that a rule or a panel reads", () => {
    const expressions = [...rulesOf(secure).map(({ expr }) => expr), ...queriesOf(secure)];
    const used = new Set(
      expressions.flatMap((expr) => [...expr.matchAll(/([a-z_]+)\{/g)].map(([, metric = ""]) => metric)),
    );
    expect(used.size).to.be.greaterThan(20);
    for (const kind of ["managed", "operator"] as const) {
      const text = JSON.stringify(monitoringObjects(kind)[0]?.spec(plain, { thresholds: [], podLabels: {} }));
      const [, pattern = ""] = /"regex":"([^"]+)"/.exec(text) ?? [];
      const dropped = new RegExp(`^(?:${pattern})$`);
      expect(dropped.test("jvm_threads_state")).to.equal(true);
      expect([...used].filter((metric) => dropped.test(metric))).to.deep.equal([]);
    }
  });
});

describe("the dashboard of an ensemble", () => {
  interface Shown {
    readonly id: number;
    readonly title: string;
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
    readonly targets: readonly { readonly refId: string; readonly expr: string }[];
  }
  const shown = (ensemble: MonitoredEnsemble) => dashboard(ensemble)["panels"] as readonly Shown[];

  it("has a panel for each thing to see, and those for certificates and backups only where there are some", () => {
    expect(shown(secure).map(({ title }) => title)).to.deep.equal(panels.map(({ title }) => title));
    expect(shown(plain).map(({ title }) => title)).to.deep.equal(
      panels
        .map(({ title }) => title)
        .filter((title) => !["Certificates", "Age of the last backup"].includes(title)),
    );
    expect(shown(secure).flatMap(({ targets }) => targets.map(({ expr }) => expr))).to.deep.equal(
      queriesOf(secure),
    );
    const { title, uid } = dashboard({ ...plain, name: "orders", namespace: "shop" });
    expect([title, uid]).to.deep.equal(["ZooKeeper shop/orders", "zookeeper-shop-orders"]);
  });

  it("shows no panel over another, and each query of a panel by a letter of its own", () => {
    const cells = shown(secure).flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, n) => `${x + (n % w)} ${y + Math.floor(n / w)}`),
    );
    expect(new Set(cells).size).to.equal(cells.length);
    for (const { targets } of shown(secure)) {
      expect(new Set(targets.map(({ refId }) => refId)).size).to.equal(targets.length);
    }
  });
});
