import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { projectDir } from "../../system/paths.ts";

const scripts = join(projectDir, ".github", "scripts");

/** A folder with commands that record how they are called, and scripts that find them. */
class Runner {
  readonly folder = mkdtempSync(join(tmpdir(), "workflow-scripts-"));
  readonly #bin = join(this.folder, "bin");
  readonly #calls = join(this.folder, "calls");

  constructor() {
    mkdirSync(this.#bin);
    writeFileSync(this.#calls, "");
  }

  /** Puts a command before those of the machine. It records its arguments, and then runs the shell commands. */
  fake(name: string, commands = ""): void {
    const file = join(this.#bin, name);
    writeFileSync(file, `#!/bin/sh\nprintf '%s\\n' "${name} $*" >>'${this.#calls}'\n${commands}\n`);
    chmodSync(file, 0o755);
  }

  run(script: string, args: readonly string[] = [], variables: Readonly<Record<string, string>> = {}) {
    return spawnSync("bash", [join(scripts, script), ...args], {
      encoding: "utf8",
      cwd: projectDir,
      env: {
        PATH: `${this.#bin}:${process.env["PATH"] ?? ""}`,
        USER: "runner",
        GITHUB_REPOSITORY: "owner/name",
        GITHUB_STEP_SUMMARY: this.path("summary"),
        GITHUB_OUTPUT: this.path("output"),
        GITHUB_PATH: this.path("path"),
        ZOOKEEPER_ENVIRONMENT_CACHE: this.path("cache"),
        ...variables,
      },
    });
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  read(name: string): string {
    return existsSync(this.path(name)) ? readFileSync(this.path(name), "utf8") : "";
  }

  /** The recorded calls of the commands, in order. */
  get calls(): readonly string[] {
    return readFileSync(this.#calls, "utf8").split("\n").slice(0, -1);
  }
}

describe("the scripts of the workflows", () => {
  let runner: Runner;

  beforeEach(() => {
    runner = new Runner();
  });
  afterEach(() => {
    rmSync(runner.folder, { recursive: true });
  });

  it("list the packages before they look for vulnerabilities, and fail if there are any", () => {
    runner.fake("npm", 'case $1 in sbom) echo "{}" ;; audit) exit 1 ;; esac');
    expect(runner.run("audit.sh", [runner.path("packages.json")]).status).to.equal(1);
    expect(runner.read("packages.json")).to.equal("{}\n");
    expect(runner.calls).to.deep.equal([
      "npm sbom --sbom-format cyclonedx --package-lock-only",
      "npm audit --package-lock-only --omit dev --audit-level high",
    ]);
  });

  describe("summarized.sh", () => {
    for (const code of [0, 3]) {
      it(`shows, keeps and returns what its command prints, with exit code ${code}`, () => {
        const command = ["sh", "-c", `echo said; echo wrong >&2; exit ${code}`];
        const { status, stdout } = runner.run("summarized.sh", ["Its title", ...command]);
        expect(status).to.equal(code);
        expect(stdout).to.equal("said\nwrong\n");
        expect(runner.read("summary")).to.equal("### Its title\n\n````text\nsaid\nwrong\n````\n");
        expect(runner.read("output")).to.match(/^text<<(\S{36})\nsaid\nwrong\n\n\1\n$/);
      });
    }

    it("cuts off an output that no comment can hold, between characters", () => {
      const { status } = runner.run("summarized.sh", ["Long", "sh", "-c", "yes äöü | head -c 200000"]);
      expect(status).to.equal(0);
      const output = runner.read("output");
      expect(output.length).to.be.below(31_000);
      expect(output).to.contain("cut off").and.not.to.contain("\uFFFD");
    });
  });

  it("as-root.sh keeps the variables that the local GKE needs", () => {
    runner.fake("sudo");
    runner.run("as-root.sh", ["npm", "test"]);
    const cache = runner.path("cache");
    expect(runner.calls).to.have.length(1);
    expect(runner.calls[0])
      .to.match(/^sudo -H env PATH=\S+ /)
      .and.to.match(new RegExp(` ZOOKEEPER_ENVIRONMENT_CACHE=${cache} CI=true npm test$`));
  });

  it("tools.sh creates the folder for the runner, and changes its owner, but not that of images", () => {
    const cache = runner.path("cache");
    runner.fake("sudo", '"$@" 2>/dev/null || true');
    runner.fake("install", `mkdir -p '${cache}/tools' '${cache}/images-1/store'`);
    runner.fake("chown");
    expect(runner.run("tools.sh", ["runner"]).status).to.equal(0);
    expect(runner.calls).to.deep.equal([]);
    for (const action of ["create", "root", "runner"]) {
      expect(runner.run("tools.sh", [action]).status, action).to.equal(0);
    }
    expect(runner.calls.filter((call) => !call.startsWith("sudo"))).to.deep.equal([
      `install -d -o runner ${cache}`,
      `chown -R root:root ${cache}`,
      `chown -R runner ${cache}`,
    ]);
    expect(readdirSync(cache)).to.deep.equal(["tools"]);
    expect(runner.run("tools.sh", ["away"])).to.include({ status: 2 });
  });

  it("node.sh puts a Node that runs TypeScript on the PATH", () => {
    expect(runner.run("node.sh").status).to.equal(0);
    const [bin = ""] = runner.read("path").split("\n");
    const program = [
      "--input-type=module-typescript",
      "--eval",
      "const said: string = 'yes'; console.log(said)",
    ];
    expect(spawnSync(join(bin, "node"), program, { encoding: "utf8" }).stdout).to.equal("yes\n");
  });

  describe("free-space.sh", () => {
    it("removes nothing where there is room", () => {
      runner.fake("df", "printf 'Avail\\n  20G\\n'");
      runner.fake("sudo");
      expect(runner.run("free-space.sh").status).to.equal(0);
      expect(runner.calls.filter((call) => call.startsWith("sudo"))).to.deep.equal([]);
    });

    it("removes what is never used where there is little", () => {
      runner.fake("df", "printf 'Avail\\n  14G\\n'");
      runner.fake("sudo");
      expect(runner.run("free-space.sh").stdout).to.contain("14 GiB before");
      expect(runner.calls.filter((call) => call.startsWith("sudo rm -rf /"))).to.have.length(1);
    });
  });

  describe("reachable.sh", () => {
    it("accepts a stack without a cluster", () => {
      runner.fake("pulumi", "exit 1");
      runner.fake("kubectl", "exit 1");
      expect(runner.run("reachable.sh")).to.include({ status: 0, stdout: "The stack has no cluster yet.\n" });
    });

    for (const [what, code] of [
      ["accepts a cluster that answers", 0],
      ["rejects a cluster that does not answer", 1],
    ] as const) {
      it(`${what}, and keeps no kubeconfig`, () => {
        runner.fake("pulumi", "echo secret");
        runner.fake("kubectl", `grep -q secret "$2" && exit ${code}`);
        const { status, stdout, stderr } = runner.run("reachable.sh", [], { TMPDIR: runner.folder });
        expect(status).to.equal(code);
        expect(stderr.includes("authorizedNetworks")).to.equal(code === 1);
        expect(stdout + stderr).not.to.contain("secret");
        const [, kubeconfig = ""] = /--kubeconfig (\S+)/.exec(runner.calls.join("\n")) ?? [];
        expect(kubeconfig).to.match(/^\//);
        expect(existsSync(kubeconfig)).to.be.false;
      });
    }
  });

  describe("comment.sh", () => {
    const variables = {
      PULL_REQUEST: "7",
      CHECK_RESULT: "success",
      CHECK_PREVIEW: "a line\n```\n@everyone",
      PROJECT_RESULT: "skipped",
      PROJECT_PREVIEW: "",
    };
    /** Keeps the body of the comment. */
    const keepsBody = (prints: string) => `case "$*" in
      *--paginate*) printf '%s' '${prints}' ;;
      *) for each; do case $each in body=@*) cp "\${each#body=@}" '${runner.path("body")}' ;; esac; done ;;
    esac`;

    it("creates the comment the first time", () => {
      runner.fake("gh", keepsBody(""));
      expect(runner.run("comment.sh", [], variables).status).to.equal(0);
      expect(runner.calls[1]).to.match(/--method POST repos\/owner\/name\/issues\/7\/comments /);
      expect(runner.read("body")).to.equal(
        "<!-- previews -->\n\n### Preview of the dev stack on a local GKE: success\n\n````text\na line\n```\n@everyone\n````\n",
      );
    });

    it("updates it later, and reports a job without a preview", () => {
      runner.fake("gh", keepsBody("12\n34\n"));
      const failed = { ...variables, PROJECT_RESULT: "failure" };
      expect(runner.run("comment.sh", [], failed).status).to.equal(0);
      expect(runner.calls[1]).to.match(/--method PATCH repos\/owner\/name\/issues\/comments\/12 /);
      expect(runner.read("body")).to.contain(
        "### Preview of the project's stack: failure\n\nThere is no preview",
      );
    });

    it("fails where GitHub does not answer", () => {
      runner.fake("gh", "exit 1");
      expect(runner.run("comment.sh", [], variables).status).not.to.equal(0);
    });
  });

  describe("drift-issue.sh", () => {
    const variables = { RESULT: "failure", PREVIEW: "~ update", RUN_URL: "https://example.org/run" };
    const lists = (open: string) => `[ "$2" = list ] && printf '%s' '${open}'; exit 0`;
    const call = () => runner.calls.at(-1) ?? "";

    it("opens an issue with what differs", () => {
      runner.fake("gh", lists(""));
      expect(runner.run("drift-issue.sh", [], variables).status).to.equal(0);
      expect(call()).to.match(/^gh issue create --repo owner\/name --title .* --body-file /);
    });

    it("adds to the issue that is open", () => {
      runner.fake("gh", lists("5\n"));
      expect(runner.run("drift-issue.sh", [], variables).status).to.equal(0);
      expect(call()).to.match(/^gh issue comment 5 --repo owner\/name --body-file /);
    });

    it("closes the issue when nothing differs, and leaves others alone", () => {
      runner.fake("gh", lists("5\n"));
      expect(runner.run("drift-issue.sh", [], { ...variables, RESULT: "success" }).status).to.equal(0);
      expect(call()).to.match(/^gh issue close 5 /);
      runner.fake("gh", lists(""));
      expect(runner.run("drift-issue.sh", [], { ...variables, RESULT: "success" }).status).to.equal(0);
      expect(call()).to.match(/^gh issue list /);
    });
  });
});
