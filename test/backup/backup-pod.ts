import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { backupScripts } from "../../components/backup/files.ts";
import { ensembleDefaults } from "../../components/ensemble/args.ts";
import { renderFiles } from "../../components/ensemble/files.ts";
import { database } from "./database.ts";

/** What the observer has reached, and then the server that tries the stored file. */
export const [synced, loaded] = ["0x200000003", "0x200000005"];

/** The pod of a job that saves a backup, in a folder, with stand-ins for ZooKeeper's programs. */
export class BackupPod {
  readonly root = mkdtempSync(join(tmpdir(), "back-up-"));
  readonly backups = join(this.root, "backups");

  constructor(settings: object = {}) {
    for (const folder of ["path", "scripts", "backups", "work", "conf", "database"]) {
      mkdirSync(join(this.root, folder));
    }
    for (const [name, text] of Object.entries(backupScripts)) {
      this.#write(`scripts/${name}`, text);
    }
    const files = renderFiles({ ...ensembleDefaults, name: "zk", ...settings });
    for (const name of ["zoo.cfg", "logback.xml", "java.security"] as const) {
      this.#write(`conf/${name}`, files[name]);
    }
    this.#write("scripts/zookeeper-storage", files["zookeeper-storage"]);
    for (const { name, content = "", type } of database) {
      if (type === undefined) {
        this.#write(`database/${name}`, content);
      }
    }
    this.program("sleep", "exec /bin/sleep 0.02");
    this.program("sync", "exit 0");
    this.program("zkCli.sh", "echo Sync is OK");
    this.observes('cp -r "$ROOT/database/." "$ROOT/work/data/"; exec /bin/sleep 100');
    this.loads(
      `echo 'Snapshot loaded in 5 ms, highest zxid is ${loaded}, digest is -17'; exec /bin/sleep 100`,
    );
    this.program(
      "nc",
      // The observer's folder has its configuration in another place.
      `if [ ! -d conf ]; then printf 'Mode: observer\\nZxid: ${synced}\\n'; exit; fi
[ -s server.log ] || exit 1
printf 'Mode: leader\\nNode count: 7\\n'`,
    );
  }

  #write(path: string, content: string | Buffer): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), content);
  }

  program(name: string, body: string): void {
    writeFileSync(join(this.root, "path", name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  }

  /** What the observer does. */
  observes(body: string): void {
    this.#write("observer", body);
  }

  /** What the server does that tries the stored file. */
  loads(body: string): void {
    this.#write("loader", body);
    const which = '[ "$ZOOCFGDIR" = "$ROOT/work/conf" ] && . "$ROOT/observer"\n. "$ROOT/loader"';
    this.program("zkServer.sh", which);
  }

  run(variables: Readonly<Record<string, string>> = {}): { status: number | null; output: string } {
    // In a new process group, so that a stand-in can kill the whole job.
    const { status, stdout, stderr } = spawnSync("setsid", ["-w", "sh", join(this.root, "scripts/back-up")], {
      cwd: join(this.root, "path"),
      encoding: "utf8",
      env: {
        ROOT: this.root,
        PATH: `${join(this.root, "path")}:${process.env["PATH"] ?? ""}`,
        ZK_NAME: "zk",
        ZK_KEEP: "2",
        ZK_BACKUPS: this.backups,
        ZK_WORK: join(this.root, "work"),
        ZK_SCRIPTS: join(this.root, "scripts"),
        ZK_SERVER_HEAP: "512",
        ZK_PATIENCE: "20",
        ZOOCFGDIR: join(this.root, "conf"),
        POD_IP: "10.132.0.9",
        ...variables,
      },
    });
    return { status, output: stdout + stderr };
  }

  /** A backup that is there already. */
  holds(name: string): void {
    const archive = join(this.backups, `${name}.tar.gz`);
    writeFileSync(archive, name);
    const { stdout } = spawnSync("sha256sum", [archive], { encoding: "utf8" });
    writeFileSync(join(this.backups, `${name}.json`), `{\n  "sha256": "${stdout.split(" ")[0] ?? ""}"\n}\n`);
  }

  /** What is on the volume, without the file by which a job knows of another one. */
  kept(): string[] {
    return readdirSync(this.backups)
      .filter((name) => name !== ".lock-zk")
      .sort();
  }

  configuration(): string {
    return readFileSync(join(this.root, "work/conf/zoo.cfg"), "utf8");
  }

  remove(): void {
    rmSync(this.root, { recursive: true });
  }
}
