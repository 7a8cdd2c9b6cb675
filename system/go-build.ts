import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { CommandError, run } from "./run.ts";

/** A build of commands in Go. */
export interface GoBuild {
  /** What messages call it. */
  readonly title: string;
  /** A folder with a Go module, which also gets temporary files. */
  readonly source: string;
  /** The packages to build, each a command. */
  readonly packages: readonly string[];
  /** Flags of `go build`, without those of the linker. */
  readonly flags: readonly string[];
  /** Flags of the linker. */
  readonly linkerFlags: readonly string[];
  /** Variables in addition to this process's own. */
  readonly environment: Readonly<Record<string, string>>;
  /** The folder that gets the commands. */
  readonly into: string;
}

/**
 * Builds commands in Go.
 * @param report gets how many packages are compiled
 * @throws CommandError with what the compiler printed
 */
export async function goBuild(build: GoBuild, report: (detail: string) => void): Promise<void> {
  const { title, source, packages, flags, linkerFlags, environment, into } = build;
  const all = await run("go", ["list", "-deps", ...flags, ...packages], {
    cwd: source,
    env: environment,
  });
  const total = all.trim().split("\n").length;
  // A link of the largest tool takes a gigabyte, and /tmp may be in memory.
  const temporary = join(source, "_tmp");
  mkdirSync(temporary);
  const args = ["build", "-v", ...flags, "-ldflags", linkerFlags.join(" "), "-o", `${into}/`, ...packages];
  await new Promise<void>((resolve, reject) => {
    const child = spawn("go", args, {
      cwd: source,
      env: { ...process.env, ...environment, GOTMPDIR: temporary },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let compiled = 0;
    const said: string[] = [];
    createInterface(child.stderr).on("line", (line) => {
      said.push(line);
      if (/^[\w./-]+$/.test(line)) {
        compiled += 1;
      }
      report(`${compiled} of at most ${total} packages`);
    });
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) {
        resolve();
      } else {
        reject(new CommandError(`go build of ${title}`, code, said.join("\n")));
      }
    });
  });
}
