import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { projectDir } from "../../system/paths.ts";
import { database } from "./database.ts";

/** How a command ended. */
export interface Outcome {
  readonly status: number | null;
  readonly output: string;
  /** Its changes to servers and volumes, in order. */
  readonly changes: readonly string[];
}

/** Additional environment variables of a command. */
export type Variables = Readonly<Record<string, string>>;

/** A simulated ensemble in a folder. The backup commands access it through kubectl.sh. */
export class FakeCluster {
  readonly root = mkdtempSync(join(tmpdir(), "backup-"));
  readonly file = join(this.root, "backup.tar.gz");
  /** The script that simulates kubectl. */
  readonly kubectl = readFileSync(join(import.meta.dirname, "kubectl.sh"), "utf8");
  readonly #servers: number;
  #expected: string;

  /** Each server has a database; its file `origin` identifies the server. */
  constructor(servers = 3) {
    this.#servers = servers;
    this.#expected = String(servers);
    for (const folder of ["bin", "cluster/pods", "tmp"]) {
      mkdirSync(join(this.root, folder), { recursive: true });
    }
    this.program("kubectl", this.kubectl);
    const loaded = "Snapshot loaded in 5 ms, highest zxid is 0x500000007, digest is 1371985504";
    this.program("zkServer.sh", `echo '${loaded}'\nexec /bin/sleep 100`);
    // A server that tries a backup says what it has loaded, and then serves.
    this.program(
      "nc",
      "[ ! -d conf ] || [ -s server.log ] || exit 1\nprintf 'Mode: leader\\nNode count: 7\\n'",
    );
    this.program("sync", "exit 0");
    // Nothing waits: each time the clock is read, a second has passed.
    this.program("sleep", "exec /bin/sleep 0.02");
    this.set("now", "0");
    this.program(
      "date",
      'now=$(($(cat "$CLUSTER/now") + 1))\necho $now >"$CLUSTER/now"\nprintf "20260101T%06dZ\\n" $now',
    );
    this.set("replicas", String(servers));
    for (let n = 0; n < servers; n++) {
      for (const { name, content = "", type } of database) {
        if (type === undefined) {
          this.write(n, `data/${name}`, content);
        }
      }
      this.write(n, "data/origin", `first of ${n}`);
      this.write(n, "data/myid", `${n + 1}\n`);
      this.write(n, "data/servers", `${servers}\n`);
    }
  }

  program(name: string, body: string): void {
    writeFileSync(join(this.root, "bin", name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  }

  /** Sets a value that kubectl.sh returns. */
  set(name: string, value: string): void {
    writeFileSync(join(this.root, "cluster", name), value);
  }

  /** Scales the StatefulSet, as if somebody else did. */
  scaled(replicas: string): void {
    this.#expected = replicas;
    this.set("replicas", replicas);
    for (let n = 0; n < Number(replicas); n++) {
      this.write(n, "data/myid", `${n + 1}\n`);
    }
  }

  /** The number of replicas that somebody has set last. */
  get expected(): string {
    return this.#expected;
  }

  get replicas(): string {
    return readFileSync(join(this.root, "cluster/replicas"), "utf8").trim();
  }

  /** The path of a file on a server's volume. */
  volume(n: number, path = ""): string {
    return join(this.root, "cluster/volumes", String(n), path);
  }

  write(n: number, path: string, content: Buffer | string): void {
    mkdirSync(dirname(this.volume(n, path)), { recursive: true });
    writeFileSync(this.volume(n, path), content);
  }

  /** Renames a folder on the volume of one server, or of all. */
  rename(from: string, to: string, only?: number): void {
    for (let n = 0; n < this.#servers; n++) {
      if (only === undefined || n === only) {
        renameSync(this.volume(n, from), this.volume(n, to));
      }
    }
  }

  read(n: number, path: string): string {
    return readFileSync(this.volume(n, path), "utf8");
  }

  /** The times of which data is kept, for each server. */
  kept(): string[][] {
    return Array.from({ length: this.#servers }, (_, n) =>
      readdirSync(this.volume(n)).flatMap((name) => /^data\.replaced-(.*)/.exec(name)?.[1] ?? []),
    );
  }

  /** Simulates the pod of another command. @param run its host and process */
  otherRun(run: string): void {
    mkdirSync(join(this.root, "cluster/pods/zk-backup"));
    this.set("pods/zk-backup/run", `${run}\n`);
  }

  /** Deletes that pod. */
  forgetRun(): void {
    rmSync(join(this.root, "cluster/pods/zk-backup"), { recursive: true });
  }

  get pods(): string[] {
    return readdirSync(join(this.root, "cluster/pods"));
  }

  /** Runs a backup command. */
  run(command: string, args: readonly string[] = [this.file], variables: Variables = {}): Outcome {
    const calls = join(this.root, "cluster/calls");
    rmSync(calls, { force: true });
    const { status, stdout, stderr } = spawnSync(join(projectDir, "backup", command), args, {
      cwd: this.root,
      encoding: "utf8",
      env: {
        PATH: `${join(this.root, "bin")}:/usr/bin:/bin`,
        CLUSTER: join(this.root, "cluster"),
        TMPDIR: join(this.root, "tmp"),
        ...variables,
      },
    });
    const lines = existsSync(calls) ? readFileSync(calls, "utf8").trim().split("\n") : [];
    const changes = lines.flatMap(
      (line) =>
        /^scale statefulset zk (.*)|^exec -i (zk-backup\S*) -- sh -c .* sh \.\.\. (\S+)|^(holds .*|delete pod zk-.*)/
          .exec(line)
          ?.slice(1)
          .filter((part) => part)
          .join(" ") ?? [],
    );
    return { status, output: stdout + stderr, changes };
  }

  remove(): void {
    rmSync(this.root, { recursive: true });
  }
}
