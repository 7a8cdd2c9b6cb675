import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { alerts } from "../../components/monitoring/alerts.ts";
import { panels } from "../../components/monitoring/dashboard.ts";
import { series } from "../../components/monitoring/series.ts";
import { ruleGroups } from "../../components/monitoring/rules.ts";
import { Prometheus } from "../../dashboard/programs.ts";
import { alertPrefix } from "../../domain/names.ts";
import { largeTemporaryDir } from "../../system/temporary.ts";
import { EnsembleSeries } from "./series.ts";

/** Two hours, of two samples a minute. */
const samples = 240;
const healthy = (): EnsembleSeries => new EnsembleSeries(samples);
const hourly = samples / 2;

/** What happens to an ensemble, and exactly which alerts fire how many minutes after the beginning. */
interface Scenario {
  readonly what: string;
  readonly series: EnsembleSeries;
  readonly fires: Readonly<Record<number, readonly string[]>>;
}

/** A value for an hour, then another one. */
const change = (before: string, after: string): string => `${before}x${hourly} ${after}x${hourly}`;

/** An outage of some milliseconds each half hour, over six hours, as a server adds them up. */
const outages = (milliseconds: number): string =>
  Array.from({ length: 13 }, (_, n) => `${n * milliseconds}x59`).join(" ");

/** Some minutes of slow writes each half hour, over six hours: the sum of 30 writes' times in a sample. */
function slowFor(minutes: number): string {
  const parts: string[] = [];
  let sum = 0;
  for (let half = 0; half < 13; half++) {
    const [slow, fast] = [2 * minutes, 60 - 2 * minutes];
    parts.push(`${sum}+300x${fast - 1}`, `${sum + 300 * fast}+9000x${slow - 1}`);
    sum += 9000 * slow + 300 * fast;
  }
  return parts.join(" ");
}

/** Three servers restart, one after the other; two of the restarts cost an election. */
function rollout(): EnsembleSeries {
  const series = healthy().setAll("election_time_count", `1x${hourly} 2x10 3x110`);
  // A write that waited for the elections, of the few that there were in ten minutes.
  series.setAll('updatelatency{quantile="0.99"}', `12x${hourly} 1800x26 12x92`);
  for (const server of [2, 1, 0]) {
    const start = hourly + 3 * (2 - server);
    const gone = (value: string): string => `${value}x${start} stale _ ${value}x${samples - start - 2}`;
    series.set(server, "up", `1x${start} 0 0 1x${samples - start - 3}`);
    series.set(server, "znode_count", gone("1000")).set(server, "quorum_size", gone("3"));
    // A slow machine: each server takes half a minute from its start until it serves.
    series.set(server, "unavailable_time_sum", `372x${start} 0 30372x${samples - start - 1}`);
    series.set(server, "process_start_time_seconds", `1000x${start} 5000x${samples - start}`);
  }
  // The leader is server 2, then 1 during a minute and a half, then 0, then 1 again.
  series.set(2, "leader_uptime", `0+30000x${hourly} stale`).set(2, "synced_followers", `2x${hourly} stale`);
  const last = samples - hourly - 8;
  series.set(1, "leader_uptime", `_x${hourly} 0+30000x3 stale _x3 0+30000x${last}`);
  series.set(1, "synced_followers", `_x${hourly} 1x3 stale _x3 2x${last}`);
  series.set(0, "leader_uptime", `_x${hourly + 4} 0+30000x2 stale`);
  series.set(1, "leader_unavailable_time_sum", `372x${hourly + 1} 2272x2 0x4 1900x${samples - hourly - 7}`);
  series.set(0, "leader_unavailable_time_sum", `372x${hourly + 4} 2272x2 0x${samples - hourly - 6}`);
  return series.set(0, "synced_followers", `_x${hourly + 4} 1x2 stale`);
}

const long = (): EnsembleSeries => new EnsembleSeries(13 * 60);

const scenarios: readonly Scenario[] = [
  { what: "nothing", series: healthy(), fires: { 5: [], 30: [], 61: [], 119: [] } },
  {
    what: "a Prometheus that starts, and reaches the leader last",
    series: healthy().isReachedAfter(2, 1),
    fires: { 1: [], 3: [], 5: [], 30: [] },
  },
  {
    what: "a Prometheus that starts, and reaches first a server that is down",
    series: healthy().stops(0, 0).isReachedAfter(1, 1).isReachedAfter(2, 1),
    fires: { 1: [], 3: [], 5: [], 10: [] },
  },
  {
    what: "a leader whose node has no collector",
    series: healthy().disappears(2, hourly),
    fires: { 62: [], 64: [], 70: [], 90: [] },
  },
  {
    what: "a rollout",
    series: rollout(),
    fires: { 61: [], 62: [], 63: [], 64: [], 65: [], 70: [], 73: [], 90: [] },
  },
  {
    what: "the quorum is lost, and the servers answer",
    series: healthy().leavesQuorum(0, hourly).leavesQuorum(1, hourly).leavesQuorum(2, hourly),
    fires: {
      60: [],
      62: ["WithoutLeader"],
      70: ["WithoutLeader", "ServerNotServing", "AvailabilityBudgetFast"],
      100: ["WithoutLeader", "ServerNotServing", "AvailabilityBudgetFast", "AvailabilityBudgetSlow"],
    },
  },
  {
    what: "all servers are dead",
    series: healthy().stops(0, hourly).stops(1, hourly).stops(2, hourly),
    fires: {
      60: [],
      62: ["WithoutLeader"],
      64: ["WithoutLeader", "AvailabilityBudgetFast"],
      67: ["WithoutLeader", "AvailabilityBudgetFast", "NotScraped"],
    },
  },
  {
    what: "nobody finds the servers",
    series: healthy().disappears(0, hourly).disappears(1, hourly).disappears(2, hourly),
    fires: { 60: [], 64: [], 67: ["NotScraped"] },
  },
  {
    what: "a follower is dead",
    series: healthy().stops(0, hourly).set(2, "synced_followers", change("2", "1")),
    fires: { 65: [], 72: ["NoServerToSpare", "ServerMissing"] },
  },
  {
    what: "a server is in no quorum",
    series: healthy().leavesQuorum(0, hourly).set(2, "synced_followers", change("2", "1")),
    fires: { 63: [], 67: ["ServerNotServing"], 72: ["ServerNotServing", "NoServerToSpare", "ServerMissing"] },
  },
  {
    what: "two servers lead",
    series: healthy().set(0, "leader_uptime", `_x${hourly} 0+30000x${hourly}`),
    fires: { 61: [], 64: ["TwoLeaders"] },
  },
  {
    what: "a leader each three minutes",
    series: healthy().setAll("election_time_count", `1x${hourly} 2+0.16667x${hourly}`),
    fires: { 65: [], 90: ["ManyElections"] },
  },
  {
    what: "some slow writes",
    series: healthy().set(1, 'updatelatency{quantile="0.99"}', change("12", "600")),
    fires: { 70: [], 77: ["SlowWrites"] },
  },
  {
    what: "only slow writes, on all servers",
    series: healthy().setAll("updatelatency_sum", `0+300x${hourly} 36000+6000x${hourly}`),
    fires: { 61: [], 75: ["LatencyBudgetFast"], 100: ["LatencyBudgetFast", "LatencyBudgetSlow"] },
  },
  {
    what: "slow writes now and then, for hours",
    series: long().setAll("updatelatency_sum", slowFor(2)),
    fires: { 20: [], 377: ["LatencyBudgetSlow"] },
  },
  {
    what: "no writes",
    series: healthy()
      .setAll("updatelatency_sum", "0")
      .setAll("updatelatency_count", "0")
      .setAll("fsynctime_sum", "0")
      .setAll("fsynctime_count", "0"),
    fires: { 61: [], 119: [] },
  },
  {
    what: "a slow disk",
    series: healthy().set(0, "fsynctime_sum", `0+60x${hourly} 7200+2400x${hourly}`),
    fires: { 65: [], 75: ["SlowDisk"] },
  },
  {
    what: "requests that wait",
    series: healthy().set(0, "outstanding_requests", change("0", "150")),
    fires: { 63: [], 66: ["RequestsPileUp"] },
  },
  {
    what: "a large database",
    series: healthy()
      .set(0, "approximate_data_size", change("1000000", "200000000"))
      .set(0, "znode_count", change("1000", "300000")),
    fires: { 70: [], 76: ["DatabaseLarge"] },
  },
  {
    what: "garbage collections of two kinds, of a tenth of the time together",
    series: healthy()
      .set(0, 'jvm_gc_collection_seconds_sum{gc="Copy"}', `0+0.1x${hourly} 12+2x${hourly}`)
      .set(0, 'jvm_gc_collection_seconds_sum{gc="MarkSweepCompact"}', `0x${hourly} 0+2x${hourly}`),
    fires: { 65: [], 75: ["GarbageCollection"] },
  },
  {
    what: "many open files",
    series: healthy().set(0, "open_file_descriptor_count", change("63", "18000")),
    fires: { 65: [], 72: ["FileDescriptors"] },
  },
  {
    what: "a volume of which a tenth is free",
    series: healthy().hasFree(0, change("9e9", "1e9")),
    fires: { 65: [], 72: ["VolumeFull"] },
  },
  {
    what: "connections above the limit",
    series: healthy().set(0, "connection_rejected", change("0", "5")),
    fires: { 60: [], 65: ["ClientsRejected"], 75: [] },
  },
  {
    what: "large requests above the limit",
    series: healthy().set(0, "large_requests_rejected", change("0", "5")),
    fires: { 60: [], 65: ["RequestsRejected"], 75: [] },
  },
  {
    what: "writes above a quota",
    series: healthy().set(0, 'quota_exceeded_error_per_namespace{key="app"}', change("1", "3")),
    fires: { 60: [], 65: ["QuotaExceeded"], 75: [] },
  },
  {
    what: "TLS handshakes above the limit",
    series: healthy().set(0, "tls_handshake_exceeded", change("0", "5")),
    fires: { 60: [], 65: ["HandshakesRejected"], 75: [] },
  },
  {
    what: "another digest",
    series: healthy().set(0, "digest_mismatches_count", change("0", "1")),
    fires: { 60: [], 63: ["DataDiffer"], 110: ["DataDiffer"] },
  },
  {
    what: "other digests while servers get a snapshot from the leader each minute, for ten minutes",
    series: healthy()
      .set(0, "digest_mismatches_count", `0x${hourly} 10+5x20 110x${hourly - 21}`)
      .set(2, "snap_count", `0x${hourly} 1+0.5x20 11x${hourly - 21}`),
    fires: { 62: [], 66: [], 72: [], 80: [], 90: [], 120: [] },
  },
  {
    what: "another digest of each write after a snapshot",
    series: healthy()
      .set(0, "digest_mismatches_count", `0x${hourly} 10+30x${hourly}`)
      .set(2, "snap_count", change("0", "1")),
    fires: { 60: [], 68: [], 73: ["DataDiffer"], 110: ["DataDiffer"] },
  },
  {
    what: "an error that stops a server",
    series: healthy().set(0, "unrecoverable_error_count", change("0", "1")).leavesQuorum(0, hourly),
    fires: { 60: [], 64: ["UnrecoverableError"], 68: ["UnrecoverableError", "ServerNotServing"] },
  },
  {
    what: "a write that a follower forwards to a leader that has gone",
    series: healthy().set(0, "unrecoverable_error_count", change("0", "1")),
    fires: { 60: [], 62: [], 65: [], 90: [] },
  },
  {
    what: "a server that starts each five minutes",
    series: healthy().set(
      0,
      "process_start_time_seconds",
      `1000x${hourly} 2000x10 3000x10 4000x10 5000x10 6000x70`,
    ),
    fires: { 70: [], 85: ["ServerRestarts"] },
  },
  {
    what: "a client without TLS",
    series: healthy().set(0, "non_mtls_remote_conn_count", change("0", "1")),
    fires: { 60: [], 65: ["PlainText"], 75: [] },
  },
  {
    what: "backups each day",
    series: healthy().savesBackups(86_400, "0"),
    fires: { 60: [], 119: [] },
  },
  {
    what: "a backup that fails, until another one is saved",
    series: healthy()
      .savesBackups(86_400, `0x${hourly + 60} 5400x${hourly - 60}`)
      .failsBackup(hourly),
    fires: { 60: [], 66: ["BackupFailed"], 89: ["BackupFailed"], 91: [] },
  },
  {
    what: "a backup each half hour that is not saved",
    series: healthy().savesBackups(1800, "0"),
    fires: { 59: [], 62: ["BackupMissing"], 119: ["BackupMissing"] },
  },
  {
    what: "a schedule that has saved no backup yet",
    series: healthy().savesBackups(1800, "_"),
    fires: { 59: [], 62: ["BackupMissing"] },
  },
  {
    what: "failing handshakes",
    series: healthy().set(0, "unsuccessful_handshake", `0x${hourly} 0+2x${hourly}`),
    fires: { 60: [], 67: ["HandshakesFail"] },
  },
  {
    what: "an outage of a minute, which the new leader measured",
    series: healthy().set(2, "leader_unavailable_time_sum", change("372", "60372")),
    fires: { 60: [], 63: ["AvailabilityBudgetFast"], 75: [] },
  },
  {
    what: "an outage of one server, which measured it",
    series: healthy().set(0, "unavailable_time_sum", change("372", "600372")),
    fires: { 60: [], 63: [] },
  },
  {
    what: "outages of twelve seconds each half hour",
    series: long().set(2, "leader_unavailable_time_sum", outages(12_000)),
    fires: { 20: [], 388: ["AvailabilityBudgetSlow"] },
  },
];

describe("the rules in Prometheus", function () {
  this.timeout(120_000);
  let prometheus: Prometheus;
  const dir = mkdtempSync(join(largeTemporaryDir, "rules-"));

  before(async function () {
    this.timeout(1_800_000);
    prometheus = await Prometheus.build();
    const secure = {
      quorumTls: "require",
      clientTls: "require",
      certManager: true,
      backupSchedule: "@daily",
    };
    const groups = ruleGroups({ name: "zk", namespace: "default", ...secure }, {});
    writeFileSync(join(dir, "rules.json"), JSON.stringify({ groups }));
  });
  after(() => {
    rmSync(dir, { recursive: true, force: true });
  });

  /** Lets promtool check which alerts fire, and that no other one does. */
  async function check({ series, fires }: Omit<Scenario, "what">): Promise<void> {
    const expectations = Object.entries(fires).map(([minutes, names]) => ({
      expr: 'group by (alertname) (ALERTS{alertstate="firing"})',
      eval_time: `${minutes}m`,
      exp_samples: names.map((name) => ({
        labels: `{alertname="${alertPrefix}${name}"}`,
        value: 1,
      })),
    }));
    const test = { interval: "30s", input_series: series.input, promql_expr_test: expectations };
    const file = join(dir, "test.json");
    writeFileSync(
      file,
      JSON.stringify({ rule_files: ["rules.json"], evaluation_interval: "30s", tests: [test] }),
    );
    await prometheus.testRules(file);
  }

  it("are valid, and the queries of the dashboard, too", async () => {
    await prometheus.checkRules(join(dir, "rules.json"));
    const queries = panels.flatMap(({ queries }) => Object.values(queries));
    const rules = queries.map((query, index) => ({
      record: `panel:${index}`,
      expr: query(series({ name: "zk", namespace: "default" })),
    }));
    writeFileSync(join(dir, "panels.json"), JSON.stringify({ groups: [{ name: "panels", rules }] }));
    await prometheus.checkRules(join(dir, "panels.json"));
  });

  for (const scenario of scenarios) {
    const names = [...new Set(Object.values(scenario.fires).flat())];
    it(`fire ${names.length === 0 ? "no alert" : names.join(", ")} for ${scenario.what}`, () =>
      check(scenario));
  }

  it("fire a week before a certificate expires, and not earlier", async () => {
    // The time of a test begins with 0.
    const days = (count: number): EnsembleSeries => {
      const series = long();
      series.certificateExpires(count * 86_400);
      return series;
    };
    await check({ series: days(8), fires: { 120: [] } });
    await check({ series: days(6), fires: { 30: [], 65: ["CertificateExpires"] } });
  });

  it("have each alert fire in one of these cases", () => {
    const fired = new Set(scenarios.flatMap(({ fires }) => Object.values(fires).flat()));
    const silent = alerts.map(({ name }) => name).filter((name) => !fired.has(name));
    expect(silent).to.deep.equal(["CertificateExpires"]);
  });
});
