import { expect } from "chai";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensembleDefaults } from "../../components/ensemble/args.ts";
import { renderZooCfg } from "../../components/ensemble/zooCfg.ts";

interface Outcome {
  readonly status: number | null;
  readonly output: string;
  readonly seconds: number;
}

/** A server's file system in a folder of its own, with stand-ins for the image's programs. */
class Pod {
  readonly root = mkdtempSync(join(tmpdir(), "zookeeper-pod-"));
  readonly data = join(this.root, "volume/data");

  constructor() {
    for (const folder of ["conf", "scripts", "bin", "mark", "volume", "path"]) {
      mkdirSync(join(this.root, folder));
    }
    this.ensemble(3);
    for (const name of ["start-zookeeper", "zookeeper-ready"]) {
      const source = new URL(`../../components/ensemble/scripts/${name}.sh`, import.meta.url);
      copyFileSync(source, join(this.root, "scripts", name));
    }
    // What runs beside a server ends a moment after it.
    this.program("sleep", "exec /bin/sleep 0.05");
    this.program("zkServer.sh", 'echo "server $1 as $$ with id $ZK_MYID"');
    this.resolves("zk-0", "zk-1", "zk-2");
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

describe("the pods' scripts", () => {
  let pod: Pod;

  beforeEach(() => {
    pod = new Pod();
  });

  afterEach(() => {
    pod.remove();
  });

  describe("start-zookeeper", () => {
    it("makes the ordinal the server's id, and becomes the server", () => {
      const { status, output } = pod.start();
      expect(status, output).to.equal(0);
      expect(readFileSync(join(pod.data, "myid"), "utf8")).to.equal("2\n");
      expect(output).to.match(/server start-foreground as \d+ with id 2/);
      expect(pod.start({ POD_NAME: "a-b-11" }).output).to.contain("with id 12");
    });

    it("starts with fewer servers where those are more than half of what there were", () => {
      pod.hurry();
      for (const servers of [3, 5, 3, 3]) {
        pod.ensemble(servers);
        const { status, output } = pod.start();
        expect(status).to.equal(0);
        expect(output).to.contain("server start-foreground").and.not.to.contain("acknowledged");
        expect(readFileSync(join(pod.data, "servers"), "utf8")).to.equal(`${servers}\n`);
      }
    });

    for (const [before, now] of [
      [3, 1],
      [7, 3],
    ] as const) {
      it(`waits with ${now} servers of ${before} until somebody says that writes may be lost`, () => {
        pod.hurry();
        pod.ensemble(before);
        pod.start();
        pod.ensemble(now);
        // Every look is a second; in the third the file is removed, as the message says.
        const file = join(pod.data, "servers");
        pod.program(
          "sleep",
          `echo >>"${pod.root}/waited"; [ "$(wc -l <"${pod.root}/waited")" -ne 3 ] || rm -f "${file}"`,
        );
        const { status, output } = pod.start();
        expect(status).to.equal(0);
        expect(readFileSync(join(pod.root, "waited"), "utf8").length).to.be.at.least(3);
        expect(output.match(/there were/g)).to.have.length(1);
        expect(output).to.contain(`rm ${file}`).and.to.contain("server start-foreground");
        expect(readFileSync(file, "utf8")).to.equal(`${now}\n`);
      });
    }

    it("starts where what it noted of its ensemble was cut off", () => {
      pod.start();
      pod.write("volume/data/servers", "");
      expect(pod.start().output).to.contain("server start-foreground");
      expect(readFileSync(join(pod.data, "servers"), "utf8")).to.equal("3\n");
    });

    /** Makes df tell these KiB as free, one after the other, and the last one from then on. */
    const free = (...kibibytes: number[]): void => {
      pod.write("free", kibibytes.map((each) => `${each}\n`).join(""));
      pod.program(
        "df",
        `file="${pod.root}/free"
echo "Filesystem 1024-blocks Used Available Capacity Mounted on"
echo "/dev/sdb 10218772 24 $(head -n 1 "$file") 1% $2"
[ "$(wc -l <"$file")" -eq 1 ] || sed -i 1d "$file"`,
      );
    };

    it("waits for room on a full volume, touches nothing meanwhile, and says once what to do", () => {
      pod.hurry();
      free(0, 65535, 65536);
      pod.program("sleep", `[ "$1" != 1 ] || ls "${pod.root}/volume" >>"${pod.root}/meanwhile"`);
      const { status, output } = pod.start();
      expect(status).to.equal(0);
      expect(readFileSync(join(pod.root, "meanwhile"), "utf8")).not.to.contain("data");
      expect(output.match(/the volume is full/g)).to.have.length(1);
      expect(output).to.contain("server start-foreground");
    });

    it("stops the server before its volume is full", () => {
      free(65536, 65536, 65535);
      pod.program("zkServer.sh", "trap 'echo stopped; exit 143' TERM; while :; do /bin/sleep 0.05; done");
      const { status, output } = pod.start();
      expect(status).to.equal(143);
      expect(output).to.contain("nearly full").and.to.contain("stopped");
    });

    it("starts where nothing tells what is free", () => {
      pod.program("df", "exit 1");
      expect(pod.start().output).to.contain("server start-foreground");
    });

    it("asks for the names of the other servers, and not for its own", () => {
      pod.start();
      expect(readFileSync(join(pod.root, "asked"), "utf8")).to.equal(
        "zk-0.zk-hs.default.svc.cluster.local.\nzk-2.zk-hs.default.svc.cluster.local.\n",
      );
    });

    it("lets an empty disk vote at the first start", () => {
      const { output } = pod.start();
      expect(pod.exists("volume/data/log/initialize")).to.equal(true);
      expect(output).to.contain("first start");
    });

    it("lets an empty disk not vote once the ensemble has been bootstrapped, and says what to do", () => {
      pod.write("mark/ensemble", "zk");
      const { status, output } = pod.start();
      expect(status).to.equal(0);
      expect(pod.exists("volume/data/log/initialize")).to.equal(false);
      expect(output.split("\n").filter((line) => line.startsWith("start-zookeeper:"))).to.have.length(1);
      expect(output).to.contain("touch").and.to.contain("zk-bootstrapped");
    });

    for (const file of ["data/version-2/snapshot.0", "data/log/version-2/log.1"]) {
      for (const marked of [false, true]) {
        it(`leaves a disk with ${file} alone, ${marked ? "with" : "without"} the mark`, () => {
          mkdirSync(join(pod.root, "volume/data/version-2"), { recursive: true });
          mkdirSync(join(pod.root, "volume/data/log/version-2"), { recursive: true });
          pod.write(`volume/${file}`, "");
          pod.write("volume/data/version-2/currentEpoch", "-1");
          if (marked) {
            pod.write("mark/ensemble", "zk");
          }
          const { output } = pod.start();
          expect(output).not.to.contain("start-zookeeper:");
          expect(pod.exists("volume/data/log/initialize")).to.equal(false);
          expect(pod.exists("volume/data/version-2/currentEpoch")).to.equal(true);
        });
      }
    }

    it("forgets the epoch of a server that waited without a database, when it may vote", () => {
      mkdirSync(join(pod.data, "version-2"), { recursive: true });
      mkdirSync(join(pod.data, "log"));
      pod.write("mark/ensemble", "zk");
      pod.write("volume/data/version-2/currentEpoch", "-1");
      pod.write("volume/data/version-2/acceptedEpoch", "3");
      pod.start();
      expect(pod.exists("volume/data/version-2/currentEpoch")).to.equal(true);
      pod.write("volume/data/log/initialize", "");
      pod.start();
      expect(pod.exists("volume/data/version-2/currentEpoch")).to.equal(false);
      expect(pod.exists("volume/data/version-2/acceptedEpoch")).to.equal(true);
    });

    it("starts at once when every server has a name", () => {
      expect(pod.start().seconds).to.be.lessThan(2);
    });

    it("waits a little for the last servers, and starts with a quorum", () => {
      pod.hurry();
      pod.resolves("zk-0");
      const { status, output } = pod.start();
      expect(status).to.equal(0);
      expect(output).to.contain("2 of 3 servers have names after 3s: starting");
    });

    it("starts in the end when nobody is there", () => {
      pod.hurry();
      pod.resolves();
      const { status, output } = pod.start();
      expect(status).to.equal(0);
      expect(output).to.contain("1 of 3 servers have names after 10s: starting");
      expect(output).to.contain("server start-foreground");
    });

    it("brings back a probe that somebody removed", () => {
      pod.start();
      rmSync(join(pod.root, "bin/zookeeper-ready"));
      pod.start();
      expect(pod.exists("bin/zookeeper-ready")).to.equal(true);
    });
  });

  describe("zookeeper-ready", () => {
    const serving = { ruok: "imok", srvr: "Zookeeper version: 3.9.5\\nMode: follower\\n" };
    const waiting = { ruok: "imok", srvr: "This ZooKeeper instance is not currently serving requests\\n" };
    const silent = {};

    beforeEach(() => {
      pod.start();
    });

    for (const { what, answers, expected } of [
      { what: "in a quorum", answers: serving, expected: { serving: 0, alive: 0, started: 0 } },
      { what: "waiting for a quorum", answers: waiting, expected: { serving: 1, alive: 0, started: 1 } },
      { what: "silent", answers: silent, expected: { serving: 1, alive: 1, started: 1 } },
    ]) {
      it(`judges a server that is ${what}`, () => {
        pod.answers(answers);
        expect({
          serving: pod.ask("serving"),
          alive: pod.ask("alive"),
          started: pod.ask("started"),
        }).to.deep.equal(expected);
      });
    }

    it("counts a server as started that has waited for a quorum for 30 seconds, but not a silent one", () => {
      pod.write("bin/started", String(Math.floor(Date.now() / 1000) - 31));
      pod.answers(waiting);
      expect(pod.ask("started")).to.equal(0);
      pod.answers(silent);
      expect(pod.ask("started")).to.equal(1);
    });

    it("explains itself", () => {
      expect(pod.ask("what")).to.equal(2);
    });
  });
});
