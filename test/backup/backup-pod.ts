import { createHash } from "node:crypto";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { backupScripts } from "../../components/backup/files.ts";
import { ensembleDefaults } from "../../components/ensemble/args.ts";
import { renderFiles } from "../../components/ensemble/files.ts";
import { database } from "./database.ts";
import { tarball, type Member } from "./tar.ts";

/** What the observer has reached, and then the server that tries the stored file. */
export const [synced, loaded] = ["0x200000003", "0x200000005"];

/** What a server does that has loaded a backup. */
export const serves = `echo 'Snapshot loaded in 5 ms, highest zxid is ${loaded}, digest is -17'; exec /bin/sleep 100`;

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
    this.observes(
      'cp -r "$ROOT/database/." "$ROOT/work/data/"; echo >"$ROOT/work/conf/copied"; exec /bin/sleep 100',
    );
    this.loads(serves);
    this.program(
      "nc",
      // The observer's folder has its configuration in another place.
      `if [ ! -d conf ]; then [ -e "$ROOT/work/conf/copied" ] || exit 1; printf 'Mode: observer\\nZxid: ${synced}\\n'; exit; fi
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

  /** What the server does that tries an older backup. The one that tries the new backup serves. */
  loadsOlder(body: string): void {
    const count = `echo >>"$ROOT/loads"; [ "$(wc -l <"$ROOT/loads")" -gt 1 ] || { ${serves}; }`;
    rmSync(join(this.root, "loads"), { force: true });
    this.loads(`${count}\n${body}`);
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
        ZK_PATIENCE: "200",
        ZOOCFGDIR: join(this.root, "conf"),
        POD_IP: "10.132.0.9",
        ...variables,
      },
    });
    return { status, output: stdout + stderr };
  }

  /**
   * A backup that is there already.
   * @param described what its description says beside the checksum
   * @param members what it has, with the checksums of the database
   */
  holds(
    name: string,
    described: object = { zxid: loaded, znodes: 7, digest: "-17" },
    members: readonly Member[] = database,
  ): void {
    const files = database.filter(({ type }) => type === undefined);
    const sum = (content: string | Buffer) => createHash("sha256").update(content).digest("hex");
    const sums = files.map((file) => `${sum(file.content ?? "")}  ${file.name}\n`).join("");
    const archive = tarball([{ name: "SHA256SUMS", content: sums }, ...members]);
    writeFileSync(join(this.backups, `${name}.tar.gz`), archive);
    const description = { ...described, sha256: sum(archive) };
    writeFileSync(join(this.backups, `${name}.json`), `${JSON.stringify(description, null, 2)}\n`);
  }

  /** What is on the volume, without the files by which jobs know of each other. */
  kept(): string[] {
    return readdirSync(this.backups)
      .filter((name) => ![".lock-zk", ".tried-zk"].includes(name))
      .sort();
  }

  configuration(): string {
    return readFileSync(join(this.root, "work/conf/zoo.cfg"), "utf8");
  }

  remove(): void {
    rmSync(this.root, { recursive: true });
  }
}
