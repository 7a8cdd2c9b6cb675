import { spawnSync } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";

import { expect } from "chai";
import { stringify } from "yaml";

import { main } from "../../../policy/command/main.ts";
import { environment } from "../../fixtures/policy/ensemble.ts";
import { manifestOf } from "../../fixtures/policy/manifest.ts";
import { tutorial, tutorialFaults } from "../../fixtures/policy/tutorial.ts";

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const inProject = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

const policyCheck = inProject("policy/check.js");

const yaml = (objects: readonly object[]): string => objects.map((each) => stringify(each)).join("---\n");

const kubernetes = environment.filter(({ type }) => type.startsWith("kubernetes:")).map(manifestOf);

describe("the command", function () {
  this.timeout(60_000);
  let folder = "";

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "check-"));
    mkdirSync(join(folder, "manifests"));
    const [headless, ...others] = tutorial.map(manifestOf);
    writeFileSync(join(folder, "manifests/a.yaml"), yaml([headless ?? {}]));
    writeFileSync(
      join(folder, "manifests/b.json"),
      JSON.stringify({ apiVersion: "v1", kind: "List", items: others }),
    );
    writeFileSync(join(folder, "good.yaml"), yaml(kubernetes));
    writeFileSync(join(folder, "values.yaml"), "replicas: 3\n");
    mkdirSync(join(folder, "base"));
    writeFileSync(join(folder, "base/kustomization.yaml"), "resources: [zk.yaml]\n");
    writeFileSync(join(folder, "template.yaml"), "kind: {{ .Values.kind }}\n");
    writeFileSync(
      join(folder, "other.yaml"),
      yaml([{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" } }]),
    );
    writeFileSync(join(folder, "config.json"), '{ "all": "advisory" }');
  });

  after(() => {
    rmSync(folder, { recursive: true });
  });

  function run(program: readonly string[], args: readonly string[], input: string, env: object): Ended {
    const { status, stdout, stderr } = spawnSync(process.execPath, [...program, ...args], {
      cwd: folder,
      encoding: "utf8",
      input,
      env: { ...process.env, NODE_OPTIONS: "--disable-warning=ExperimentalWarning", ...env },
    });
    return { code: status, stdout, stderr };
  }

  const check = (args: readonly string[], input = "", env: object = {}): Ended =>
    run([policyCheck], args, input, env);

  it("finds each fault of the tutorial's manifest on standard input, with its line", () => {
    const text = yaml(tutorial.map(manifestOf));
    const { code, stdout, stderr } = check(["-"], text);
    expect([code, stderr]).to.deep.equal([1, ""]);
    for (const [policy] of tutorialFaults) {
      expect(stdout).to.match(new RegExp(`^  \\d+: error ${policy}: `, "m"));
    }
    const line = text.split("\n").findIndex((each) => each.includes("image: registry.k8s.io")) + 1;
    expect(stdout).to.contain(`\n  ${line}: error images: spec.template.spec.containers[0].image = `);
    expect(stdout).to.match(/\n4 objects, 1 ZooKeeper workload: \d+ errors, 0 warnings\.\n$/);
    expect(stdout).not.to.contain("\u001b");
  });

  it("takes the objects of a folder as one stack", () => {
    const { code, stdout, stderr } = check(["manifests", "--format", "json"]);
    expect([code, stderr]).to.deep.equal([1, ""]);
    const { summary, findings } = JSON.parse(stdout) as {
      summary: { objects: number; errors: number };
      findings: { file: string; object: string }[];
    };
    expect(summary.objects).to.equal(4);
    expect(findings).to.have.length(summary.errors);
    const places = new Set(findings.map(({ file, object }) => `${file} ${object}`));
    expect(places).to.include("manifests/a.yaml Service default/zk-hs");
    expect(places).to.include("manifests/b.json StatefulSet default/zk");
    // The budget in the other file covers the servers.
    expect(stdout).not.to.contain("disruption-budget");
  });

  it("puts objects into the namespace that is given", () => {
    const { code, stdout } = check(["manifests", "--namespace", "zookeeper"]);
    expect(code).to.equal(1);
    expect(stdout).to.contain("StatefulSet zookeeper/zk\n").and.not.contain("default/");
  });

  it("accepts a compliant ensemble", () => {
    const { code, stdout, stderr } = check(["good.yaml"]);
    expect([code, stderr]).to.deep.equal([0, ""]);
    expect(stdout).to.match(/\d+ objects, 1 ZooKeeper workload: no findings\.\n$/);
  });

  it("says where there is no ZooKeeper", () => {
    const ended = check(["other.yaml"]);
    expect(ended).to.deep.equal({ code: 0, stdout: "No ZooKeeper servers found in 1 object.\n", stderr: "" });
  });

  it("fails on advice only if it is to", () => {
    const advice = ["manifests", "--config", "config.json"];
    const { code, stdout } = check(advice);
    expect(code).to.equal(0);
    expect(stdout).to.match(/: 0 errors, [1-9]\d* warnings\.\n$/);
    expect(check([...advice, "--fail-on", "advisory"]).code).to.equal(1);
  });

  it("validates with the policies of a profile", () => {
    const baseline = check(["manifests", "--profile", "baseline"]).stdout;
    expect(baseline).to.contain("error images: ").and.not.contain("pod-security");
    expect(check(["manifests", "--profile", "production"]).stdout).to.contain("error pod-security: ");
  });

  it("takes the stack's name for its purpose", () => {
    const single = yaml(
      kubernetes.map((each) =>
        each["kind"] === "StatefulSet"
          ? { ...each, spec: { ...(each["spec"] as object), replicas: 1 } }
          : each,
      ),
    );
    const reported = (...args: readonly string[]): boolean =>
      check(["-", ...args], single).stdout.includes("quorum-size");
    expect([reported(), reported("--production"), reported("--stack", "live")]).to.deep.equal([
      false,
      true,
      true,
    ]);
  });

  it("writes SARIF into a file, without colours and with paths below the working directory", () => {
    const args = ["manifests/a.yaml", "manifests/b.json", "--format", "sarif", "--output", "out.sarif"];
    expect(check(args, "", { FORCE_COLOR: "1", NO_COLOR: undefined })).to.deep.equal({
      code: 1,
      stdout: "",
      stderr: "",
    });
    const written = readFileSync(join(folder, "out.sarif"), "utf8");
    expect(written).to.contain('"uri": "manifests/a.yaml"').and.not.contain("\u001b");
    check(["manifests", "--output", "out.txt"], "", { FORCE_COLOR: "1", NO_COLOR: undefined });
    expect(readFileSync(join(folder, "out.txt"), "utf8")).not.to.contain("\u001b");
  });

  it("says in SARIF whether it could read everything", () => {
    const successful = (...files: readonly string[]): boolean =>
      check([...files, "--format", "sarif"]).stdout.includes('"executionSuccessful": true');
    expect([successful("other.yaml"), successful("other.yaml", "nothing.yaml")]).to.deep.equal([true, false]);
  });

  it("ends without an error where the reader of its output does", () => {
    const { stderr } = spawnSync("sh", ["-c", '"$0" "$@" | :', process.execPath, policyCheck, "manifests"], {
      cwd: folder,
      encoding: "utf8",
    });
    expect(stderr).not.to.contain("EPIPE");
  });

  it("fails where its output cannot be written", () => {
    const full = openSync("/dev/full", "w");
    const args = ["--disable-warning=ExperimentalWarning", policyCheck, "manifests"];
    const { stderr } = spawnSync(process.execPath, args, {
      cwd: folder,
      encoding: "utf8",
      stdio: ["ignore", full, "pipe"],
    });
    closeSync(full);
    expect(stderr).to.contain("ENOSPC");
  });

  it("has colours where they are forced", () => {
    expect(check(["manifests"], "", { FORCE_COLOR: "1", NO_COLOR: undefined }).stdout).to.contain(
      "\u001b[31merror",
    );
  });

  for (const [title, args, expected] of [
    ["a file that does not exist", ["nothing.yaml"], /^nothing.yaml\n {2}There is no such file/],
    [
      "a template",
      ["template.yaml"],
      /^template.yaml:1\n {2}It is a template.\n {2}Fix: render the template/,
    ],
    [
      "no objects",
      ["values.yaml"],
      /^values.yaml:1: no Kubernetes object.*\nThere are no Kubernetes objects/,
    ],
    ["no input", ["-"], /^There are no Kubernetes objects to validate\.\n$/],
    [
      "a configuration that does not exist",
      ["good.yaml", "--config", "x.json"],
      /^--config = x.json\n {2}ENOENT/,
    ],
    ["an output that cannot be written", ["good.yaml", "--output", "x/y"], /^--output = x\/y\n {2}ENOENT/],
    [
      "a configuration with errors",
      ["good.yaml", "--config", "values.yaml"],
      /^values.yaml: invalid configuration\n {2}replicas\n/,
    ],
    [
      "a configuration that is not JSON",
      ["good.yaml", "--config", "template.yaml"],
      /^template.yaml: invalid configuration\n {2}line 1\n/,
    ],
    ["no arguments", [], /^zookeeper-policies: invalid command line\n {2}FILE\n/],
    ["files and a cluster", ["a", "--cluster"], /--cluster\n {4}Either files or a cluster/],
    ["a context without a cluster", ["a", "--context", "x"], /--context = x\n/],
    ["several namespaces of files", ["a", "--namespace", "x,y"], /--namespace = x, y\n/],
    ["two answers about production", ["a", "--production", "--stack", "x"], /--stack = x\n/],
    [
      "unknown words",
      ["a", "--format", "xml", "--fail-on", "x", "--profile", "x"],
      /xml[^]*fail-on[^]*profile/,
    ],
    ["no kubectl", ["--cluster"], /^kubectl is not on PATH/],
  ] as const) {
    it(`fails with 2 for ${title}`, () => {
      const { code, stdout, stderr } = check(args, "", { PATH: "/nonexistent" });
      expect([code, stdout]).to.deep.equal([2, ""]);
      expect(stderr).to.match(expected);
    });
  }

  it("fails with 2 and shows where, if it is not the operating system that refuses", async () => {
    const file = "no\0name";
    for (const args of [[file], ["other.yaml", "--config", file], ["other.yaml", "--output", file]]) {
      const warnings: string[] = [];
      const code = await main(args, {
        command: "check",
        version: "0.0.0",
        directory: folder,
        stdin: Readable.from([]),
        print: () => undefined,
        warn: (text) => warnings.push(text),
        paint: (_, text) => text,
      });
      expect(code).to.equal(2);
      expect(warnings.join("\n")).to.match(/^TypeError.*null bytes.*\n {4}at /);
    }
  });

  it("validates what it can read, and still fails with 2", () => {
    const { code, stdout, stderr } = check(["manifests", "nothing.yaml", "values.yaml"]);
    expect(code).to.equal(2);
    expect(stdout).to.contain("4 objects, 1 ZooKeeper workload");
    expect(stderr).to.contain("no such file").and.contain("values.yaml:1: no Kubernetes object");
  });

  it("says where an object is given twice", () => {
    const { stderr } = check(["manifests", "-"], yaml(tutorial.slice(0, 1).map(manifestOf)));
    expect(stderr).to.equal("stdin:1: Service zk-hs is also at manifests/a.yaml:1; both are validated\n");
  });

  it("says that it builds no Kustomization", () => {
    const unbuilt = "a Kustomization, which is not built here; validate what kubectl kustomize prints\n";
    const kustomization = { apiVersion: "kustomize.config.k8s.io/v1beta1", kind: "Kustomization" };
    expect(check(["-"], yaml([kustomization])).stderr).to.equal(`stdin:1: ${unbuilt}`);
    expect(check(["base"]).stderr).to.match(new RegExp(`^base/kustomization.yaml:1: ${unbuilt}There are no`));
  });

  it("says that a namespace is no string, as in a template that is also YAML", () => {
    const pod = (namespace: string) =>
      `apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: ${namespace}}\n`;
    for (const namespace of ["{your namespace}", "&a [*a]", "7"]) {
      const { code, stderr } = check(["-"], pod(namespace));
      expect(code).to.equal(0);
      expect(stderr).to.equal("stdin:1: its namespace is not a string, so kubectl rejects it\n");
    }
    for (const namespace of ["a", '""', "null"]) {
      expect(check(["-"], pod(namespace)).stderr).to.equal("");
    }
  });

  it("shows its help", () => {
    const { code, stdout } = check(["--help"]);
    expect(code).to.equal(0);
    expect(stdout).to.match(/^Usage: zookeeper-policies \[options\] \[FILE \.\.\.\]\n/);
    expect(stdout).to.contain("Exit codes: 0");
  });

  it("is an npm script, with paths relative to where npm was called", () => {
    const cli = [inProject("cli/main.ts"), "check"];
    const { code, stdout } = run(cli, ["a.yaml", "b.json"], "", { INIT_CWD: join(folder, "manifests") });
    expect(code).to.equal(1);
    expect(stdout).to.contain("a.yaml:1: Service default/zk-hs\n");
    expect(run(cli, ["--help"], "", {}).stdout).to.match(/^Usage: npm run check -- \[options\]/);
    expect(run(cli, [], "", {}).code).to.equal(2);
  });
});
