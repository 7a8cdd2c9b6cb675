import { expect } from "chai";

import { alerts } from "../../components/monitoring/alerts.ts";
import { faults } from "../../faults/catalogue/index.ts";
import { alertSpans, electionsOf, leaderships, type ObservedLine } from "../../faults/observed.ts";
import { unexplained } from "../../faults/unexplained.ts";

/** When the run began, in milliseconds since 1970. */
const began = 1_000_000;

/** A line with a point every two seconds, from and to seconds since the run began. */
function every2(labels: Record<string, string>, from: number, to: number): ObservedLine {
  const points: [number, number][] = [];
  for (let second = from; second <= to; second += 2) {
    points.push([began / 1000 + second, 1]);
  }
  return { labels, points };
}

describe("the alerts that a Prometheus saw", () => {
  const seen = (...lines: ObservedLine[]) => alertSpans(lines, { began, step: 2, prefix: "ZooKeeper" });
  const lost = { alertname: "ZooKeeperWithoutLeader", severity: "critical" };
  const missing = { alertname: "ZooKeeperServerNotServing", severity: "warning", alertstate: "pending" };

  it("were first pending, and then fired", () => {
    expect(
      seen(
        every2({ ...lost, alertstate: "firing" }, 40, 60),
        every2({ ...lost, alertstate: "pending" }, 10, 38),
      ),
    ).to.deep.equal([
      { alert: "WithoutLeader", severity: "critical", began: 10_000, fired: 40_000, ended: 60_000 },
    ]);
  });

  it("are one for all servers, and two where there was a time without", () => {
    expect(
      seen(
        every2({ ...missing, pod: "zk-0" }, 0, 20),
        every2({ ...missing, pod: "zk-1" }, 19, 31),
        every2({ ...missing, pod: "zk-1" }, 35, 37),
      ).map(({ began: first, ended, fired }) => [first, ended, fired]),
    ).to.deep.equal([
      [0, 31_000, null],
      [35_000, 37_000, null],
    ]);
  });

  it("fired without an explanation where no fault has them", () => {
    const spans = seen(
      every2({ alertname: "ZooKeeperDataDiffer", alertstate: "firing" }, 0, 4),
      every2({ alertname: "ZooKeeperTwoLeaders", alertstate: "pending" }, 0, 4),
      every2({ alertname: "ZooKeeperVolumeFull", alertstate: "firing" }, 0, 4),
      every2({ alertname: "ZooKeeperManyElections", alertstate: "firing" }, 0, 4),
    );
    expect(unexplained(spans, [{ mayAlert: ["VolumeFull"] }])).to.deep.equal(["DataDiffer"]);
    expect(unexplained(spans, [{ alerts: ["DataDiffer"] }])).to.deep.equal(["VolumeFull"]);
  });
});

describe("the leaders that a Prometheus saw", () => {
  it("are elected again where they begin again", () => {
    const since = (pod: string, ...beginnings: number[]): ObservedLine => ({
      labels: { pod },
      points: beginnings.map((beginning, n) => [n, began + beginning]),
    });
    const leaders = leaderships(
      [since("zk-1", 40_000, 40_400, 39_900), since("zk-0", -9000, -8500, 20_000, 20_100, 60_000)],
      began,
    );
    expect(leaders.map(({ pod, began: first }) => [pod, first])).to.deep.equal([
      ["zk-0", -9000],
      ["zk-0", 20_000],
      ["zk-1", 40_000],
      ["zk-0", 60_000],
    ]);
    expect(electionsOf({ alerts: [], leaders })).to.have.length(3);
  });
});

describe("the alerts of faults", () => {
  it("are alerts of the ensemble", () => {
    const known = alerts.map(({ name }) => name);
    for (const { name, alerts: own = [], mayAlert = [] } of faults) {
      for (const alert of [...own, ...mayAlert]) {
        expect(known, name).to.include(alert);
      }
    }
    expect(faults.filter(({ alerts: own = [] }) => own.length > 0)).to.have.length.of.at.least(7);
  });
});
