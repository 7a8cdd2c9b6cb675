import { existsSync, globSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

import { expect } from "chai";

import { parseYaml } from "../../domain/yaml.ts";
import { projectDir } from "../../system/paths.ts";
import { workflows } from "./workflow-files.ts";
import type { Job } from "./workflow-files.ts";

interface Manifest {
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(readFileSync(join(projectDir, "package.json"), "utf8")) as Manifest;

const jobs = workflows.flatMap((workflow) => workflow.jobs.map((job) => ({ workflow, job })));
const commands = (job: Job): readonly string[] => job.steps.flatMap(({ run }) => run ?? []);
const isUpdate = (job: Job): boolean =>
  commands(job).some((line) => /npm (run )?(test|up)$|pulumi up /.test(line));

function job(workflow: string, name: string): Job {
  const found = jobs.find((each) => each.workflow.name === workflow && each.job.name === name);
  if (found === undefined) {
    throw new Error(`there is no job ${name} in ${workflow}.yml`);
  }
  return found.job;
}

describe("the workflows", () => {
  it("check and preview pull requests, update from main, and look for drift", () => {
    expect(jobs.map((each) => `${each.workflow.name} ${each.job.name}`)).to.deep.equal([
      "audit audit",
      "drift drift",
      "drift report",
      "main test",
      "main up",
      "pull-request check",
      "pull-request project",
      "pull-request comment",
    ]);
    expect(commands(job("pull-request", "check")).join("\n"))
      .to.contain("npm run lint")
      .and.contain("npm run test:unit")
      .and.contain("npm run --silent preview");
    expect(commands(job("pull-request", "project")).at(-1)).to.contain(
      "pulumi preview --policy-pack policy ",
    );
    expect(commands(job("main", "up")).at(-1)).to.contain("pulumi up --yes --refresh --policy-pack policy ");
    expect(commands(job("drift", "drift")).at(-1)).to.contain("preview --refresh --expect-no-changes ");
  });

  it("pin every action by commit, with its version beside it, and each action once", () => {
    const files = [...globSync(".github/{workflows,actions/*}/*.yml", { cwd: projectDir })];
    const pins = files.flatMap((file) =>
      [...readFileSync(join(projectDir, file), "utf8").matchAll(/^\s*(?:- )?uses: ([^.].*)$/gm)].map(
        ([, pin = ""]) => pin,
      ),
    );
    expect(pins).not.to.be.empty;
    for (const pin of pins) {
      expect(pin).to.match(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    }
    const actions = new Set(pins.map((pin) => pin.split("@")[0]));
    expect(new Set(pins).size).to.equal(actions.size);
  });

  it("give each job the rights that it needs, and no job rights for which it runs others' code", () => {
    const rights = Object.fromEntries(
      jobs.map((each) => [
        `${each.workflow.name} ${each.job.name}`,
        Object.entries(each.job.permissions ?? each.workflow.permissions)
          .map(([what, right]) => `${what}: ${right}`)
          .join(", "),
      ]),
    );
    const reads = "contents: read";
    expect(rights).to.deep.equal({
      "audit audit": reads,
      "drift drift": `${reads}, id-token: write`,
      "drift report": `${reads}, issues: write`,
      "main test": reads,
      "main up": `${reads}, id-token: write`,
      "pull-request check": reads,
      "pull-request project": `${reads}, id-token: write`,
      "pull-request comment": `${reads}, pull-requests: write`,
    });
    for (const { permissions } of workflows) {
      expect(permissions).to.deep.equal({ contents: "read" });
    }
    const [checkout, ...others] = job("pull-request", "comment").steps;
    expect(checkout?.with?.["ref"]).to.equal("${{ github.event.pull_request.base.sha }}");
    expect(others.map(({ run }) => run)).to.deep.equal(["bash .github/scripts/comment.sh"]);
  });

  it("let nobody have a Google identity whom no environment lets", () => {
    for (const each of jobs.filter(({ job: { permissions } }) => permissions?.["id-token"] === "write")) {
      expect(each.job.environment, each.job.name).to.equal(
        { project: "preview", up: "production", drift: "drift" }[each.job.name],
      );
      expect(each.job.if).to.contain("vars.GCP_WORKLOAD_IDENTITY_PROVIDER != ''");
    }
    const sameRepository = "github.event.pull_request.head.repo.full_name == github.repository";
    expect(job("pull-request", "project").if).to.contain(sameRepository);
    expect(job("pull-request", "comment").if).to.contain(sameRepository);
  });

  it("know no secret, keep no credentials, and run a pull request's code only as a pull request", () => {
    for (const { name, text } of workflows) {
      expect(text, name).not.to.match(/\bsecrets\b|pull_request_target|workflow_run/);
    }
    const checkouts = jobs.flatMap(({ job: { steps } }) =>
      steps.filter(({ uses }) => uses?.startsWith("actions/checkout@")),
    );
    expect(checkouts).to.have.length(jobs.length);
    for (const { with: inputs } of checkouts) {
      expect(inputs?.["persist-credentials"]).to.equal(false);
    }
  });

  it("run nothing but scripts that exist, and put no expression into a command", () => {
    for (const line of jobs.flatMap((each) => commands(each.job))) {
      expect(line).not.to.match(/\$\{\{|\n./);
      const [, script, npm] = /^(?:bash (\.github\/scripts\/[\w-]+\.sh)|npm run ([\w:]+))\b/.exec(line) ?? [];
      expect(script ?? npm, line).to.be.a("string");
      expect(script === undefined || existsSync(join(projectDir, script)), line).to.be.true;
      for (const [, name] of line.matchAll(/npm run (?:--silent )?([\w:]+)/g)) {
        expect(Object.keys(manifest.scripts)).to.include(name);
      }
    }
  });

  it("use every script", () => {
    const used = jobs.flatMap((each) => commands(each.job)).join("\n");
    const files = globSync(".github/scripts/*.sh", { cwd: projectDir }).map((file) => basename(file));
    const sourced = ["fenced.sh"];
    expect(files.filter((file) => !used.includes(`.github/scripts/${file}`))).to.deep.equal(sourced);
  });

  it("give the tools to root before root runs any, and back at the end", () => {
    for (const each of jobs) {
      const lines = commands(each.job);
      const asRoot = lines.findIndex((line) => line.includes("as-root.sh"));
      if (asRoot === -1) {
        continue;
      }
      const own = lines.indexOf("bash .github/scripts/tools.sh root");
      expect(own, each.job.name).to.be.above(0).and.below(asRoot);
      expect(lines.at(-1)).to.equal("bash .github/scripts/tools.sh runner");
      expect(each.workflow.text).to.contain("ZOOKEEPER_ENVIRONMENT_CACHE: /var/cache/zookeeper-environment");
    }
  });

  it("never cancel what updates something", () => {
    for (const { workflow, job: each } of jobs) {
      const { concurrency } = each.concurrency === undefined ? workflow : each;
      expect(concurrency, `${workflow.name} ${each.name}`).not.to.be.undefined;
      expect(concurrency?.["cancel-in-progress"]).to.equal(workflow.name === "pull-request");
    }
    expect(jobs.filter((each) => isUpdate(each.job)).map((each) => each.job.name)).to.deep.equal([
      "test",
      "up",
    ]);
  });

  it("are kept up to date, with all that is pinned elsewhere", () => {
    const parsed = parseYaml(readFileSync(join(projectDir, ".github/dependabot.yml"), "utf8"));
    const { updates } = ("value" in parsed ? parsed.value : undefined) as {
      updates: { "package-ecosystem": string; directory?: string; directories?: string[] }[];
    };
    const kept = new Map(
      updates.map((each) => [each["package-ecosystem"], [each.directory ?? each.directories ?? []].flat()]),
    );
    const foldersOf = (pattern: string) =>
      globSync(pattern, { cwd: projectDir, exclude: ["**/node_modules/**"] })
        .map((file) => `/${dirname(file)}`.replace(/\/\.$/, "/"))
        .sort();
    expect(kept.get("gomod")).to.deep.equal(foldersOf("**/go.mod"));
    expect(kept.get("npm")).to.deep.equal(foldersOf("**/package-lock.json"));
    expect(kept.get("github-actions")).to.deep.equal(["/", ...foldersOf(".github/actions/*/action.yml")]);
  });

  it("use the command line of the SDK's version", () => {
    const versions = jobs.flatMap((each) =>
      each.job.steps.flatMap((step) => step.with?.["pulumi-version"] ?? []),
    );
    expect(versions).to.have.length(3);
    for (const version of versions) {
      expect(version).to.equal(manifest.dependencies["@pulumi/pulumi"]);
    }
  });
});
