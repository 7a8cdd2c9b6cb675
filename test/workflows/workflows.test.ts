import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

const root = join(import.meta.dirname, "../..");
const folder = join(root, ".github/workflows");
const workflows = readdirSync(folder).map((name) => ({
  name,
  text: readFileSync(join(folder, name), "utf8"),
}));

interface Manifest {
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;

/** What the expression's group finds, all over the text. */
function found(text: string, expression: RegExp): readonly string[] {
  return [...text.matchAll(expression)].map(([, group = ""]) => group);
}

/** The lines before the jobs, and the lines of each job by its name. */
function parts(text: string): { readonly head: string; readonly jobs: ReadonlyMap<string, string> } {
  const [head = "", body = ""] = text.split("\njobs:\n");
  const jobs = body.split(/^ {2}(?=[\w-]+:$)/m).slice(1);
  return { head, jobs: new Map(jobs.map((job) => [job.slice(0, job.indexOf(":")), job])) };
}

const updates = /npm (run )?(test|up)$|pulumi up/m;

describe("the workflows", () => {
  it("check pull requests and main", () => {
    const jobs = Object.fromEntries(workflows.map(({ name, text }) => [name, [...parts(text).jobs.keys()]]));
    expect(jobs).to.deep.equal({ "main.yml": ["test"], "pull-request.yml": ["check", "project"] });
  });

  it("pin every action by commit, with its version beside it, and each action once", () => {
    const pins = workflows.flatMap(({ text }) => found(text, /^\s*(?:- )?uses: (.*)$/gm));
    expect(pins).not.to.be.empty;
    for (const pin of pins) {
      expect(pin).to.match(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    }
    const actions = new Set(pins.map((pin) => pin.split("@")[0]));
    expect(new Set(pins).size).to.equal(actions.size);
  });

  it("may read the repository, and only the project's preview may ask for an identity", () => {
    for (const { name, text } of workflows) {
      const { head, jobs } = parts(text);
      expect(head, name).to.match(/^permissions:\n {2}contents: read\n(?! )/m);
      for (const [job, lines] of jobs) {
        const written = found(lines, /^\s+([\w-]+: write\S*)$/gm);
        expect(written, `${name} ${job}`).to.deep.equal(job === "project" ? ["id-token: write"] : []);
      }
    }
  });

  it("know no secret, and run what a pull request brings only as a pull request", () => {
    for (const { name, text } of workflows) {
      expect(text, name).not.to.match(/\bsecrets\b|pull_request_target|workflow_run/);
      expect(found(text, /(persist-credentials: false)/g), name).to.have.length(
        found(text, /(actions\/checkout@)/g).length,
      );
      // What an expression says would be run as a part of the script.
      for (const script of found(text, /^\s*(?:- )?run: ((?:.*\n)(?:\s{10,}.*\n)*)/gm)) {
        expect(script).not.to.contain("${{");
      }
    }
  });

  it("give the project's preview no chance in forks, nor where there is no identity", () => {
    const project = parts(workflows.find(({ name }) => name === "pull-request.yml")?.text ?? "").jobs.get(
      "project",
    );
    const condition = /^ {4}if: (.*)$/m.exec(project ?? "")?.[1];
    expect(condition?.split(" && ")).to.have.members([
      "vars.GCP_WORKLOAD_IDENTITY_PROVIDER != ''",
      "github.event.pull_request.head.repo.full_name == github.repository",
    ]);
  });

  it("have root run nothing from another user's home", () => {
    const programs = workflows.flatMap(({ text }) => found(text, /^.*?(\bsudo .*)$/gm));
    const npm = programs.filter((line) => line.includes("npm "));
    expect(npm).to.have.length(3);
    for (const line of npm) {
      expect(line)
        .to.match(/^sudo -H env /)
        .and.not.to.contain("HOME=");
    }
    for (const { name, text } of workflows) {
      // What the runner restored is root's before root runs any of it.
      const [restored, own, first] = ["actions/cache@", "sudo chown -R root:root", "sudo -H env"].map(
        (part) => text.indexOf(part),
      );
      expect(restored, name)
        .to.be.above(0)
        .and.below(own ?? 0);
      expect(own, name).to.be.below(first ?? 0);
      expect(text, name).to.contain("ZOOKEEPER_ENVIRONMENT_CACHE: /var/cache/zookeeper-environment");
    }
  });

  it("never cancel what updates something", () => {
    for (const { name, text } of workflows) {
      const cancels = found(text, /cancel-in-progress: (\w+)/g);
      expect(cancels, name).to.deep.equal([updates.test(text) ? "false" : "true"]);
    }
    expect(workflows.filter(({ text }) => updates.test(text))).to.have.length(1);
  });

  it("lint, test and preview a pull request, with the pack", () => {
    const check = parts(workflows.find(({ name }) => name === "pull-request.yml")?.text ?? "").jobs.get(
      "check",
    );
    for (const command of ["npm run lint", "npm run test:unit", "npm run --silent preview"]) {
      expect(check).to.contain(command);
    }
  });

  it("call scripts that there are, and the command line of the SDK's version", () => {
    for (const { text } of workflows) {
      for (const script of found(text, /npm run (?:--silent )?([\w:]+)/g)) {
        expect(Object.keys(manifest.scripts)).to.include(script);
      }
      for (const version of found(text, /pulumi-version: (.*)/g)) {
        expect(version).to.equal(manifest.dependencies["@pulumi/pulumi"]);
      }
    }
  });
});
