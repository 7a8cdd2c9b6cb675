import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { goBuild, type GoBuild } from "../../system/go-build.ts";
import { goEnvironment } from "../../system/go-programs.ts";
import { run } from "../../system/run.ts";
import { largeTemporaryDir } from "../../system/temporary.ts";

describe("a build of commands in Go", function () {
  this.timeout(5 * 60_000);

  const folder = mkdtempSync(join(largeTemporaryDir, "go-build-"));

  after(() => {
    rmSync(folder, { recursive: true });
  });

  /** A module with one command, and how it is built. */
  function module(name: string, body: string): GoBuild {
    const [source, into] = [join(folder, name), join(folder, `${name}-built`)];
    mkdirSync(source);
    mkdirSync(into);
    writeFileSync(join(source, "go.mod"), `module example/${name}\n\ngo 1.21\n`);
    // New each time: what was compiled before is not compiled again.
    const word = `var word = "${Date.now()}"`;
    writeFileSync(join(source, "main.go"), `package main\n\n${word}\n\nfunc main() { ${body} }\n`);
    return {
      ...{ title: name, source, into, packages: ["."], flags: ["-trimpath", "-tags=osusergo"] },
      ...{ linkerFlags: ["-s", "-w", "-X main.word=linked"], environment: goEnvironment },
    };
  }

  it("creates the commands, and says how many packages are compiled", async () => {
    const build = module("says", "println(word)");
    const reports: string[] = [];
    await goBuild(build, (report) => reports.push(report));
    expect(readdirSync(build.into)).to.deep.equal(["says"]);
    // println writes to standard error.
    const said = await run("sh", ["-c", '"$0" 2>&1', join(build.into, "says")]);
    expect(said).to.equal("linked\n");
    expect(reports.at(-1)).to.match(/^[1-9]\d* of at most \d+ packages$/);
  });

  it("fails with what the compiler says", async () => {
    const error: unknown = await goBuild(module("wrong", "missing()"), () => undefined).catch(
      (reason: unknown) => reason,
    );
    expect(String(error)).to.match(/go build of wrong: exit code 1\n[^]*main\.go:5:15: undefined: missing/);
  });
});
