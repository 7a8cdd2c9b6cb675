import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";

const scripts = join(import.meta.dirname, "../../backup");

/** Stands in for kubectl: notes its calls, answers with so many servers, and gives or takes a volume's files. */
const fakeKubectl = `#!/bin/sh
shift 2
echo "$*" >>"$CALLS"
case $* in
*spec.replicas*) printf "$FAKE_SERVERS" ;;
*readyReplicas*) printf "\${FAKE_READY-$FAKE_SERVERS}" ;;
*.image*) printf docker.io/library/zookeeper:3.9.5 ;;
"exec zookeeper-volume"*) [ -z "\${FAKE_FAULT-}" ] && printf files | gzip ;;
"exec -i"*) cat >/dev/null ;;
"apply -f -") echo "  $(grep claimName:)" >>"$CALLS" ;;
esac
`;

describe("the backup's scripts", () => {
  let folder = "";
  let file = "";

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "backup-"));
    file = join(folder, "backup.tar.gz");
    writeFileSync(join(folder, "kubectl"), fakeKubectl, { mode: 0o755 });
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** Runs a script; its exit code, and the calls of kubectl that change something. */
  function run(
    script: string,
    servers: number,
    { fault = "", ready = servers } = {},
  ): { code: number | null; changes: string[] } {
    const calls = join(folder, "calls");
    const { status } = spawnSync(join(scripts, script), [file], {
      env: {
        PATH: `${folder}:/usr/bin:/bin`,
        CALLS: calls,
        FAKE_SERVERS: String(servers),
        FAKE_READY: String(ready),
        FAKE_FAULT: fault,
      },
    });
    const lines = existsSync(calls) ? readFileSync(calls, "utf8").trim().split("\n") : [];
    const changes = lines.flatMap(
      (line) =>
        /^scale .*|claimName: .*|^exec (?:-i )?zookeeper-volume|^delete pod/.exec(line.trim())?.[0] ?? [],
    );
    return { code: status, changes };
  }

  it("saves the last server's files while it is stopped, and starts it again", () => {
    expect(run("save.sh", 3)).to.deep.equal({
      code: 0,
      changes: [
        "scale statefulset zk --replicas 2",
        "claimName: datadir-zk-2",
        "exec zookeeper-volume",
        "delete pod",
        "scale statefulset zk --replicas 3",
      ],
    });
    expect(execFileSync("gzip", ["-dc", file], { encoding: "utf8" })).to.equal("files");
  });

  it("starts the server again when its files cannot be had, and leaves no backup that is none", () => {
    const { code, changes } = run("save.sh", 3, { fault: "the copy fails" });
    expect(code).not.to.equal(0);
    expect(changes.at(-1)).to.equal("scale statefulset zk --replicas 3");
    expect(existsSync(file)).to.equal(false);
  });

  it("does not stop a server that the ensemble cannot do without", () => {
    const { code, changes } = run("save.sh", 1);
    expect(code).to.equal(1);
    expect(changes).to.deep.equal([]);
  });

  it("stops no server while another one is away", () => {
    const { code, changes } = run("save.sh", 3, { ready: 2 });
    expect(code).to.equal(1);
    expect(changes).to.deep.equal([]);
  });

  /** Packs a file under this name, as a backup. */
  function pack(name: string): void {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, "files");
    execFileSync("tar", ["-C", folder, "-czf", file, name]);
  }

  it("restores every server while all are stopped", () => {
    pack("version-2/snapshot.0");
    const { code, changes } = run("restore.sh", 3);
    expect(code).to.equal(0);
    const each = [0, 1, 2].flatMap((n) => [
      `claimName: datadir-zk-${n}`,
      "exec -i zookeeper-volume",
      "delete pod",
    ]);
    expect(changes).to.deep.equal([
      "delete pod",
      "scale statefulset zk --replicas 0",
      ...each,
      "scale statefulset zk --replicas 3",
    ]);
  });

  it("touches nothing for a file that is no backup", () => {
    writeFileSync(file, "no backup");
    expect(run("restore.sh", 3).changes).to.deep.equal([]);
    expect(run("restore.sh", 3).code).not.to.equal(0);
    pack("photographs/1");
    expect(run("restore.sh", 3).changes).to.deep.equal([]);
    expect(run("restore.sh", 3).code).not.to.equal(0);
  });
});
