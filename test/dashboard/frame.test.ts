import { expect } from "chai";

import { countValues, frameOf, legendOf } from "../../dashboard/frame.ts";
import { notCollected, whyEmpty } from "../../dashboard/missing.ts";
import { isRangeName, rangeNames, ranges, timeRange } from "../../dashboard/ranges.ts";
import { ownDashboard } from "./own.ts";

const range = { start: 100, end: 130, step: 10 };

describe("the times of a plot", () => {
  it("end now, are multiples of the step, and no more than some hundred", () => {
    for (const name of rangeNames) {
      const { seconds } = ranges[name];
      const { start, end, step } = timeRange(name, 1_795_799_616.5);
      expect([end % step, start % step, end - start], name).to.deep.equal([0, 0, seconds]);
      expect(1_795_799_616.5 - end, name).to.be.within(0, step);
      expect(seconds / step, name).to.be.within(100, 400);
    }
  });

  it("have names, and nothing else is one", () => {
    expect(rangeNames).to.deep.equal(["15m", "1h", "6h", "24h"]);
    expect(["15m", "7d", "toString"].map(isRangeName)).to.deep.equal([true, false, false]);
  });
});

describe("a legend", () => {
  it("has the values of labels for their names", () => {
    expect(legendOf("{{pod}}", { pod: "zk-0" })).to.equal("zk-0");
    expect(legendOf("{{ pod }} in {{zone}}", { pod: "zk-0" })).to.equal("zk-0 in ");
    expect(legendOf("sessions", { pod: "zk-0" })).to.equal("sessions");
    expect(legendOf("", { pod: "zk-0", app: "zk" })).to.equal("pod=zk-0, app=zk");
  });
});

describe("the lines of a plot", () => {
  it("have a value for each time, and none where Prometheus has none or no number", () => {
    const points = [
      [100, 1],
      [120, NaN],
      [130, Infinity],
    ] as const;
    const frame = frameOf([{ legend: "{{pod}}", lines: [{ labels: { pod: "zk-0" }, points }] }], range);
    expect(frame).to.deep.equal({
      times: [100, 110, 120, 130],
      lines: [{ legend: "zk-0", values: [1, null, null, null] }],
    });
    expect(countValues(frame)).to.equal(1);
  });

  it("go on where a pod starts again, whose series is another one", () => {
    const of = (instance: string, ...points: (readonly [number, number])[]) => ({
      labels: { pod: "zk-0", instance },
      points,
    });
    const lines = [of("10.0.0.2", [120, 5], [130, 6]), of("10.0.0.1", [100, 1], [110, 2], [120, 3])];
    const { lines: drawn } = frameOf([{ legend: "{{pod}}", lines }], range);
    expect(drawn).to.deep.equal([{ legend: "zk-0", values: [1, 2, 5, 6] }]);
  });

  it("are in the order of queries and legends, and those of two queries stay apart", () => {
    const line = (pod: string) => ({ labels: { pod }, points: [[100, 1]] as const });
    const results = [
      { legend: "{{pod}}", lines: [line("zk-1"), line("zk-0")] },
      { legend: "zk-0", lines: [line("")] },
    ];
    expect(frameOf(results, range).lines.map(({ legend }) => legend)).to.deep.equal(["zk-0", "zk-1", "zk-0"]);
  });
});

describe("a panel without data", () => {
  const { panels } = ownDashboard();
  const titled = (title: string) => {
    const found = panels.find((panel) => panel.title === title);
    if (found === undefined) {
      throw new Error(`no panel ${title}`);
    }
    return found;
  };
  const empty = { times: [100], lines: [] };

  it("says who has the metrics that are not collected, of two panels only", () => {
    const foreign = panels.flatMap((panel) => notCollected(panel) ?? []);
    expect(foreign).to.deep.equal(["cert-manager", "kube-state-metrics"]);
    expect(whyEmpty(titled("Age of the last backup"), empty)).to.equal(
      "No data: the metrics of kube-state-metrics are not collected here.",
    );
  });

  it("says whether there is no line, or a line without a value", () => {
    expect(whyEmpty(titled("Writes"), empty)).to.equal("No data: Prometheus has nothing for this time.");
    const idle = { times: [100], lines: [{ legend: "zk-0", values: [null] }] };
    expect(whyEmpty(titled("Writes"), idle)).to.match(/^No data: nothing was measured in this time/);
    expect(whyEmpty(titled("Writes"), { times: [100], lines: [{ legend: "zk-0", values: [0] }] })).to.equal(
      undefined,
    );
  });
});
