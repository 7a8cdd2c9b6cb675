import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import type { Step } from "../../engine/events.ts";
import { drills } from "../../verify/drills/index.ts";
import { main } from "../../verify/main.ts";
import { readOptions } from "../../verify/options.ts";
import { logOf, object, step } from "../engine/events.ts";
import { FakeKubectl, healthyAnswers } from "./fixtures.ts";

/** Runs the command line and keeps what it prints. */
async function run(...args: string[]): Promise<{ code: number; said: string }> {
  const { log, error } = console;
  const lines: string[] = [];
  console.log = console.error = (line: string) => lines.push(line);
  try {
    return { code: await main(readOptions(args, drills)), said: lines.join("\n") };
  } finally {
    Object.assign(console, { log, error });
  }
}

describe("verify: the command line", () => {
  let fake: FakeKubectl | undefined;
  afterEach(() => {
    fake?.remove();
  });

  it("lists the drills without a cluster", async () => {
    const list = await run("--list", "--only", "14,1");
    expect(list.code).to.equal(0);
    expect(list.said.split("\n").map((line) => line.split(/\s+/)[1])).to.deep.equal([
      "drill",
      "creating",
      "maintenance",
    ]);
  });

  it("rejects an ensemble that is not there, or not healthy, with the reason", async () => {
    fake = new FakeKubectl('echo "connection refused" >&2; exit 1');
    const away = await run();
    expect([away.code, away.said.includes("connection refused")]).to.deep.equal([3, true]);
    fake.remove();
    fake = new FakeKubectl(
      `case "$*" in "get nodes "*) echo '{"items": []}'; exit ;; esac\n${healthyAnswers()}`,
    );
    const cordoned = await run();
    expect(cordoned.code).to.equal(3);
    expect(cordoned.said).to.contain("node node-0 is not Ready");
    expect(fake.commands.filter((command) => !/^(get|exec .*srvr)/.test(command))).to.deep.equal([]);
  });

  it("runs drills, prints a table, writes reports, and says by its exit code that one failed", async () => {
    fake = new FakeKubectl(healthyAnswers());
    const folder = mkdtempSync(join(tmpdir(), "verify-"));
    try {
      const { code, said } = await run("--only", "creating,durable", "--report", folder);
      expect(code).to.equal(1);
      expect(said).to.match(/1 +creating +failed +\S+ s +no Service beside zk-hs/);
      expect(said).to.match(/5 +durable +skipped/);
      expect(readFileSync(join(folder, "junit.xml"), "utf8")).to.contain(
        'failures="1" errors="0" skipped="1"',
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  describe("where drills run pulumi up on the stack", () => {
    /** Runs drills with a `pulumi preview` that finds these steps. */
    async function runWith(
      steps: readonly Step[],
      ...args: string[]
    ): Promise<{ code: number; said: string }> {
      fake = new FakeKubectl(healthyAnswers());
      const log = logOf(steps).replaceAll("'", "'\\''");
      fake.beside("pulumi", `for file; do :; done\nprintf '%s' '${log}' >"$file"`);
      return await run("--stack", "dev", "--only", "durable", ...args);
    }

    const edited = step("update", "gcp:container/nodePool:NodePool", "zookeeper-nodes", {
      old: object("nodes", { nodeCount: 4 }),
      new: object("nodes", { nodeCount: 3 }),
    });

    it("rejects to begin when that would change something else, and names it", async () => {
      const { code, said } = await runWith([edited], "--disruptive");
      expect(code).to.equal(3);
      expect(said).to.contain("NodePool zookeeper-nodes: nodeCount would change from 4 to 3");
      expect(said).to.contain("Run npm run up first, or undo them.");
      expect(fake?.commands.filter((command) => command.includes("delete"))).to.deep.equal([]);
    });

    it("does not look at the stack for drills that do not", async () => {
      const { code, said } = await runWith([edited]);
      expect([code, said.endsWith("no drill ran")]).to.deep.equal([1, true]);
    });

    it("rejects to begin when that is not known, with the reason", async () => {
      fake = new FakeKubectl(healthyAnswers());
      fake.beside("pulumi", 'echo "Diagnostics:\n  error: servers: 4"; exit 255');
      const { code, said } = await run("--stack", "dev", "--only", "durable", "--disruptive");
      expect(code).to.equal(3);
      expect(said).to.contain("error: servers: 4");
    });

    it("reads the stack's settings from the file that npm run up was given", async () => {
      fake = new FakeKubectl(healthyAnswers());
      fake.beside("pulumi", 'echo "  error: $*"; exit 255');
      const stack = ["--stack", "dev", "--only", "durable", "--disruptive"];
      expect((await run(...stack, "--config-file", "other.yaml")).said).to.contain(
        "--config-file other.yaml",
      );
      expect((await run(...stack)).said)
        .to.contain("--stack dev")
        .and.not.to.contain("--config-file");
    });
  });

  it("fails when no drill ran", async () => {
    fake = new FakeKubectl(healthyAnswers());
    const { code, said } = await run("--only", "durable");
    expect([code, said.endsWith("no drill ran")]).to.deep.equal([1, true]);
  });
});
