import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { expect } from "chai";

import { previewArguments, startStubEngine } from "../../bench/stub-engine.ts";
import type { StubEngine } from "../../bench/stub-engine.ts";
import { projectDir } from "../../system/paths.ts";

const lean = ["--import", pathToFileURL(join(projectDir, "startup/lean.ts")).href];

describe("a lean start", function () {
  this.timeout(60_000);
  let dir = "";
  let engine: StubEngine;

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), "lean-"));
    symlinkSync(join(projectDir, "node_modules"), join(dir, "node_modules"));
    writeFileSync(join(dir, "package.json"), '{ "type": "module", "dependencies": { "chai": "*" } }\n');
    mkdirSync(join(dir, "compiled"));
    engine = await startStubEngine();
  });

  after(() => {
    engine.stop();
    rmSync(dir, { recursive: true });
  });

  /** Runs a program as the language host does, and returns what it prints, as JSON. */
  async function run(
    nodeArguments: readonly string[],
    program: string,
    { env = {}, ...traced }: { tracing?: string; env?: Record<string, string> } = {},
  ): Promise<unknown> {
    const printed = join(dir, "printed.json");
    writeFileSync(
      join(dir, "index.js"),
      `import * as pulumi from "@pulumi/pulumi";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { types } from "node:util";
const { cache } = createRequire(import.meta.url);
const loaded = (part) => Object.entries(cache).some(([path, { exports }]) => path.includes(part) && !types.isProxy(exports));
const print = (value) => writeFileSync(${JSON.stringify(printed)}, JSON.stringify(value));
${program}
`,
    );
    const asked = previewArguments(engine, { project: "lean", folder: dir, program: "index.js", ...traced });
    const child = spawn(process.execPath, [...nodeArguments, ...asked], {
      cwd: dir,
      env: { ...process.env, NODE_COMPILE_CACHE: join(dir, "compiled"), PULUMI_CONFIG: "{}", ...env },
      stdio: ["ignore", "inherit", "pipe"],
    });
    let said = "";
    child.stderr.on("data", (data: Buffer) => (said += data.toString()));
    const [code] = (await once(child, "close")) as [number | null];
    expect(code, said).to.equal(0);
    return JSON.parse(readFileSync(printed, "utf8"));
  }

  const parts = [
    "/typescript/",
    "/@npmcli/arborist/",
    "/pulumi/automation/",
    "/js-yaml/",
    "/semver/",
    "/normalize-package-data/",
    "/source-map-support/",
    "/@opentelemetry/sdk-trace-base/",
    "/@opentelemetry/exporter-zipkin/",
  ];
  const tellLoaded = `print([Object.keys(cache).length, ...${JSON.stringify(parts)}.map(loaded)])`;

  it("loads less than a third as many modules: no compiler, reader of packages, Automation API or tracing", async () => {
    const [modules, ...loaded] = (await run(lean, tellLoaded)) as unknown[];
    const [all, ...otherwise] = (await run([], tellLoaded)) as unknown[];
    expect(otherwise, "else they are loaded").to.deep.equal(parts.map(() => true));
    expect(loaded).to.deep.equal(parts.map(() => false));
    expect(modules).to.be.below(Number(all) / 3);
  });

  it("loads everything where ZOOKEEPER_ENVIRONMENT_LOAD_ALL is 1", async () => {
    const env = { ZOOKEEPER_ENVIRONMENT_LOAD_ALL: "1" };
    const [, ...loaded] = (await run(lean, tellLoaded, { env })) as unknown[];
    expect(loaded).to.deep.equal(parts.map(() => true));
  });

  it("loads what is used after all: a function is sent elsewhere, and the Automation API is whole", async () => {
    const printed = await run(
      lean,
      `const base = 40;
const { text } = await pulumi.runtime.serializeFunction((n) => base + n + 2);
const packages = await pulumi.runtime.computeCodePaths();
print({
  text: text.includes("base + n + 2"),
  packages: packages.size > 0,
  workspace: typeof pulumi.automation.LocalWorkspace.create,
  names: Object.keys(pulumi.automation).includes("LocalWorkspace"),
  has: "LocalWorkspace" in pulumi.automation,
});`,
    );
    expect(printed).to.deep.equal({
      text: true,
      packages: true,
      workspace: "function",
      names: true,
      has: true,
    });
  });

  it("is traced like any program, where the engine asks for that", async () => {
    const spans: string[] = [];
    const collector = createServer((request, response) => {
      request.on("data", (data: Buffer) => spans.push(data.toString()));
      request.on("end", () => response.end());
    });
    collector.listen(0, "127.0.0.1");
    await once(collector, "listening");
    try {
      const { port } = collector.address() as AddressInfo;
      await run(lean, "print(0)", {
        tracing: `http://127.0.0.1:${port}/api/v2/spans`,
        env: { PULUMI_EXPERIMENTAL: "1" },
      });
      expect(spans.join("")).to.include("language-runtime.run");
    } finally {
      collector.close();
    }
  });

  it("takes part in a trace that the engine began", async () => {
    const traceId = "1".repeat(32);
    const printed = await run(
      lean,
      `const { trace } = createRequire(createRequire(import.meta.url).resolve("@pulumi/pulumi"))("@opentelemetry/api");
print(trace.getActiveSpan()?.spanContext().traceId ?? null);`,
      { env: { TRACEPARENT: `00-${traceId}-${"2".repeat(16)}-01` } },
    );
    expect(printed).to.equal(traceId);
  });

  it("is what the project has its programs start with", () => {
    expect(readFileSync(join(projectDir, "Pulumi.yaml"), "utf8")).to.match(
      /^ +nodeargs: ".*--import=\.\/startup\/lean\.ts"$/m,
    );
  });
});
