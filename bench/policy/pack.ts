import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");
const runner = join(root, "node_modules/@pulumi/pulumi/cmd/run-policy-pack");

/** Our pack. */
export const ourPack = join(root, "policy");

/** A pack that runs. */
export interface Pack {
  readonly process: ChildProcess;
  /** Where it listens on loopback. */
  readonly port: number;
  /** From spawn to port. */
  readonly startMs: number;
  /** The most memory that it had resident until then. */
  readonly startMiB: number;
}

function peakMiB(pid: number): number {
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${String(pid)}/status`, "utf8"))?.[1]) / 1024;
}

/**
 * Starts a pack as the engine does, on this process's Node.
 *
 * @param cache folder with compiled code, as NODE_COMPILE_CACHE names it; none: the variable is not set
 * @throws Error if the pack ends before it prints its port
 */
export function startPack(folder: string, cache?: string): Promise<Pack> {
  const began = performance.now();
  const child = spawn(process.execPath, [runner, "127.0.0.1:1", folder], {
    cwd: folder,
    env: { ...process.env, NODE_COMPILE_CACHE: cache },
    stdio: ["ignore", "pipe", "inherit"],
  });
  return new Promise((resolve, reject) => {
    let printed = "";
    child.once("error", reject);
    child.once("exit", (code) => {
      reject(new Error(`the pack in ${folder} ended with ${String(code)} before it printed its port`));
    });
    child.stdout.on("data", (data: Buffer) => {
      const startMs = performance.now() - began;
      printed += data.toString();
      const port = /^(\d+)\n/.exec(printed)?.[1];
      if (port === undefined || child.pid === undefined) {
        return;
      }
      resolve({ process: child, port: Number(port), startMs, startMiB: peakMiB(child.pid) });
    });
  });
}

/** Ends the pack and waits until it has ended. */
export async function stopPack({ process: child }: Pack): Promise<void> {
  child.removeAllListeners("exit");
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill();
  await ended;
}

/** Writes a pack of one JavaScript file into a temporary folder, which the caller removes. */
export function writePack(source: string): string {
  const folder = mkdtempSync(join(tmpdir(), "pack-"));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ version: "0.0.1", type: "module", main: "index.js" }),
  );
  writeFileSync(join(folder, "PulumiPolicy.yaml"), "runtime: nodejs\nmain: index.js\n");
  writeFileSync(join(folder, "index.js"), source);
  return folder;
}
