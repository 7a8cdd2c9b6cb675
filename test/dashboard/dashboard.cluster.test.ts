import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import type { AlertLine, DashboardHead, PanelData } from "../../dashboard/answers.ts";
import { Prometheus } from "../../dashboard/programs.ts";
import { podProcess } from "../../local-gke/index.ts";
import { until } from "../../system/wait.ts";
import { ensureChromium, installsWithin } from "../fixtures/chromium.ts";
import { TestEnvironment, type BegunCommand } from "../fixtures/cluster/environment.ts";
import { ownProcesses } from "../fixtures/cluster/machine.ts";

describe("npm run dashboard on the local GKE", function () {
  this.timeout(10 * 60_000);

  const environment = new TestEnvironment();
  const kubectl = async (...args: string[]) => await environment.kubectl(...args);
  let command: BegunCommand | undefined;
  let url = "";

  const ask = async <T>(path: string): Promise<T> => {
    const response = await fetch(`${url}${path}`);
    expect(response.status, path).to.equal(200);
    return (await response.json()) as T;
  };
  const panel = async (title: string): Promise<PanelData> => {
    const { panels } = await ask<DashboardHead>("api/dashboard");
    const { id = 0 } = panels.find((each) => each.title === title) ?? {};
    return await ask<PanelData>(`api/panels/${id}?range=15m`);
  };
  /** The last value of each line of a panel, by legend. */
  const last = async (title: string): Promise<ReadonlyMap<string, number | null | undefined>> => {
    const { lines } = await panel(title);
    return new Map(lines.map(({ legend, values }) => [legend, values.findLast((value) => value !== null)]));
  };
  const missing = async () =>
    (await ask<AlertLine[]>("api/alerts")).find(({ name }) => name === "ZooKeeperServerMissing");

  /** Ends the command as Ctrl-C does. */
  function interrupt(): void {
    const group = command?.group();
    if (group !== undefined) {
      process.kill(-group, "SIGINT");
    }
  }

  before(async function () {
    // A first build takes minutes, more beside another test.
    this.timeout(30 * 60_000 + installsWithin);
    await ensureChromium();
    await Prometheus.build();
    const { code, output } = await environment.npm("up");
    expect(code, output).to.equal(0);
    command = environment.begin("dashboard", "--port", "0");
    const begun = command;
    const listens = () => {
      expect(begun.group(), begun.output()).not.to.equal(undefined);
      url = /http:\/\/127\.0\.0\.1:\d+\//.exec(begun.output())?.[0] ?? "";
      return url !== "" || begun.output();
    };
    await until("the address of the dashboard", listens, { within: 180_000, every: 200 });
  });
  after(async () => {
    interrupt();
    await command?.ended;
    await environment.remove();
  });

  it("shows what the servers and the kubelets measure, in every panel", async () => {
    // Some panels are empty without writes, and rates need two scrapes.
    const write = "(echo create /seen; for n in 1 2 3 4 5 6 7 8 9; do echo set /seen $n; done) | zkCli.sh";
    const { panels } = await ask<DashboardHead>("api/dashboard");
    expect(panels.map(({ title }) => title)).to.include.members(["Roles", "Writes", "Volumes"]);
    const empty = async () => {
      await kubectl("exec", "zk-0", "--", "sh", "-c", write);
      const found = await Promise.all(
        panels.map(async ({ id, title }) => {
          const { missing: why } = await ask<PanelData>(`api/panels/${id}?range=15m`);
          return why === undefined ? [] : [`${title}: ${why}`];
        }),
      );
      return found.flat().join("\n") || true;
    };
    await until("data in every panel", empty, { within: 240_000, every: 2000 });

    const roles = await last("Roles");
    expect([...roles.keys()]).to.deep.equal(["zk-0", "zk-1", "zk-2"]);
    expect([...roles.values()].sort()).to.deep.equal([1, 1, 2]);
    // Each kubelet is asked by itself.
    const claims = [0, 1, 2].map((n) => `datadir-zk-${n}`).join();
    const allShown = async () => {
      const shown = [...(await last("Volumes")).keys()].join();
      return shown === claims || shown;
    };
    await until("the volumes of all servers", allShown, { within: 60_000, every: 1000 });
    for (const free of (await last("Volumes")).values()) {
      expect(free).to.be.above(0).and.below(1);
    }
  });

  it("shows an alert while a server hangs", async () => {
    // Until the first look at the leader, a server is missing.
    await until("no missing server", async () => (await missing()) === undefined, {
      within: 120_000,
      every: 500,
    });
    const [follower = "none"] = [...(await last("Roles"))].flatMap(([pod, role]) =>
      role === 1 ? [pod] : [],
    );
    const uid = await kubectl("get", "pod", follower, "-o=jsonpath={.metadata.uid}");
    const java = podProcess(uid, "java");
    if (java === undefined) {
      throw new Error(`${follower} runs no Java`);
    }
    try {
      java.freeze();
      await until("the alert", async () => (await missing()) !== undefined, { within: 120_000, every: 500 });
      expect(await missing()).to.deep.include({
        ...{ state: "pending", severity: "warning", runbook: "/runbook/a-server-is-down" },
      });
    } finally {
      java.thaw();
    }
    await until("no alert", async () => (await missing()) === undefined, { within: 240_000, every: 500 });
  });

  it("ends with Ctrl-C, and Prometheus with it", async () => {
    interrupt();
    const ended = await command?.ended;
    expect(ended?.code, ended?.output).to.equal(130);
    const left = ownProcesses(environment.stateDir).filter((each) =>
      each.command.includes("--storage.tsdb.path"),
    );
    expect(left).to.deep.equal([]);
    await fetch(url).then(
      () => expect.fail("the server still answers"),
      (error: unknown) => expect(String(error)).to.contain("fetch failed"),
    );
  });

  it("writes a picture when it runs again", async () => {
    const file = join(environment.stateDir, "dashboard.png");
    const { code, output } = await environment.npm("dashboard", "--screenshot", file);
    expect(code, output).to.equal(0);
    expect(output)
      .to.contain(`The picture is in ${file}.`)
      .and.to.contain("Waiting until the panels have data: done");
    expect(readFileSync(file).toString("latin1", 1, 4)).to.equal("PNG");
  });

  it("leaves nothing when the environment is removed", async () => {
    const folder = join(environment.stateDir, "dashboard");
    expect(existsSync(folder)).to.equal(true);
    const { code, output } = await environment.npm("down", "--delete-volumes");
    expect(code, output).to.equal(0);
    expect(existsSync(folder)).to.equal(false);
  });
});
