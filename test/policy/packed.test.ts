import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { expect } from "chai";

import { violationsOf } from "../../bench/policy/requests.ts";
import { startPack, stopPack } from "../../bench/policy/pack.ts";
import { projectDir } from "../../system/paths.ts";
import { run } from "../../system/run.ts";
import { cluster } from "../fixtures/policy/ensemble.ts";
import { changed } from "../fixtures/policy/harness.ts";
import { manifestOf } from "../fixtures/policy/manifest.ts";
import { tutorial } from "../fixtures/policy/tutorial.ts";

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/** Packs the policies as `pulumi policy publish` does, from a copy of what their build needs. */
async function pack(folder: string): Promise<Packed> {
  const source = join(folder, "source");
  for (const part of ["policy", "domain", "startup", "system"]) {
    cpSync(join(projectDir, part), join(source, part), {
      recursive: true,
      filter: (path) => !/\/(?:dist|node_modules)$/.test(path),
    });
  }
  for (const file of ["package.json", "tsconfig.json"]) {
    cpSync(join(projectDir, file), join(source, file));
  }
  symlinkSync(join(projectDir, "node_modules"), join(source, "node_modules"));
  const [packed] = JSON.parse(
    await run("npm", ["pack", "--json", "--pack-destination", folder], { cwd: join(source, "policy") }),
  ) as Packed[];
  if (packed === undefined) {
    throw new Error("npm pack packed nothing");
  }
  rmSync(source, { recursive: true });
  return packed;
}

describe("the packed policies", function () {
  this.timeout(120_000);
  let folder = "";
  let packed: Packed = { filename: "", files: [] };

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "zookeeper-policies-"));
    packed = await pack(folder);
  });

  after(() => {
    rmSync(folder, { recursive: true });
  });

  it("have what is compiled, what Pulumi reads, and no source", () => {
    const files = packed.files.map(({ path }) => path);
    expect(files).to.include.members([
      "PulumiPolicy.yaml",
      "README.md",
      "index.js",
      "check.js",
      "package.json",
    ]);
    expect(files).to.include.members([
      "dist/policy/pack.js",
      "dist/policy/command/main.js",
      "dist/domain/quantity.js",
      "dist/startup/node.js",
    ]);
    expect(files.filter((path) => path.endsWith(".ts"))).to.deep.equal([]);
  });

  /** Unpacks the policies into an empty folder beside their declared dependencies. */
  async function install(name: string): Promise<string> {
    const installed = join(folder, name);
    mkdirSync(installed);
    await run("tar", ["-xzf", join(folder, packed.filename), "-C", installed, "--strip-components=1"]);
    const { dependencies } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8")) as {
      dependencies: Readonly<Record<string, string>>;
    };
    for (const dependency of Object.keys(dependencies)) {
      const link = join(installed, "node_modules", dependency);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(join(projectDir, "node_modules", dependency), link);
    }
    return installed;
  }

  it("run in an empty folder beside their declared dependencies", async () => {
    const installed = await install("installed");
    const running = await startPack(installed);
    try {
      const open = changed(cluster, ["masterAuthorizedNetworksConfig"], {
        cidrBlocks: [{ cidrBlock: "0.0.0.0/0" }],
      });
      const [[policy, message] = [], ...others] = await violationsOf(running, open);
      expect(others).to.deep.equal([]);
      expect(policy).to.equal("gke-cluster");
      expect(message).to.contain("0.0.0.0/0");
      expect(await violationsOf(running, cluster)).to.deep.equal([]);
    } finally {
      await stopPack(running);
    }
  });

  it("have a command that validates manifests", async () => {
    const installed = await install("command");
    const { bin } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8")) as {
      bin: Readonly<Record<string, string>>;
    };
    const command = join(installed, bin["zookeeper-policies"] ?? "");
    const { status, stdout, stderr } = spawnSync(process.execPath, [command, "-"], {
      cwd: folder,
      encoding: "utf8",
      input: tutorial.map((each) => JSON.stringify(manifestOf(each))).join("\n---\n"),
    });
    expect([status, stderr]).to.deep.equal([1, ""]);
    expect(stdout).to.match(/4 objects, 1 ZooKeeper workload: \d+ errors, 0 warnings\.\n$/);
  });
});
