import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { oneOf, seededRandom } from "../../faults/random.ts";
import { until } from "../../system/wait.ts";
import { signal } from "../../system/processes.ts";
import { TestEnvironment } from "../fixtures/cluster/environment.ts";
import type { Ended } from "../fixtures/cluster/environment.ts";
import { filters, ownProcesses, slotOf, traces } from "../fixtures/cluster/machine.ts";

/** Which moments and processes are struck: the same number strikes alike, as far as the machine is as fast. */
const seed = Number(process.env["INTERRUPTION_SEED"] ?? Math.floor(Math.random() * 1e9));

/** How often; a round takes 2 to 4 minutes on 2 cores. */
const rounds = Number(process.env["INTERRUPTION_ROUNDS"] ?? 1);

/**
 * Seconds that a command takes on 2 cores from nothing, with everything there, or to remove it: a strike comes at any
 * moment of them.
 */
const seconds = { create: 30, check: 7, remove: 8 };

/** The names below a folder's folders, such as the disks below the zones. */
function below(dir: string): string[] {
  if (!existsSync(dir)) {
    return [];
  }
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [join(dir, entry.name)] : [],
  );
}

describe(`up and down, interrupted at random moments (INTERRUPTION_SEED=${seed})`, function () {
  this.timeout((rounds + 1) * 10 * 60_000);

  const environment = new TestEnvironment();
  const random = seededRandom(seed);
  const story: string[] = [];
  let slot: number | undefined;

  const zk = (...command: string[]) =>
    environment.kubectl("exec", "zk-0", "--", "zkCli.sh", "-server", "localhost:2181", ...command);

  const tell = (line: string) => {
    story.push(line);
    // Printed at once: a run that hangs must say where.
    console.log(`      ${line}`);
  };

  const said = (ended: Ended) => `${story.join("\n")}\n${ended.output}`;

  /** Runs a command to its end; one that is still at work because only its npm was killed is waited for. */
  async function whole(command: "up" | "down", ...args: string[]): Promise<Ended> {
    const started = Date.now();
    let ended: Ended | undefined;
    await until(
      `the end of ${command}`,
      async () => {
        ended = await environment.npm(command, ...args);
        return !ended.output.includes("another command works on this environment");
      },
      { within: 300_000, every: 1_000 },
    );
    if (ended === undefined) {
      throw new Error(`${command} did not run`);
    }
    tell(`${command} to its end: ${Math.round((Date.now() - started) / 1000)} s, exit code ${ended.code}`);
    expect(ended.code, said(ended)).to.equal(0);
    return ended;
  }

  /** Runs a command and strikes it once: Ctrl-C, kill -9 of all of it, or of one process of the environment. */
  async function struck(command: "up" | "down", moments: keyof typeof seconds): Promise<void> {
    const after = Math.round(random() * seconds[moments] * 1000);
    const kind = oneOf(["Ctrl-C", "kill -9 of all", "kill -9 of one"] as const, random);
    let victim = "nothing: it had ended";
    const { code } = await environment.npmDisturbed(
      after,
      (group) => {
        victim = kind;
        if (kind === "Ctrl-C") {
          process.kill(-group, "SIGINT");
        } else if (kind === "kill -9 of all") {
          process.kill(-group, "SIGKILL");
        } else {
          const { pid, command: struckCommand } = oneOf(ownProcesses(environment.stateDir), random);
          victim = `${kind}: ${struckCommand.slice(0, 90)}`;
          signal(pid, "SIGKILL");
        }
      },
      command,
    );
    tell(`${command} struck after ${after / 1000} s, ${victim}: exit code ${code ?? "none"}`);
  }

  /** When the cluster was made, which tells it from a later one of the same name. */
  function clusterMade(): string | undefined {
    const clusters = below(join(environment.stateDir, "gke", "projects")).flatMap((project) =>
      below(join(project, "clusters")).flatMap(below),
    );
    const files = clusters.map((dir) => join(dir, "cluster.json")).filter(existsSync);
    return files.map(
      (file) => (JSON.parse(readFileSync(file, "utf8")) as { createTime: string }).createTime,
    )[0];
  }

  /** The disks that hold a database. */
  const databases = (): string[] =>
    below(join(environment.stateDir, "gke", "projects"))
      .flatMap((project) => below(join(project, "disks")).flatMap(below))
      .filter((disk) => existsSync(join(disk, "data", "version-2")));

  async function upAndHealthy(written: readonly string[]): Promise<void> {
    await whole("up");
    slot = slotOf(environment.stateDir);
    const status = await environment.npm("status");
    expect(status.code, said(status)).to.equal(0);
    const nodes = (await environment.kubectl("get", "nodes", "-o", "name")).trim().split("\n");
    expect(nodes, "nodes").to.have.length(4);
    if (written.length === 0) {
      return;
    }
    await zk("sync", "/");
    const found = await zk("ls", "/");
    for (const znode of written) {
      expect(found, "acknowledged earlier").to.contain(znode);
    }
  }

  async function write(znode: string): Promise<void> {
    await zk("create", `/${znode}`, "acknowledged");
    expect(await zk("ls", "/")).to.contain(znode);
  }

  after(async () => {
    await environment.remove();
  });

  for (let round = 1; round <= rounds; round++) {
    it(`round ${round}: finishes or repairs, keeps what was acknowledged, and leaves no trace`, async () => {
      const before = await filters();
      tell(`round ${round}`);
      for (let strike = 0; strike < 1 + Math.floor(random() * 2); strike++) {
        await struck("up", "create");
      }
      await upAndHealthy([]);
      const made = clusterMade();
      await write(`round-${round}-a`);
      await struck("up", "check");
      await struck("down", "remove");
      const survived = clusterMade() === made;
      if (random() < 0.5) {
        await upAndHealthy(survived ? [`round-${round}-a`] : []);
        await write(`round-${round}-b`);
        await struck("down", "remove");
      }
      const kept = databases().length;
      expect(kept, "volumes with a database").to.be.at.least(3);
      await whole("down", "--keep-volumes");
      expect(databases(), "volumes with a database").to.have.length(kept);
      expect(await traces(environment.stateDir, slot ?? 0), story.join("\n")).to.be.empty;
      expect(await filters()).to.equal(before);
    });
  }
});
