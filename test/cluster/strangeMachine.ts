import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { Server } from "node:net";
import { join } from "node:path";

import { largeTemporaryDir } from "../../local/machine/temporaryDir.ts";
import { run } from "../../local/machine/run.ts";

const table = "strange_machine";

/** What ufw and Docker do to links that they do not know: nothing new comes in by them, and nothing is forwarded. */
const firewall = `table inet ${table} {
  chain input {
    type filter hook input priority 0;
    iifname "gke*" ct state established,related accept
    iifname "gke*" drop
  }
  chain forward {
    type filter hook forward priority 0;
    iifname "gke*" drop
    oifname "gke*" drop
  }
}`;

/** Ports that the control plane has, too. */
const ports = [53, 443, 8080];

/** A setting that the kubelet wants to be 10. */
const setting = "/proc/sys/kernel/panic";
const settingsValue = "7\n";

async function listen(port: number): Promise<Server | undefined> {
  const server = createServer();
  return await new Promise((resolve) => {
    // Where another program has the port already, it is just as well taken.
    server.once("error", () => {
      resolve(undefined);
    });
    server.listen(port, "0.0.0.0", () => {
      resolve(server);
    });
  });
}

/**
 * A machine that other people have set up: with a firewall, a proxy, a strict umask, settings of its kernel, servers on
 * all of its addresses, and folders on an overlay file system as in a container.
 */
export class StrangeMachine {
  /** Variables that its commands are run with. The proxy leads nowhere. */
  readonly variables = {
    HTTP_PROXY: "http://127.0.0.1:1",
    HTTPS_PROXY: "http://127.0.0.1:1",
    NO_PROXY: "intranet.example",
  };
  /** What puts each change back, the latest last. */
  readonly #undo: (() => unknown)[] = [];
  #folder = "";

  async start(): Promise<void> {
    const before = readFileSync(setting, "utf8");
    writeFileSync(setting, settingsValue);
    this.#undo.push(() => {
      writeFileSync(setting, before);
    });
    const umask = process.umask(0o077);
    this.#undo.push(() => {
      process.umask(umask);
    });
    await run("nft", ["-f", "-"], { input: firewall });
    this.#undo.push(() => run("nft", ["delete", "table", "inet", table]));
    this.#folder = mkdtempSync(join(largeTemporaryDir, "strange-machine-"));
    this.#undo.push(() => {
      rmSync(this.#folder, { recursive: true });
    });
    const [lower, upper, work] = ["lower", "upper", "work"].map((name) => join(this.#folder, name));
    for (const dir of [lower, upper, work, this.folder]) mkdirSync(dir ?? "");
    const layers = `lowerdir=${lower},upperdir=${upper},workdir=${work}`;
    await run("mount", ["-t", "overlay", "overlay", "-o", layers, this.folder]);
    this.#undo.push(() => run("umount", [this.folder]));
    for (const server of await Promise.all(ports.map(listen))) {
      this.#undo.push(() => {
        server?.close();
      });
    }
  }

  /** A folder on an overlay file system. */
  get folder(): string {
    return join(this.#folder, "merged");
  }

  /** Whether the kernel's settings are as its users left them. */
  hasItsSettings(): boolean {
    return readFileSync(setting, "utf8") === settingsValue;
  }

  /** Makes the machine as it was, however far it came to be strange. */
  async stop(): Promise<void> {
    for (const undo of this.#undo.reverse()) await undo();
  }
}
