import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { commandLine } from "../../cli/commands/dashboard.ts";
import { helpOf, parseArguments } from "../../system/arguments.ts";
import { hasChromium } from "../../system/chromium.ts";
import { projectDir } from "../../system/paths.ts";
import { isRoot, needs } from "../fixtures/needs.ts";

/** Runs the command with an empty state folder, and no programs of the machine. */
function dashboard(...args: string[]): { code: number | null; stdout: string; stderr: string } {
  const state = mkdtempSync(join(tmpdir(), "dashboard-"));
  try {
    const { status, stdout, stderr } = spawnSync(process.execPath, ["cli/main.ts", "dashboard", ...args], {
      cwd: projectDir,
      encoding: "utf8",
      env: { PATH: "/nonexistent", HOME: process.env["HOME"], ZOOKEEPER_ENVIRONMENT_STATE: state },
    });
    return { code: status, stdout, stderr };
  } finally {
    rmSync(state, { recursive: true });
  }
}

describe("npm run dashboard", () => {
  it("has an address that stays, shows 15 minutes first, and writes no picture", () => {
    expect(parseArguments(commandLine, []).values).to.deep.equal({
      ...{ port: undefined, range: "15m", screenshot: undefined },
    });
    const { values } = parseArguments(commandLine, ["--port=0", "--range", "6h", "--screenshot", "a.png"]);
    expect(values).to.deep.equal({ port: 0, range: "6h", screenshot: "a.png" });
  });

  it("has a help with its defaults", () => {
    const help = helpOf(commandLine);
    expect(help).to.match(/--port N +.*\(default: 8090; with --screenshot, a free one\)/);
    expect(help).to.match(/--range TIME +.*15m, 1h, 6h, 24h \(default: 15m\)/);
    expect(help).to.match(/--screenshot FILE +/);
    expect(help).to.contain("for 3 days");
  });

  it("rejects a port and a time that it does not have, at once", () => {
    const { code, stderr } = dashboard("--port=70000", "--range=7d", "--screenshot=/nonexistent/a.png");
    expect(code).to.equal(2);
    expect(stderr.trim().split("\n")).to.deep.equal([
      ...["npm run dashboard: invalid command line", "  --port = 70000", "    There is no such port."],
      ...["    Fix: use a number from 0 to 65535.", "  --range = 7d", "    The page cannot show this time."],
      ...["    Fix: use one of 15m, 1h, 6h, 24h.", "  --screenshot = /nonexistent/a.png"],
      ...["    Its folder does not exist.", "    Fix: create the folder, or name another file."],
    ]);
  });

  it("names the package that a picture needs", () => {
    const { code, stderr } = dashboard("--screenshot", "a.png");
    expect(code).to.equal(2);
    expect(stderr).to.match(
      /--screenshot = a\.png\n.*chromium is not installed\.\n.*apt-get install chromium/,
    );
  });

  it("needs an environment, and says how to create one", function () {
    needs(this, "root", isRoot);
    const { code, stdout, stderr } = dashboard();
    expect([code, stdout]).to.deep.equal([1, ""]);
    expect(stderr.trim()).to.equal("dashboard: there is no environment; create it with: npm run up");
  });

  it("finds Chromium on PATH where it can be run", () => {
    const path = process.env["PATH"];
    const folder = mkdtempSync(join(tmpdir(), "chromium-"));
    try {
      process.env["PATH"] = `/nonexistent:${folder}`;
      const found = [hasChromium()];
      writeFileSync(join(folder, "chromium"), "", { mode: 0o644 });
      found.push(hasChromium());
      chmodSync(join(folder, "chromium"), 0o755);
      found.push(hasChromium());
      expect(found).to.deep.equal([false, false, true]);
    } finally {
      process.env["PATH"] = path;
      rmSync(folder, { recursive: true });
    }
  });
});
