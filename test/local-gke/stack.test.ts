import { spawnSync } from "node:child_process";
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";

import { expect } from "chai";

import { configure } from "../../local-gke/configuration.ts";
import { environment, isPrepared } from "../../local-gke/pulumi/environment.ts";
import { projectDir, stateDir } from "../../system/paths.ts";
import { isOn, stackName, zookeeperEnvironment } from "../../zookeeper-image/configuration.ts";
import { ensurePassphrase, passphraseFits, readPassphrase } from "../../local-gke/pulumi/passphrase.ts";
import { withoutSalt, withSalt } from "../../local-gke/pulumi/settings.ts";
import {
  allStacks,
  forgetStack,
  otherStacks,
  projectName,
  stackExists,
} from "../../local-gke/pulumi/stacks.ts";

/** Configures the local GKE for a block of tests, whatever another file has configured. */
function configured(): void {
  before(() => {
    configure(zookeeperEnvironment);
  });
}

/** A salt as the Pulumi CLI wrote it for the passphrase "a test's own". */
const salt = "v1:2r+pzkza0o8=:v1:XfY9EWc3EY8H0IwW:UUQ1h2eGXa8niSUoHSFLAW5dYIEUwQ==";

describe("the passphrase of an environment's stack", () => {
  configured();
  let folder = "";

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "passphrase-"));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it("is another one in every environment, stays, and is only for its owner to read", () => {
    const files = ["a", "b"].map((name) => join(folder, name));
    for (const file of files) {
      ensurePassphrase(file);
    }
    const made = files.map((file) => readPassphrase(file));
    expect(made[0]).to.match(/^[\w-]{43}$/);
    expect(made[1])
      .to.match(/^[\w-]{43}$/)
      .and.not.to.equal(made[0]);
    for (const file of files) {
      ensurePassphrase(file);
      expect(statSync(file).mode & 0o777).to.equal(0o600);
    }
    expect(files.map((file) => readPassphrase(file))).to.deep.equal(made);
    expect(readdirSync(folder)).to.have.members(["a", "b"]);
  });

  it("is hidden again where somebody has opened its file", () => {
    const file = join(folder, "passphrase");
    writeFileSync(file, "kept\n", { mode: 0o644 });
    ensurePassphrase(file);
    expect(statSync(file).mode & 0o777).to.equal(0o600);
    expect(readPassphrase(file)).to.equal("kept");
  });

  it("is recognised by the salt that the CLI wrote", () => {
    expect(passphraseFits("a test's own", salt)).to.equal(true);
    expect(passphraseFits("a test's other", salt)).to.equal(false);
    for (const other of ["", "v1:", "awskms://key", salt.replace("v1:", "v2:")]) {
      expect(passphraseFits("a test's own", other), other).to.equal(false);
    }
  });

  it("is in no variable, but in a file of the environment's folder", () => {
    const variables = environment("/tools");
    expect(variables).to.have.property("PULUMI_CONFIG_PASSPHRASE_FILE", join(stateDir, "passphrase"));
    expect(variables).not.to.have.property("PULUMI_CONFIG_PASSPHRASE");
  });

  it("has no trace in the development stack's settings", () => {
    expect(readFileSync(join(projectDir, "Pulumi.dev.yaml"), "utf8")).not.to.match(/^encryptionsalt:/m);
  });
});

describe("settings", () => {
  it("get a salt and lose it again, and stay as they are otherwise", () => {
    for (const settings of [
      "",
      "config:\n  a: b\n",
      "# encryptionsalt: no\nconfig:\n  encryptionsalt: b\n",
    ]) {
      const salted = withSalt(settings, "v1:x");
      expect(salted).to.match(/^encryptionsalt: v1:x$/m);
      expect(withoutSalt(salted)).to.equal(settings);
      expect(withSalt(salted, "v1:x")).to.equal(salted);
    }
    expect(withoutSalt("encryptionsalt: v1:x\nconfig:\n  a: b")).to.equal("config:\n  a: b\n");
  });
});

describe("the name of an environment's stack", () => {
  const variable = "ZOOKEEPER_ENVIRONMENT_STACK_OF_A_TEST";
  const named = (name: string | undefined): string => {
    if (name === undefined) {
      Reflect.deleteProperty(process.env, variable);
    } else {
      process.env[variable] = name;
    }
    return stackName(variable, "dev");
  };

  after(() => {
    Reflect.deleteProperty(process.env, variable);
  });

  it("is what the variable says, or dev", () => {
    for (const name of ["prod", "a.b_c-1", "-x"]) {
      expect(named(name)).to.equal(name);
    }
    for (const name of [undefined, ""]) {
      expect(named(name)).to.equal("dev");
    }
  });

  it("leads nowhere else", () => {
    for (const name of ["..", ".", ".hidden", "../dev", "a/b", "a b", "a'b", "$(id)", "é", "a".repeat(101)]) {
      expect(() => named(name), name).to.throw(`${variable}: ${JSON.stringify(name)} cannot name a stack`);
    }
  });
});

describe("a switch of the environment", () => {
  const variable = "ZOOKEEPER_ENVIRONMENT_SWITCH_OF_A_TEST";

  afterEach(() => {
    Reflect.deleteProperty(process.env, variable);
  });

  it("is on or off, and nothing else", () => {
    expect(isOn(variable)).to.equal(false);
    for (const [value, on] of [
      ["1", true],
      ["0", false],
      ["", false],
    ] as const) {
      process.env[variable] = value;
      expect(isOn(variable), value).to.equal(on);
    }
    for (const value of ["yes", "true", "2", " 1"]) {
      process.env[variable] = value;
      expect(() => isOn(variable), value).to.throw(
        `${variable}: ${JSON.stringify(value)} is neither on nor off`,
      );
    }
  });
});

describe("an environment", () => {
  let state = "";

  beforeEach(() => {
    state = mkdtempSync(join(tmpdir(), "prepared-"));
    configure({ ...zookeeperEnvironment, stateDir: state });
    ensurePassphrase();
    for (const folder of ["local-gke-pulumi", "bin"]) {
      mkdirSync(join(state, folder));
    }
    writeFileSync(join(state, "local-gke-pulumi", "pulumi"), "");
  });

  afterEach(() => {
    rmSync(state, { recursive: true });
  });

  it("is prepared where its plugins start programs that exist, which an earlier version had elsewhere", () => {
    const script = join(state, "bin", "gke-gcloud-auth-plugin");
    expect(isPrepared()).to.equal(false);
    for (const [program, prepared] of [
      ["local-gke/auth-plugin.ts", true],
      ["local/auth/plugin.ts", false],
    ] as const) {
      writeFileSync(
        script,
        `#!/bin/sh\numask 022\nexec '/usr/bin/node' '${join(projectDir, program)}' "$@"\n`,
      );
      expect(isPrepared(), program).to.equal(prepared);
    }
  });
});

describe("the stacks of a backend", () => {
  configured();
  let backend = "";
  const file = (path: string): string => join(backend, ".pulumi", path);

  beforeEach(() => {
    backend = mkdtempSync(join(tmpdir(), "backend-"));
    for (const path of [
      ...[
        "stacks/P/dev.json",
        "stacks/P/dev.json.attrs",
        "stacks/P/dev.json.bak",
        "stacks/P/dev.json.bak.attrs",
      ],
      ...["stacks/P/dev.2.json", "stacks/P/device.json", "stacks/P/prod.json.gz", "stacks/other/dev.json"],
      ...[
        "history/P/dev/1.json",
        "history/P/prod/1.json",
        "backups/P/dev/1.json",
        "backups/other/dev/1.json",
      ],
      ...["locks/organization/P/dev/1.json", "locks/organization/P/prod/1.json", "meta.yaml"],
    ]) {
      const full = file(path.replace("/P/", `/${projectName()}/`));
      mkdirSync(dirname(full), { recursive: true });
      writeFileSync(full, "{}");
    }
  });

  afterEach(() => {
    rmSync(backend, { recursive: true });
  });

  it("are told apart by project and name", () => {
    const names = allStacks(backend).map(({ project, name }) => `${project}/${name}`);
    expect(names).to.have.members([
      ...["dev", "dev.2", "device", "prod"].map((name) => `${projectName()}/${name}`),
      "other/dev",
    ]);
    expect(stackExists("prod", backend)).to.equal(true);
    expect(stackExists("pro", backend)).to.equal(false);
    expect(allStacks(join(backend, "nowhere"))).to.deep.equal([]);
  });

  it("stay when one of them is forgotten, with all that is theirs", () => {
    const others = otherStacks("dev", backend);
    const kept = globSync("**", { cwd: backend, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => !new RegExp(`/${projectName()}/dev(/|\\.json)`).test(path));
    forgetStack("dev", backend);
    expect(allStacks(backend)).to.deep.equal(others);
    const left = globSync("**", { cwd: backend, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    expect(left).to.have.members(kept);
    forgetStack("dev", backend);
    for (const name of ["", ".", "..", "../other", "dev/../.."]) {
      expect(() => {
        forgetStack(name, backend);
      }, name).to.throw(JSON.stringify(name));
    }
    expect(allStacks(backend)).to.deep.equal(others);
  });
});

describe("the pulumi that npm run env puts on PATH", () => {
  configured();
  const settings = "config:\n  # A comment.\n  zookeeper-environment:cpu: 500m\n";
  let root = "";
  let state = "";
  let project = "";

  const read = (...path: readonly string[]): string => readFileSync(join(root, ...path), "utf8");
  const write = (text: string, ...path: readonly string[]): void => {
    const file = join(root, ...path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { mode: 0o755 });
  };

  /** Has the CLI be this, in a shell script; `file` is the file of settings that the CLI would use. */
  const cli = (script: string): void => {
    write(
      `#!/bin/sh
cd "\${PULUMI_OPTION_CWD:-.}"
file=\${PULUMI_OPTION_CONFIG_FILE:-Pulumi.dev.yaml}
phrase="\${PULUMI_CONFIG_PASSPHRASE-none} \${PULUMI_CONFIG_PASSPHRASE_FILE-none}"
${script}
`,
      "tools",
      "pulumi",
    );
  };

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "wrapper-"));
    state = join(root, "state");
    project = join(root, "checkout");
    const variables = { state, backend: `file://${state}/stacks`, stack: "dev", project_name: projectName() };
    const lines = Object.entries({ ...variables, pulumi: join(root, "tools", "pulumi") });
    write(
      `#!/bin/sh
${lines.map(([name, value]) => `${name}='${value}'`).join("\n")}
. '${join(projectDir, "local-gke/pulumi/pulumi.sh")}'
`,
      "state/local-gke-pulumi/pulumi",
    );
    write(`name: ${projectName()}\n`, "state/settings/Pulumi.yaml");
    write(`name: ${projectName()}\nruntime: nodejs\n`, "checkout/Pulumi.yaml");
    write(settings, "checkout/Pulumi.dev.yaml");
    write("", "checkout/components/index.ts");
    write("name: other\n", "other/Pulumi.yaml");
    write(settings, "other/Pulumi.dev.yaml");
    cli('echo "$file; $phrase; $*"; cat "$file"');
  });

  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  /** Runs it as a user does. @returns its exit code, and the lines that it printed */
  function pulumi(
    args: readonly string[],
    { cwd = project, variables = {} }: { cwd?: string; variables?: Record<string, string | undefined> } = {},
  ): { code: number | null; lines: string[] } {
    const { status, stdout, stderr } = spawnSync(join(state, "local-gke-pulumi", "pulumi"), args, {
      cwd,
      encoding: "utf8",
      env: {
        PATH: process.env["PATH"],
        PULUMI_BACKEND_URL: `file://${state}/stacks`,
        PULUMI_STACK: "dev",
        PULUMI_CONFIG_PASSPHRASE_FILE: "/exported",
        ...variables,
      },
    });
    return { code: status, lines: (stdout + stderr).trimEnd().split("\n") };
  }

  /** Has the CLI write the salt into the file of settings, as it does before every operation. */
  const salting = 'grep -q ^encryptionsalt: "$file" || echo "encryptionsalt: v1:made" >>"$file"';

  it("hands the CLI a copy of the settings with the salt, and the passphrase's file", () => {
    cli(`echo "$phrase"; ${salting}; cat "$file"`);
    const [phrase, ...text] = pulumi(["up", "--yes"], {
      variables: { PULUMI_CONFIG_PASSPHRASE: "another" },
    }).lines;
    expect(phrase).to.equal(`none ${state}/passphrase`);
    expect(`${text.join("\n")}\n`).to.equal(`${settings}encryptionsalt: v1:made\n`);
    expect(read("checkout/Pulumi.dev.yaml")).to.equal(settings);
    // The salt stays, whatever becomes of the settings; one in the file counts for nothing.
    for (const file of ["config: {}", "config: {}\nencryptionsalt: v1:of-another-environment"]) {
      write(file, "checkout/Pulumi.dev.yaml");
      expect(pulumi(["preview"]).lines.slice(1)).to.deep.equal(["config: {}", "encryptionsalt: v1:made"]);
      expect(read("checkout/Pulumi.dev.yaml")).to.equal(file);
    }
  });

  it("does so in every folder of the project, and for the stack by each of its names", () => {
    const copy = join(state, "settings", "Pulumi.dev.yaml");
    for (const [args, cwd] of [
      [["preview"], join(project, "components")],
      [["-C", "checkout", "preview"], root],
      [["preview", `--cwd=${project}`], root],
      [["preview", "--stack", "dev"], project],
      [["preview", "-s", `organization/${projectName()}/dev`], project],
      [["preview", "--stack=dev"], project],
    ] as const) {
      expect(pulumi([...args], { cwd }).lines[0], args.join(" ")).to.match(new RegExp(`^${copy};`));
    }
    expect(pulumi(["preview", "-s", "dev"], { variables: { PULUMI_STACK: "prod" } }).lines[0]).to.contain(
      copy,
    );
  });

  it("leaves every other stack, project and backend to the CLI", () => {
    const others: readonly (readonly [string[], Parameters<typeof pulumi>[1]?])[] = [
      [["up"], { cwd: join(root, "other") }],
      [["up", "-C", join(root, "other")], {}],
      [["up", "--stack", "prod"]],
      [["up", "--stack=prod"]],
      [["up", "-sprod"]],
      [["stack", "init", "prod"]],
      [["stack", "init", "--no-select", "prod"]],
      [["stack", "init", "--secrets-provider", "passphrase", "prod"]],
      [["config", "set", "a", "b", "-s", "prod"]],
      [["up"], { variables: { PULUMI_STACK: "prod" } }],
      [["up"], { variables: { PULUMI_STACK: undefined } }],
      [["up"], { variables: { PULUMI_BACKEND_URL: "gs://bucket" } }],
      [["up"], { variables: { PULUMI_BACKEND_URL: undefined } }],
    ];
    for (const [args, options] of others) {
      const { lines } = pulumi(args, {
        ...options,
        variables: { ...options?.variables, PULUMI_CONFIG_PASSPHRASE: "own" },
      });
      expect(lines[0], args.join(" ")).to.equal(`Pulumi.dev.yaml; own /exported; ${args.join(" ")}`);
    }
    expect(readdirSync(join(state, "settings"))).to.deep.equal(["Pulumi.yaml"]);
  });

  it("leaves a file of settings alone that is named, and falls back to the state's salt", () => {
    cli('echo "$file; $phrase; $PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER"');
    for (const args of [["--config-file", "own.yaml"], ["--config-file=own.yaml"]]) {
      expect(pulumi(["up", ...args]).lines).to.deep.equal([
        `Pulumi.dev.yaml; none ${state}/passphrase; true`,
      ]);
    }
  });

  it("puts what pulumi config changes where it would be without it, with the CLI's exit code", () => {
    cli(`${salting}; echo "  zookeeper-environment:memory: 2Gi" >>"$file"; exit 3`);
    expect(pulumi(["config", "set", "memory", "2Gi"]).code).to.equal(3);
    expect(read("checkout/Pulumi.dev.yaml")).to.equal(`${settings}  zookeeper-environment:memory: 2Gi\n`);
    write(settings, "checkout/Pulumi.dev.yaml");
    cli(salting);
    expect(pulumi(["config", "get", "cpu"]).code).to.equal(0);
    expect(read("checkout/Pulumi.dev.yaml")).to.equal(settings);
    expect(readdirSync(join(state, "settings")).filter((name) => name.includes("changing"))).to.deep.equal(
      [],
    );
  });

  it("has pulumi stack write the salt into the copy", () => {
    for (const args of [
      ["stack", "init", "dev"],
      ["stack", "init"],
      ["stack", "change-secrets-provider", "passphrase"],
    ]) {
      rmSync(join(state, "settings", "Pulumi.dev.yaml"), { force: true });
      cli(salting);
      expect(pulumi(args).code).to.equal(0);
      expect(read("checkout/Pulumi.dev.yaml"), args.join(" ")).to.equal(settings);
      expect(read("state/settings/Pulumi.dev.yaml")).to.equal(`${settings}encryptionsalt: v1:made\n`);
    }
    expect(existsSync(join(state, "settings", "Pulumi.prod.yaml"))).to.equal(false);
  });

  it("has plugins leave their temporary files in a folder that the next command removes", () => {
    cli('echo "$TMPDIR"; echo credential >"$TMPDIR/kubeconfig1"; stat -c %a "$TMPDIR"');
    const [used = "", mode] = pulumi(["up"]).lines;
    expect(dirname(used)).to.equal(join(state, "tmp"));
    expect(mode).to.equal("700");
    expect(existsSync(join(used, "kubeconfig1"))).to.equal(true);

    mkdirSync(join(state, "tmp", String(process.pid)));
    const [next = ""] = pulumi(["preview"]).lines;
    expect(readdirSync(join(state, "tmp"))).to.have.members([basename(next), String(process.pid)]);
    expect(next).not.to.equal(used);
  });

  it("makes no such folder for a command that starts no plugin", () => {
    pulumi(["stack", "select", "dev"]);
    pulumi(["config", "set", "a", "b"]);
    expect(existsSync(join(state, "tmp"))).to.equal(false);
  });

  it("leaves a folder for temporary files that the environment's commands have made", () => {
    const TMPDIR = join(state, "tmp", "1");
    cli('echo "$TMPDIR"');
    expect(pulumi(["up"], { variables: { TMPDIR } }).lines).to.deep.equal([TMPDIR]);
    expect(existsSync(TMPDIR)).to.equal(false);
  });

  it("works where the project has no file of settings for the stack yet", () => {
    rmSync(join(project, "Pulumi.dev.yaml"));
    cli(salting);
    expect(pulumi(["up"]).code).to.equal(0);
    expect(existsSync(join(project, "Pulumi.dev.yaml"))).to.equal(false);
    cli('printf "config:\\n  a: b\\n" >>"$file"');
    expect(pulumi(["config", "set", "a", "b"]).code).to.equal(0);
    expect(read("checkout/Pulumi.dev.yaml")).to.equal("config:\n  a: b\n");
  });
});
