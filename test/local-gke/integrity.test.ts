import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { expect } from "chai";

import { run } from "../../system/run.ts";
import { projectDir } from "../../system/paths.ts";

interface Entry {
  version?: string;
  integrity?: string;
  resolved?: string;
  link?: boolean;
}

interface Lock {
  packages: Record<string, Entry>;
}

function filesNamed(...names: readonly string[]): string[] {
  return names.flatMap((name) =>
    globSync(`**/${name}`, { cwd: projectDir, exclude: (path) => /(^|\/)(node_modules|\.git)$/.test(path) }),
  );
}

const readLock = (file: string): Lock => JSON.parse(readFileSync(join(projectDir, file), "utf8")) as Lock;

const sha512 = (content: Buffer): string => `sha512-${createHash("sha512").update(content).digest("base64")}`;

describe("the lock files", () => {
  const locks = filesNamed("package-lock.json", "npm-shrinkwrap.json");

  it("name the content of every npm package, and no registry", () => {
    expect(locks).to.include("package-lock.json");
    for (const file of locks) {
      const packages = Object.entries(readLock(file).packages).filter(
        ([path, { link }]) => path !== "" && link !== true,
      );
      expect(packages).not.to.be.empty;
      for (const [path, { integrity, resolved }] of packages) {
        expect(integrity, `${file}: ${path}`).to.match(/^sha512-[A-Za-z0-9+/]{86}==$/);
        expect(resolved, `${file}: ${path}`).to.equal(undefined);
      }
    }
  });

  it("name the content of every Go module", () => {
    const modules = filesNamed("go.mod");
    expect(modules).not.to.be.empty;
    for (const file of modules) {
      const sums = join(projectDir, dirname(file), "go.sum");
      expect(existsSync(sums) ? readFileSync(sums, "utf8") : "", file).to.match(/^\S+ v\S+ h1:\S{43}=$/m);
    }
  });
});

describe("an installation from a registry that serves something else", function () {
  this.timeout(60_000);

  const { version = "", integrity = "" } = readLock("package-lock.json").packages["node_modules/ms"] ?? {};
  let folder = "";
  let registry: Server | undefined;
  let tampered = Buffer.of();

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "integrity-"));
    mkdirSync(join(folder, "package"));
    writeFileSync(join(folder, "package", "package.json"), JSON.stringify({ name: "ms", version }));
    writeFileSync(join(folder, "package", "index.js"), 'module.exports = "TAMPERED";');
    await run("tar", ["-C", folder, "-czf", join(folder, "ms.tgz"), "package"]);
    tampered = readFileSync(join(folder, "ms.tgz"));
    const server = createServer(({ url = "", headers }, response) => {
      if (url === "/ms.tgz") {
        response.end(tampered);
        return;
      }
      // It also tells of its own content what is true.
      const dist = { tarball: `http://${headers.host ?? ""}/ms.tgz`, integrity: sha512(tampered) };
      const versions = { [version]: { name: "ms", version, dist } };
      response.setHeader("Content-Type", "application/json");
      response.end(JSON.stringify({ name: "ms", "dist-tags": { latest: version }, versions }));
    });
    registry = server;
    await once(server.listen(0, "127.0.0.1"), "listening");
  });

  after(() => {
    registry?.close();
    if (folder !== "") {
      rmSync(folder, { recursive: true });
    }
  });

  /** Has npm install one package whose lock file has this entry. */
  async function install(entry: Entry): Promise<{ code: number | null; said: string; installed: string }> {
    const project = mkdtempSync(join(folder, "project-"));
    const dependencies = { ms: version };
    const manifest = { name: "project", version: "1.0.0", dependencies };
    writeFileSync(join(project, "package.json"), JSON.stringify(manifest));
    const packages = { "": manifest, "node_modules/ms": entry };
    writeFileSync(join(project, "package-lock.json"), JSON.stringify({ lockfileVersion: 3, packages }));
    const { port } = registry?.address() as AddressInfo;
    const variables = Object.entries(process.env).filter(([name]) => !/^npm_|_proxy$/i.test(name));
    const settings = {
      npm_config_registry: `http://127.0.0.1:${port}/`,
      npm_config_userconfig: "/dev/null",
      npm_config_cache: join(project, "cache"),
      npm_config_fetch_retries: "0",
      npm_config_audit: "false",
    };
    const child = spawn("npm", ["ci", "--ignore-scripts"], {
      cwd: project,
      env: { ...Object.fromEntries(variables), ...settings },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
    const [code] = (await once(child, "close")) as [number | null];
    const main = join(project, "node_modules", "ms", "index.js");
    return { code, said, installed: existsSync(main) ? readFileSync(main, "utf8") : "" };
  }

  it("is rejected by the project's own entry", async () => {
    const { code, said, installed } = await install({ version, integrity });
    expect(code, said).not.to.equal(0);
    expect(said).to.contain("EINTEGRITY").and.to.contain(integrity);
    expect(installed).to.equal("");
  });

  it("would go through without that", async () => {
    const { code, said, installed } = await install({ version });
    expect(code, said).to.equal(0);
    expect(installed).to.contain("TAMPERED");
  });
});
