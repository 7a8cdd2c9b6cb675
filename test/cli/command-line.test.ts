import { spawnSync } from "node:child_process";

import { expect } from "chai";

import { commandLine as down } from "../../cli/commands/down.ts";
import { clusterJobs, commandLine as test, testFiles } from "../../cli/commands/test.ts";
import { commandLine as verify } from "../../cli/commands/verify.ts";
import { ArgumentError, helpOf, parseArguments } from "../../system/arguments.ts";
import { projectDir } from "../../system/paths.ts";

function cli(...args: string[]): { code: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["cli/main.ts", ...args], {
    cwd: projectDir,
    encoding: "utf8",
    env: { ...process.env, ZOOKEEPER_ENVIRONMENT_STATE: "/nonexistent" },
  });
  return { code: status, stdout, stderr };
}

describe("the command line", () => {
  it("lists every command with what it does", () => {
    const { code, stdout } = cli("--help");
    expect(code).to.equal(0);
    for (const command of [
      "up",
      "down",
      "env",
      "status",
      "preview",
      "check",
      "dashboard",
      "verify",
      "test",
    ]) {
      expect(stdout).to.match(new RegExp(`^  npm run ${command} +[A-Z].*\\.$`, "m"));
    }
  });

  it("rejects a command that does not exist, and shows those that do", () => {
    const { code, stderr } = cli("upp");
    expect(code).to.equal(2);
    expect(stderr)
      .to.match(/^There is no command upp\.\n/)
      .and.contain("npm run status");
  });

  it("shows a command's help, whatever else is given", () => {
    const { code, stdout } = cli("down", "--nonsense", "--help");
    expect([code, stdout.trim()]).to.deep.equal([0, helpOf(down)]);
  });

  it("rejects invalid arguments before anything is done, all at once, with the option and the fix", () => {
    const { code, stdout, stderr } = cli("down", "--delete-volume", "now", "--force=yes");
    expect([code, stdout]).to.deep.equal([2, ""]);
    expect(stderr.trim().split("\n")).to.deep.equal([
      "npm run down: invalid command line",
      "  --delete-volume",
      "    There is no such option.",
      "    Fix: use one of --delete-volumes, --keep-volumes, --force.",
      "  now",
      "    The command takes options only.",
      "    Fix: see npm run down -- --help.",
      "  --force = yes",
      "    The option takes no value.",
      "    Fix: use --force alone.",
    ]);
  });

  it("rejects options that contradict each other about the volumes", () => {
    const { code, stderr } = cli("down", "--delete-volumes", "--keep-volumes");
    expect(code).to.equal(2);
    expect(stderr).to.contain("contradict each other");
  });

  it("has a help of its own for the faults", () => {
    expect(helpOf(verify([])))
      .to.contain("--disruptive")
      .and.not.contain("--rate");
    expect(helpOf(verify(["--faults"])))
      .to.contain("--rate N")
      .and.not.contain("--disruptive");
  });
});

describe("the files of npm test", () => {
  it("are those of a folder, or one file, and of several without repetition", () => {
    const files = testFiles([
      "test/kubernetes",
      "test/kubernetes/watch.test.ts",
      "test/verify/select.test.ts",
    ]);
    expect(files).to.include("test/verify/select.test.ts").and.include("test/kubernetes/health.test.ts");
    expect(files.filter((file) => file === "test/kubernetes/watch.test.ts")).to.have.lengthOf(1);
    expect(files.every((file) => /^test\/(kubernetes|verify\/select)/.test(file))).to.equal(true);
  });

  it("are all without a path, those that create clusters last", () => {
    const files = testFiles([]);
    expect(files).to.have.length.above(100);
    expect(files.at(-1)).to.match(/\.cluster\.test\.ts$/);
    expect(files[0]).to.match(/(?<!\.engine)(?<!\.cluster)\.test\.ts$/);
    const firstEngine = files.findIndex((file) => file.endsWith(".engine.test.ts"));
    const firstCluster = files.findIndex((file) => file.endsWith(".cluster.test.ts"));
    expect(firstEngine).to.be.below(firstCluster);
    expect(files.slice(firstCluster).every((file) => file.endsWith(".cluster.test.ts"))).to.equal(true);
  });

  it("run two at a time on a cluster where the machine has cores and memory for both", () => {
    expect([clusterJobs(2, 16), clusterJobs(64, 500)]).to.deep.equal([2, 2]);
    expect([clusterJobs(1, 64), clusterJobs(4, 15.9)]).to.deep.equal([1, 1]);
  });

  it("are rejected where a path has none, with the reason", () => {
    const paths = ["test/domian", "cli", "package.json", "test/kubernetes", "--grep", "("];
    expect(() => parseArguments(test, paths)).to.throw(
      ArgumentError,
      /^test\/domian: there is no such.*\ncli: the folder has no tests.*\npackage.json: it is not.*\n--grep: /,
    );
  });
});
