import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { largeTemporaryDir } from "../../system/temporary.ts";
import { run } from "../../system/run.ts";
import { dependencyVersion } from "../../local-gke/toolchain/versions.ts";
import { projectDir } from "../../system/paths.ts";
import { installedIntegrity } from "../fixtures/installed.ts";
import { PackedLibrary } from "./package.ts";

/** The newest package that the library's peer range has been tried with. */
const newest = "4.34.2";

/** The content that it must have. */
const newestIntegrity =
  "sha512-OcIe8OUwivkEngmjinrmke54INbJ0L6u/CWm8mLh6F7pmIDXyHGTM8PzcZsg5QbSm24HnNUHLl2tEUoOBxDo3w==";

describe("the packed library with the newest Kubernetes package of its peer range", function () {
  this.timeout(5 * 60_000);

  let library: PackedLibrary;
  let folder: string;

  before(async () => {
    library = await PackedLibrary.install();
    folder = mkdtempSync(join(largeTemporaryDir, "newest-"));
    const dependencies = {
      "@pulumi/kubernetes": newest,
      "@pulumi/pulumi": dependencyVersion("@pulumi/pulumi"),
      "@pulumi/gcp": dependencyVersion("@pulumi/gcp"),
    };
    writeFileSync(join(folder, "package.json"), JSON.stringify({ dependencies }));
    // Every other package is the one that this project has, with the same content.
    cpSync(join(projectDir, "package-lock.json"), join(folder, "package-lock.json"));
    await run("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: folder });
    expect(installedIntegrity(folder, "@pulumi/kubernetes")).to.equal(newestIntegrity);
    const shared = join(library.program, "node_modules", "@pulumi");
    rmSync(shared);
    symlinkSync(join(folder, "node_modules", "@pulumi"), shared);
  });
  after(() => {
    library.remove();
    rmSync(folder, { recursive: true });
  });

  it("compiles", async () => {
    const compilerOptions = {
      module: "nodenext",
      target: "es2024",
      types: ["node"],
      strict: true,
      noEmit: true,
    };
    const config = { compilerOptions: { ...compilerOptions, skipLibCheck: true }, files: ["index.ts"] };
    writeFileSync(join(library.program, "tsconfig.json"), JSON.stringify(config));
    await run(join(projectDir, "node_modules", "typescript", "bin", "tsc"), ["-p", library.program]);
  });

  it("asks its provider to take over what outlives a stack, which the provider no longer does by itself", async () => {
    cpSync(join(projectDir, "test/library/on-mocks.ts"), join(library.program, "onMocks.ts"));
    const args = ["--disable-warning=ExperimentalWarning", "onMocks.ts"];
    const { registered, providers } = JSON.parse(
      await run(process.execPath, args, { cwd: library.program }),
    ) as {
      registered: string[][];
      providers: { upsertExistingObjects: unknown; clusterIdentifier: unknown }[];
    };
    expect(registered.map(String)).to.include("kubernetes:apps/v1:StatefulSet,orders,orders");
    expect(providers).to.have.length(1);
    expect(String(providers[0]?.upsertExistingObjects)).to.equal("true");
    expect(String(providers[0]?.clusterIdentifier)).not.to.be.empty;
  });
});
