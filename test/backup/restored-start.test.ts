import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { join } from "node:path";

import { expect } from "chai";

import { ScriptedPod } from "../components/scripted-pod.ts";
import { database } from "./database.ts";
import { tarball, type Member } from "./tar.ts";

const files = database.filter(({ type }) => type === undefined);
const sums = files
  .map(({ name, content = "" }) => `${createHash("sha256").update(content).digest("hex")}  ${name}\n`)
  .join("");

describe("a server of a new ensemble that begins with a backup", () => {
  let pod: ScriptedPod;
  let backups = "";

  beforeEach(() => {
    pod = new ScriptedPod();
    pod.hurry();
    backups = join(pod.root, "backups");
    mkdirSync(backups);
    saved("zk-20260101T000000Z", [{ name: "version-2/snapshot.9", content: "older" }]);
    saved("zk-20260102T000000Z");
  });

  afterEach(() => {
    pod.remove();
  });

  /** Puts a backup on the volume with backups. */
  function saved(name: string, more: readonly Member[] = []): void {
    const archive = tarball([{ name: "SHA256SUMS", content: sums }, ...database, ...more]);
    writeFileSync(join(backups, `${name}.tar.gz`), archive);
    const sha256 = createHash("sha256").update(archive).digest("hex");
    writeFileSync(join(backups, `${name}.json`), `{\n  "sha256": "${sha256}"\n}\n`);
  }

  const start = (restore = "latest") => pod.start({ ZK_RESTORE: restore, ZK_BACKUPS: backups });

  /** Checks that the data is that of the backup, and no more. */
  function hasBackup(): void {
    for (const { name, content = "" } of files) {
      expect(readFileSync(join(pod.data, name)).equals(Buffer.from(content)), name).to.equal(true);
    }
    expect(readdirSync(join(pod.data, "version-2"))).to.have.length(3);
    expect(existsSync(join(pod.data, "../data.restoring"))).to.equal(false);
    expect(existsSync(join(pod.data, "log/initialize"))).to.equal(false);
  }

  for (const [restore, name] of [
    ["latest", "zk-20260102T000000Z"],
    ["zk-20260102T000000Z", "zk-20260102T000000Z"],
  ] as const) {
    it(`has all of it, for ${restore}`, () => {
      const { status, output } = start(restore);
      expect(status, output).to.equal(0);
      expect(output)
        .to.contain(`this server begins with backup ${name}`)
        .and.contain("server start-foreground");
      hasBackup();
    });
  }

  describe("in a bucket", () => {
    const place = "gs://my-backups/shop/zk/zk-20260102T000000Z";

    /** The bucket's objects, with the time at which each was created. */
    let objects: [name: string, created: string][] = [];
    const noon = "2026-01-03T12:00:00";

    beforeEach(() => {
      objects = ["zk-20260101T000000Z", "zk-20260102T000000Z"].flatMap((name, day) =>
        [".tar.gz", ".json"].map((suffix): [string, string] => [
          `shop/zk/${name}${suffix}`,
          `2026-01-0${day + 1}T00:01:00.5Z`,
        ]),
      );
    });

    /** What stands in for wget. @param denied how often Google denies the request, before it answers */
    function google(denied = 0): void {
      pod.write("denied", "x".repeat(denied));
      const items = objects.map(([name, timeCreated]) => ({ name, timeCreated }));
      pod.write("listed", JSON.stringify({ items }, null, 2));
      pod.program(
        "wget",
        `for each; do
  case $each in
  --output-document=*) answer=\${each#*=} ;;
  --config=*) config=\${each#*=} ;;
  */token) url=$each ;;
  http*) url=$each ;;
  esac
done
echo "$*" >>"${pod.root}/requests"
case $url in
*/token) echo '{"access_token":"the-token","expires_in":3599}' >"$answer"; exit ;;
esac
grep -q 'Bearer the-token' "$config" || exit 6
denied=$(cat "${pod.root}/denied")
if [ -n "$denied" ]; then
  printf %s "\${denied#x}" >"${pod.root}/denied"
  echo '{"error": {"code": 403, "message": "sa/zk does not have storage.objects.get access"}}' >"$answer"
  exit 8
fi
case $url in
*/o\\?*) cp "${pod.root}/listed" "$answer"; exit ;;
esac
file=\${url##*%2F}
cp "${backups}/\${file%%\\?*}" "$answer"`,
      );
    }

    const begin = (restore = place, variables: Record<string, string> = {}) =>
      pod.start({
        ZK_RESTORE: restore,
        ZK_STORAGE_API: "https://storage.example",
        ZK_FETCH_TRIES: "3",
        ...variables,
      });

    describe("as the newest one", () => {
      const newest = (until = `${noon}.123Z`) =>
        begin("gs://my-backups/shop/zk/latest", { ZK_RESTORE_UNTIL: until });

      beforeEach(() => {
        pod.program("date", 'exec /bin/date "$@"');
      });

      /** Adds a backup that is complete at a time, on the volume from which the stand-in takes it, too. */
      function completed(name: string, created: string, suffixes = [".tar.gz", ".json"]): void {
        saved(name, [{ name: "version-2/snapshot.a", content: "newer" }]);
        objects.push(...suffixes.map((suffix): [string, string] => [`shop/zk/${name}${suffix}`, created]));
      }

      it("has all of it, and names it", () => {
        google();
        const { status, output } = newest();
        expect(status, output).to.equal(0);
        expect(output).to.contain("this server begins with backup zk-20260102T000000Z");
        hasBackup();
        expect(readdirSync(join(pod.data, ".."))).to.deep.equal(["data"]);
        expect(readFileSync(join(pod.root, "requests"), "utf8")).to.contain(
          "https://storage.example/storage/v1/b/my-backups/o?prefix=shop%2Fzk%2Fzk-&fields=",
        );
      });

      it("is the same for each server, whatever was completed since", () => {
        // It was begun before, too.
        completed("zk-20260103T115900Z", `${noon}.9Z`.replace("12:00:00", "12:00:01"));
        google();
        expect(newest().output).to.contain("begins with backup zk-20260102T000000Z");
        hasBackup();
      });

      it("may have been completed just before, in any zone of time", () => {
        completed("zk-20260103T115900Z", "2026-01-03T13:59:59+02:00");
        google();
        expect(newest().output).to.contain("begins with backup zk-20260103T115900Z");
      });

      it("waits while something from before could still appear", () => {
        google();
        const soon = new Date(Date.now() + 60_000).toISOString();
        const { status, output } = newest(soon);
        expect(status).to.equal(1);
        expect(output).to.contain(`looks for the newest one ten seconds after ${soon}`);
        expect(existsSync(join(pod.data, "version-2"))).to.equal(false);
      });

      for (const [what, suffixes] of [
        ["has no description yet", [".tar.gz"]],
        ["has lost its archive", [".json"]],
      ] as const) {
        it(`is not one that ${what}`, () => {
          completed("zk-20260103T000000Z", "2026-01-03T00:00:00Z", [...suffixes]);
          google();
          expect(newest().output).to.contain("begins with backup zk-20260102T000000Z");
          hasBackup();
        });
      }

      it("is that of the ensemble, and not of others whose backups are there, too", () => {
        for (const name of [
          "shop/zk/zk-2-20260103T000000Z",
          "shop/zk/zk-20260103T000000Z.json.old",
          "shop/zk/zk-20260103T000000Z/zk-20260103T000000Z",
          "other/shop/zk/zk-20260103T000000Z",
        ]) {
          objects.push([`${name}.tar.gz`, "2026-01-03T00:00:00Z"], [`${name}.json`, "2026-01-03T00:00:00Z"]);
        }
        objects.push(['shop/zk/zk-", "name": "shop/zk/zk-20260103T000000Z.json', "2026-01-03T00:00:00Z"]);
        google();
        expect(newest().output).to.contain("begins with backup zk-20260102T000000Z");
        hasBackup();
      });

      it("is not replaced by an older one where it is encrypted, damaged or denied", () => {
        completed("zk-20260103T000000Z", "2026-01-03T00:00:00Z", [".tar.gz.gpg", ".json"]);
        google();
        const encrypted = newest();
        expect(encrypted.status).to.equal(1);
        expect(encrypted.output).to.contain("the newest one, zk-20260103T000000Z, is encrypted");
        objects = objects.slice(0, 4);
        google();
        writeFileSync(join(backups, "zk-20260102T000000Z.tar.gz"), "x");
        const damaged = newest();
        expect(damaged.status).to.equal(1);
        expect(damaged.output).to.contain(
          "backup zk-20260102T000000Z is not there, cannot be read, or is damaged",
        );
        google(100);
        const denied = newest();
        expect(denied.status).to.equal(1);
        expect(denied.output).to.contain("storage.objects.get access");
        expect(existsSync(join(pod.data, "version-2"))).to.equal(false);
      });

      it("is not there before the first one, and the server says so", () => {
        google();
        const { status, output } = newest("2026-01-01T00:00:59Z");
        expect(status).to.equal(1);
        expect(output).to.contain(
          "bucket my-backups has no complete backup of ensemble zk in shop/zk from before 2026-01-01T00:00:59Z",
        );
      });

      it("is not looked for without the time that all servers have", () => {
        google();
        const { status, output } = newest("");
        expect(status).to.equal(1);
        expect(output).to.contain("ConfigMap zk-restore does not say until when a backup counts");
      });

      it("is not taken from a list that is cut off", () => {
        google();
        const text = readFileSync(join(pod.root, "listed"), "utf8");
        pod.write("listed", text.slice(0, -40));
        const { status, output } = newest();
        expect(status).to.equal(1);
        expect(output).to.contain("the list of what is in bucket my-backups is incomplete");
      });
    });

    it("has all of it, and leaves neither a copy nor a token", () => {
      google();
      const { status, output } = begin();
      expect(status, output).to.equal(0);
      expect(output)
        .to.contain("this server begins with backup zk-20260102T000000Z")
        .and.not.to.contain("token");
      hasBackup();
      expect(readdirSync(join(pod.data, ".."))).to.deep.equal(["data"]);
      const requests = readFileSync(join(pod.root, "requests"), "utf8");
      expect(requests)
        .to.contain(
          "https://storage.example/storage/v1/b/my-backups/o/shop%2Fzk%2Fzk-20260102T000000Z.tar.gz?alt=media",
        )
        .and.not.to.contain("Bearer");
    });

    it("waits until a right that was just granted has an effect", () => {
      google(2);
      const { status, output } = begin();
      expect(status, output).to.equal(0);
      expect(output).to.contain(`waits for backup ${place}: sa/zk does not have storage.objects.get access`);
      hasBackup();
    });

    for (const [what, change] of [
      [
        "may not be read",
        () => {
          google(100);
        },
      ],
      [
        "is damaged",
        () => {
          google();
          writeFileSync(join(backups, "zk-20260102T000000Z.tar.gz"), "x");
        },
      ],
      [
        "is not there",
        () => {
          google();
          rmSync(join(backups, "zk-20260102T000000Z.json"));
        },
      ],
    ] as const) {
      it(`does not start without it if it ${what}`, () => {
        change();
        const { status, output } = begin();
        expect(status).to.equal(1);
        expect(output).to.contain("this server waits for it").and.not.to.contain("server start-foreground");
      });
    }
  });

  it("takes the one that is named", () => {
    start("zk-20260101T000000Z");
    expect(readFileSync(join(pod.data, "version-2/snapshot.9"), "utf8")).to.equal("older");
  });

  it("keeps what it has written since", () => {
    start();
    pod.write("volume/data/log/version-2/log.300000001", "later");
    rmSync(join(pod.data, "version-2/snapshot.0"));
    const { output } = start("zk-20260101T000000Z");
    expect(output).not.to.contain("begins with backup");
    expect(readFileSync(join(pod.data, "log/version-2/log.300000001"), "utf8")).to.equal("later");
    expect(existsSync(join(pod.data, "version-2/snapshot.0"))).to.equal(false);
  });

  it("takes none once the ensemble has been bootstrapped: a lost disk gets the leader's data", () => {
    pod.write("mark/ensemble", "zk");
    const { output } = start();
    expect(output).not.to.contain("begins with backup");
    expect(existsSync(join(pod.data, "version-2"))).to.equal(false);
  });

  it("replaces the epochs of a server that has waited without a database", () => {
    pod.write("mark/ensemble", "zk");
    start();
    rmSync(join(pod.root, "mark/ensemble"));
    pod.write("mark/other", "");
    mkdirSync(join(pod.data, "version-2"));
    pod.write("volume/data/version-2/currentEpoch", "-1");
    expect(start().status).to.equal(0);
    hasBackup();
  });

  for (const [what, damage] of [
    [
      "is not there",
      () => {
        rmSync(backups, { recursive: true });
        mkdirSync(backups);
      },
    ],
    [
      "differs from what was saved",
      () => {
        writeFileSync(join(backups, "zk-20260102T000000Z.tar.gz"), "x");
      },
    ],
    [
      "has a file that differs from its checksum",
      () => {
        saved("zk-20260102T000000Z", [{ name: "version-2/currentEpoch", content: "9" }]);
      },
    ],
    [
      "has no checksums",
      () => {
        const archive = tarball(database);
        writeFileSync(join(backups, "zk-20260102T000000Z.tar.gz"), archive);
        const sha256 = createHash("sha256").update(archive).digest("hex");
        writeFileSync(join(backups, "zk-20260102T000000Z.json"), `{\n  "sha256": "${sha256}"\n}\n`);
      },
    ],
  ] as const) {
    it(`does not start without data where the backup ${what}, and starts once it is there`, () => {
      damage();
      const { status, output } = start();
      expect(status).to.equal(1);
      expect(output).to.match(
        /backup \S+ is not there, cannot be read, or is damaged: this server waits for it/,
      );
      expect(output).not.to.contain("server start-foreground");
      expect(existsSync(join(pod.data, "version-2"))).to.equal(false);
      expect(existsSync(join(pod.data, "log/initialize"))).to.equal(false);
      saved("zk-20260102T000000Z");
      expect(start().status).to.equal(0);
      hasBackup();
    });
  }

  for (const [program, call] of [
    ["tar", 1],
    ["sync", 1],
    ["touch", 1],
    ["mv", 1],
    ["mv", 2],
    ["sync", 2],
  ] as const) {
    it(`has all of it where its first start was killed at ${program}, call ${call}`, () => {
      const real = spawnSync("sh", ["-c", `command -v ${program}`], { encoding: "utf8" }).stdout.trim();
      pod.program(
        program,
        `calls="${pod.root}/calls-${program}"
call=$(($(cat "$calls" 2>/dev/null || echo 0) + 1))
echo $call >"$calls"
[ $call -ne ${call} ] || kill -KILL $PPID
exec ${real} "$@"`,
      );
      const first = start();
      expect(first.status).not.to.equal(0);
      const { status, output } = start();
      expect(status, output).to.equal(0);
      hasBackup();
    });
  }
});
