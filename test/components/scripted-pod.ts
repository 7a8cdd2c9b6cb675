import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { ensembleDefaults } from "../../components/ensemble/args.ts";
import { scriptFiles } from "../../components/ensemble/files.ts";
import { renderZooCfg } from "../../components/ensemble/zoo-cfg.ts";

/** How a script ended. */
interface Outcome {
  readonly status: number | null;
  readonly output: string;
  readonly seconds: number;
}

/** A server's file system in a folder of its own, with stand-ins for the image's programs. */
export class ScriptedPod {
  readonly root = mkdtempSync(join(tmpdir(), "zookeeper-pod-"));
  readonly data = join(this.root, "volume/data");

  constructor() {
    for (const folder of ["conf", "scripts", "bin", "mark", "volume", "path"]) {
      mkdirSync(join(this.root, folder));
    }
    this.ensemble(3);
    for (const name of scriptFiles) {
      const source = new URL(`../../components/ensemble/scripts/${name}.sh`, import.meta.url);
      copyFileSync(source, join(this.root, "scripts", name));
    }
    // What runs beside a server ends a moment after it.
    this.program("sleep", "exec /bin/sleep 0.05");
    this.program("zkServer.sh", 'echo "server $1 as $$ with id $ZK_MYID"');
    this.resolves("zk-0", "zk-1", "zk-2");
    this.searches("default.svc.cluster.local", "svc.cluster.local", "cluster.local");
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.root, path), text);
  }

  exists(path: string): boolean {
    return existsSync(join(this.root, path));
  }

  program(name: string, body: string): void {
    this.write(`path/${name}`, `#!/bin/sh\n${body}\n`);
    chmodSync(join(this.root, "path", name), 0o755);
  }

  /** Makes it an ensemble of so many servers. */
  ensemble(servers: number): void {
    const zooCfg = renderZooCfg({ ...ensembleDefaults, name: "zk", servers });
    this.write("conf/zoo.cfg", zooCfg.replaceAll("/var/lib/zookeeper", join(this.root, "volume")));
  }

  /** Gives these servers names, and notes who is asked for. */
  resolves(...servers: string[]): void {
    const known = servers.map((server) => `${server}.zk-hs.default.svc.cluster.local.`).join("|");
    this.program("getent", `echo "$2" >>"${this.root}/asked"\ncase $2 in ${known}) exit 0 ;; esac\nexit 2`);
  }

  /** Makes names be looked for in these domains. */
  searches(...domains: string[]): void {
    this.write("resolv.conf", `search ${domains.join(" ")}\nnameserver 10.0.0.10\noptions ndots:5\n`);
  }

  run(script: string, args: string[] = [], variables: Record<string, string> = {}): Outcome {
    const begin = performance.now();
    const { status, stdout, stderr } = spawnSync("sh", [script, ...args], {
      encoding: "utf8",
      env: {
        PATH: `${join(this.root, "path")}:${process.env["PATH"] ?? ""}`,
        POD_NAME: "zk-1",
        ZOOCFGDIR: join(this.root, "conf"),
        ZK_BIN_DIR: join(this.root, "bin"),
        ZK_MARK_DIR: join(this.root, "mark"),
        ZK_SERVER_HEAP: "512",
        ZK_RESOLV_CONF: join(this.root, "resolv.conf"),
        ...variables,
      },
    });
    return { status, output: stdout + stderr, seconds: (performance.now() - begin) / 1000 };
  }

  /** Lets time pass without waiting: every look at the clock is a second later. */
  hurry(): void {
    this.write("now", "1000");
    this.program("date", `now=$(($(cat "${this.root}/now") + 1)); echo $now | tee "${this.root}/now"`);
    this.program("sleep", "exit 0");
  }

  start(variables: Record<string, string> = {}): Outcome {
    return this.run(join(this.root, "scripts/start-zookeeper"), [], variables);
  }

  ask(question: string): number | null {
    return this.run(join(this.root, "bin/zookeeper-ready"), ["2181", question]).status;
  }

  /** Makes the stand-in for nc answer like a server. */
  answers(answers: { ruok?: string; srvr?: string }): void {
    this.program(
      "nc",
      `case $(cat) in ruok) printf '${answers.ruok ?? ""}' ;; srvr) printf '${answers.srvr ?? ""}' ;; esac`,
    );
  }

  remove(): void {
    rmSync(this.root, { recursive: true });
  }
}
