import { expect } from "chai";

import { panels } from "../../components/monitoring/dashboard.ts";
import { readDashboard } from "../../dashboard/file.ts";
import { ownDashboard } from "./own.ts";

describe("a dashboard's file", () => {
  it("has all panels of the program's own, with unit, legends and expressions", () => {
    const { title, panels: read } = ownDashboard();
    expect(title).to.equal("ZooKeeper default/zk");
    expect(read.map((panel) => panel.title)).to.deep.equal(panels.map((panel) => panel.title));
    const [roles, , writes] = read;
    expect(writes).to.include({ id: 3, title: "Writes", unit: "ms", minimum: 0, maximum: undefined });
    expect(writes?.queries).to.deep.equal([
      { legend: "{{pod}}", expression: 'updatelatency{namespace="default",app="zk",quantile="0.99"}' },
    ]);
    expect(roles?.description).to.match(/^2: the server leads/);
  });

  it("may have thresholds and bounds, of which the base has no value", () => {
    const defaults = {
      unit: "s",
      max: 10,
      thresholds: {
        steps: [
          { color: "green", value: null },
          { color: "red", value: 7 },
        ],
      },
    };
    const panel = { id: 4, title: "One", fieldConfig: { defaults }, targets: [{ expr: "up" }] };
    const { panels: read } = readDashboard(JSON.stringify({ title: "Own", panels: [panel] }));
    expect(read).to.deep.equal([
      {
        ...{ id: 4, title: "One", description: "", unit: "s", minimum: undefined, maximum: 10 },
        ...{ thresholds: [7], queries: [{ legend: "", expression: "up" }] },
      },
    ]);
  });

  it("may have panels of text, which are left out", () => {
    const json = { panels: [{ type: "text", title: "Notes" }, { targets: [{ expr: "up" }] }] };
    const { title, panels: read } = readDashboard(JSON.stringify(json));
    expect(title).to.equal("Dashboard");
    expect(read.map((panel) => [panel.id, panel.title, panel.unit])).to.deep.equal([[2, "Panel 2", "none"]]);
  });

  it("is rejected without any expression", () => {
    expect(() => readDashboard('{"title":"Notes"}')).to.throw('"Notes" has no panel with an expression');
  });
});
