import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { ScriptedPod } from "./scripted-pod.ts";

/** The answer of a server in a quorum to srvr. */
const serving = "Zookeeper version: 3.9.5\\nMode: follower\\n";

describe("start-zookeeper", () => {
  let pod: ScriptedPod;

  beforeEach(() => {
    pod = new ScriptedPod();
  });

  afterEach(() => {
    pod.remove();
  });

  it("derives the server's id from the ordinal, and replaces itself with the server", () => {
    const { status, output } = pod.start();
    expect(status, output).to.equal(0);
    expect(readFileSync(join(pod.data, "myid"), "utf8")).to.equal("2\n");
    expect(output).to.match(/server start-foreground as \d+ with id 2/);
    expect(pod.start({ POD_NAME: "a-b-11" }).output).to.contain("with id 12");
  });

  it("reports at once that clusterDomain is not the cluster's domain, and touches nothing", () => {
    pod.searches("default.svc.k8s.corp", "svc.k8s.corp", "k8s.corp", "corp");
    const { status, output } = pod.start();
    expect(status).to.equal(1);
    expect(output).to.equal(
      "start-zookeeper: clusterDomain is cluster.local, but the domain of this cluster is k8s.corp: " +
        "the servers cannot find each other. Set clusterDomain to k8s.corp, run pulumi up, " +
        "and delete each pod that still logs this\n",
    );
    expect(pod.exists("volume/data")).to.equal(false);
  });

  for (const { what, domains } of [
    { what: "also searches another domain", domains: ["default.svc.k8s.corp", "default.svc.cluster.local"] },
    { what: "only searches another namespace of another cluster", domains: ["other.svc.k8s.corp"] },
    { what: "only searches domains of no cluster", domains: ["corp.example", "svc.k8s.corp"] },
    { what: "spells the domain differently", domains: ["default.svc.Cluster.Local."] },
  ]) {
    it(`starts if the pod ${what}`, () => {
      pod.searches(...domains);
      expect(pod.start().output).to.contain("server start-foreground");
    });
  }

  it("starts if the pod has no search domains or no resolv.conf", () => {
    pod.write("resolv.conf", "nameserver 10.0.0.10\n");
    expect(pod.start().output).to.contain("server start-foreground");
    expect(pod.start({ ZK_RESOLV_CONF: "/nowhere" }).output).to.contain("server start-foreground");
  });

  it("starts with fewer servers if they are more than half of the earlier ones", () => {
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
    it(`waits with ${now} servers of ${before} until somebody accepts that writes may be lost`, () => {
      pod.hurry();
      pod.ensemble(before);
      pod.start();
      pod.ensemble(now);
      // Every check is a second. During the third one the file is removed, as the message says.
      const file = join(pod.data, "servers");
      pod.program(
        "sleep",
        `echo >>"${pod.root}/waited"; [ "$(wc -l <"${pod.root}/waited")" -ne 3 ] || rm -f "${file}"`,
      );
      const { status, output } = pod.start();
      expect(status).to.equal(0);
      expect(readFileSync(join(pod.root, "waited"), "utf8").length).to.be.at.least(3);
      expect(output.match(/would shrink from/g)).to.have.length(1);
      expect(output).to.contain(`rm ${file}`).and.to.contain("server start-foreground");
      expect(readFileSync(file, "utf8")).to.equal(`${now}\n`);
    });
  }

  for (const { before, now, former } of [
    { before: 3, now: 4, former: "3\n" },
    { before: 5, now: 6, former: "5\n" },
    { before: 4, now: 5, former: "4\n" },
    { before: 3, now: 5, former: undefined },
    { before: 4, now: 3, former: undefined },
  ]) {
    const what = former === undefined ? "writes no" : "writes the";
    it(`${what} former number when ${before} servers become ${now}`, () => {
      pod.hurry();
      pod.ensemble(before);
      pod.start();
      pod.ensemble(now);
      pod.answers({ srvr: serving });
      for (const time of [1, 2]) {
        expect(pod.start().status, String(time)).to.equal(0);
        const noted = pod.exists("volume/data/former-servers");
        expect(noted ? readFileSync(join(pod.data, "former-servers"), "utf8") : undefined).to.equal(former);
      }
      pod.ensemble(now + 1);
      pod.start();
      expect(readFileSync(join(pod.data, "former-servers"), "utf8")).to.equal(`${now}\n`);
    });
  }

  it("writes no former number for a server that was not there", () => {
    pod.hurry();
    pod.start({ POD_NAME: "zk-3" });
    pod.ensemble(4);
    pod.answers({ srvr: serving });
    expect(pod.start({ POD_NAME: "zk-3" }).status).to.equal(0);
    expect(pod.exists("volume/data/former-servers")).to.equal(false);
  });

  describe("after the ensemble has grown by one server", () => {
    beforeEach(() => {
      pod.hurry();
      pod.start();
      pod.ensemble(4);
      pod.answers({ srvr: serving });
      pod.program("zkServer.sh", 'cat "$ZOOCFGDIR/zoo.cfg"; ls "$ZOOCFGDIR"');
    });

    it("starts with the full list, and watches whether the server joins", () => {
      pod.write("scripts/zookeeper-growing", `echo "watches $1" >"${pod.root}/watched"`);
      const { output } = pod.start();
      expect(output.match(/^server\.\d=/gm)).to.have.length(4);
      expect(readFileSync(join(pod.root, "watched"), "utf8")).to.match(/^watches \d+\n$/);
    });

    it("starts with the former list, and no other change, if that is requested", () => {
      pod.start();
      pod.write("bin/former-list", "");
      pod.write("conf/logback.xml", "");
      const { output } = pod.start();
      const all = readFileSync(join(pod.root, "conf/zoo.cfg"), "utf8");
      expect(output).to.contain(all.replace(/^server\.4=.*\n/m, ""));
      expect(output).to.contain("logback.xml").and.not.to.contain("server.4=");
      expect(readFileSync(join(pod.data, "servers"), "utf8")).to.equal("4\n");
    });

    it("starts the server again when it is told to, without ending, and with the list that is then requested", () => {
      pod.program(
        "zkServer.sh",
        `trap 'echo stopped; exit 143' TERM
grep -c ^server "$ZOOCFGDIR/zoo.cfg"
[ "$(cat "${pod.root}/times")" != done ] || exit 7
while :; do /bin/sleep 0.02; done`,
      );
      // The first time it requests the former list, then the full one, and in between it says for whom it watches.
      pod.write("times", "");
      pod.write(
        "scripts/zookeeper-growing",
        `echo "watches $1"
/bin/sleep 0.2
case $(cat "${pod.root}/times") in
'') touch "${pod.root}/bin/former-list"; echo once >"${pod.root}/times" ;;
once) rm "${pod.root}/bin/former-list"; echo done >"${pod.root}/times" ;;
*) exit ;;
esac
kill -USR1 "$1"`,
      );
      const { status, output } = pod.start();
      // What a server returns that ends by itself, the container returns.
      expect(status, output).to.equal(7);
      const [watches = "", ...others] = new Set(output.match(/^watches \d+$/gm));
      expect(watches).to.match(/^watches/);
      expect(others).to.deep.equal([]);
      expect(output.match(/^([0-9]|stopped)$/gm)).to.deep.equal(["4", "stopped", "3", "stopped", "4"]);
    });

    it("passes SIGTERM to the server, and ends with it", () => {
      pod.program(
        "zkServer.sh",
        `trap 'echo stopped; exit 143' TERM
kill -TERM $PPID
while :; do /bin/sleep 0.02; done`,
      );
      pod.write("scripts/zookeeper-growing", "");
      const { status, output } = pod.start();
      expect(status, output).to.equal(143);
      expect(output.match(/^stopped$/gm)).to.have.length(1);
    });

    it("is alive for a while after a restart, until the server answers", () => {
      pod.write("scripts/zookeeper-growing", `[ -e "${pod.root}/bin/restarted" ] || kill -USR1 "$1"`);
      pod.program("zkServer.sh", '[ -e "$ZK_BIN_DIR/restarted" ] || /bin/sleep 1');
      expect(pod.start().status).to.equal(0);
      const now = Number(readFileSync(join(pod.root, "bin/restarted"), "utf8"));
      pod.answers({});
      pod.write("now", String(now + 200));
      expect(pod.ask("alive")).to.equal(0);
      pod.write("now", String(now + 300));
      expect(pod.ask("alive")).to.equal(1);
      pod.write("now", String(now + 200));
      pod.answers({ ruok: "imok" });
      expect(pod.ask("alive")).to.equal(0);
      pod.answers({});
      expect(pod.ask("alive")).to.equal(1);
    });

    it("starts with the full list if the former number is unknown", () => {
      pod.start();
      pod.write("bin/former-list", "");
      rmSync(join(pod.data, "former-servers"));
      expect(pod.start().output.match(/^server\.\d=/gm)).to.have.length(4);
      expect(pod.exists("bin/former-list")).to.equal(false);
    });
  });

  /** Damaged contents of a file that should contain a number, and their descriptions. */
  const damaged: readonly (readonly [string, string])[] = [
    ["is empty", ""],
    ["is an empty line", "\n"],
    ["is a word", "abc\n"],
    ["has text after the number", "5 x\n"],
    ["has two numbers", "5\n3\n"],
    ["has zero bytes", "\0\0"],
    ["has a number and zero bytes", "5\n\0\0"],
    ["is zero", "0\n"],
    ["is negative", "-3\n"],
    ["is not a decimal number", "0x3\n"],
    ["is too large for a number of servers", "99999999999999999999\n"],
  ];

  for (const [what, text] of damaged) {
    it(`waits if the file with the earlier number of servers ${what}, until somebody accepts the loss`, () => {
      pod.hurry();
      pod.start();
      const file = join(pod.data, "servers");
      pod.write("volume/data/servers", text);
      pod.program(
        "sleep",
        `echo >>"${pod.root}/waited"; [ "$(wc -l <"${pod.root}/waited")" -ne 3 ] || rm -f "${file}"`,
      );
      const { status, output } = pod.start();
      expect(status, output).to.equal(0);
      expect(readFileSync(join(pod.root, "waited"), "utf8").length).to.be.at.least(3);
      expect(output.match(/does not contain the earlier number/g)).to.have.length(1);
      expect(output)
        .to.contain("more than 5, acknowledged writes may be on none of the 3 that are left")
        .and.to.contain(`run in this container: rm ${file}\n`)
        .and.to.contain("server start-foreground");
      expect(readFileSync(file, "utf8")).to.equal("3\n");
    });
  }

  it("continues when somebody writes the earlier number of servers", () => {
    pod.hurry();
    pod.start();
    const file = join(pod.data, "servers");
    pod.write("volume/data/servers", "");
    pod.program(
      "sleep",
      `echo >>"${pod.root}/waited"; [ "$(wc -l <"${pod.root}/waited")" -ne 3 ] || echo 5 >"${file}"`,
    );
    const { output } = pod.start();
    expect(output)
      .to.contain("does not contain the earlier number")
      .and.to.contain("server start-foreground");
    expect(output).not.to.contain("would shrink from 5");
    expect(readFileSync(file, "utf8")).to.equal("3\n");
  });

  it("reports the shrink for the number that somebody writes", () => {
    pod.hurry();
    pod.start();
    const file = join(pod.data, "servers");
    pod.write("volume/data/servers", "");
    pod.program(
      "sleep",
      `echo >>"${pod.root}/waited"
case $(wc -l <"${pod.root}/waited") in 3) echo 6 >"${file}" ;; 6) rm "${file}" ;; esac`,
    );
    const { output } = pod.start();
    expect(
      output.match(/^start-zookeeper: .*(does not contain the earlier number|would shrink from 6 servers)/gm),
    ).to.have.length(2);
    expect(output).to.contain("server start-foreground");
  });

  it("keeps the earlier number if it cannot write the new one", () => {
    pod.hurry();
    pod.start();
    for (const name of ["servers", "former-servers"]) {
      // This makes the write fail, as a full disk would.
      mkdirSync(join(pod.data, `${name}.new`));
      pod.ensemble(4);
      const { status, output } = pod.start();
      expect(status).not.to.equal(0);
      expect(output).not.to.contain("server start-foreground");
      expect(readFileSync(join(pod.data, "servers"), "utf8")).to.equal("3\n");
      rmSync(join(pod.data, `${name}.new`), { recursive: true });
    }
    pod.start();
    expect(readFileSync(join(pod.data, "servers"), "utf8")).to.equal("4\n");
    expect(readFileSync(join(pod.data, "former-servers"), "utf8")).to.equal("3\n");
    expect(readdirSync(pod.data).filter((name) => name.endsWith(".new"))).to.deep.equal([]);
  });

  it("closes the root beside the first server, if wanted, until that is done", () => {
    pod.hurry();
    pod.write("scripts/zookeeper-close-root", `echo "beside $1" >>"${pod.root}/closing"`);
    const closed = () => (pod.exists("closing") ? readFileSync(join(pod.root, "closing"), "utf8") : "");
    pod.start({ POD_NAME: "zk-0" });
    pod.start({ ZK_CLOSE_ROOT: "true", POD_NAME: "zk-1" });
    expect(closed()).to.equal("");
    pod.start({ ZK_CLOSE_ROOT: "true", POD_NAME: "zk-0" });
    expect(closed()).to.match(/^beside \d+\n$/);
    pod.write("volume/data/root-closed", "");
    pod.start({ ZK_CLOSE_ROOT: "true", POD_NAME: "zk-0" });
    expect(closed()).to.match(/^beside \d+\n$/);
  });

  it("starts with the full list if the former number is damaged, even if the former list is requested", () => {
    pod.hurry();
    pod.start();
    pod.ensemble(4);
    pod.answers({ srvr: serving });
    pod.program("zkServer.sh", 'cat "$ZOOCFGDIR/zoo.cfg"');
    pod.start();
    pod.write("scripts/zookeeper-growing", `echo >"${pod.root}/watched"`);
    for (const text of [...damaged.map(([, damage]) => damage), "1\n", "2\n", "5\n"]) {
      pod.write("volume/data/former-servers", text);
      pod.write("bin/former-list", "");
      expect(pod.start().output.match(/^server\.\d=/gm), JSON.stringify(text)).to.have.length(4);
      expect(pod.exists("bin/former-list")).to.equal(false);
    }
    expect(pod.exists("watched")).to.equal(false);
  });

  /** Makes df report these sizes and free spaces of the volume in KiB, one per call; the last one repeats. */
  const volume = (...answers: { size?: number; free: number }[]): void => {
    pod.write("answers", answers.map(({ size = 10218772, free }) => `${size} 24 ${free}\n`).join(""));
    pod.program(
      "df",
      `file="${pod.root}/answers"
echo "Filesystem 1024-blocks Used Available Capacity Mounted on"
echo "/dev/sdb $(head -n 1 "$file") 1% $2"
[ "$(wc -l <"$file")" -eq 1 ] || sed -i 1d "$file"`,
    );
  };

  const free = (...kibibytes: number[]): void => {
    volume(...kibibytes.map((each) => ({ free: each })));
  };

  it("waits for space on a full volume, touches nothing meanwhile, and logs once what to do", () => {
    // Three servers would also wait a moment for each other's names.
    pod.ensemble(1);
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
    // The fourth check is the second one beside the server.
    free(65536, 65536, 65536, 65535);
    pod.program("zkServer.sh", "trap 'echo stopped; exit 143' TERM; while :; do /bin/sleep 0.05; done");
    const { status, output } = pod.start();
    expect(status).to.equal(143);
    expect(output).to.contain("nearly full").and.to.contain("stopped");
  });

  it("starts if the free space is unknown", () => {
    pod.program("df", "exit 1");
    expect(pod.start().output).to.contain("server start-foreground");
  });

  /** Starts the server. @returns its flags */
  const flags = (variables: Record<string, string> = {}): string[] => {
    pod.program("zkServer.sh", 'echo "flags: $SERVER_JVMFLAGS"');
    const { status, output } = pod.start(variables);
    expect(status, output).to.equal(0);
    return (/^flags: (.*)$/m.exec(output)?.[1] ?? "none").split(" ").filter(Boolean);
  };

  // At most ZooKeeper's default is preallocated, and a log is at most a quarter of the heap. Within these limits, the
  // retained logs, one more than the snapshots, fit into half of the volume.
  for (const { size, retained, ahead, limit } of [
    { size: 256, retained: 3, ahead: 64, limit: 64 },
    { size: 8192, retained: 3, ahead: 128, limit: 1024 },
    { size: 1048576, retained: 3, ahead: 16384, limit: 131072 },
    { size: 4194304, retained: 20, ahead: 65536, limit: 99864 },
    { size: 10485760, retained: 3, ahead: 65536, limit: 131072 },
    { size: 524288000, retained: 3, ahead: 65536, limit: 131072 },
  ]) {
    it(`fits ${retained} snapshots and their logs into a volume of ${size} KiB`, () => {
      volume({ size, free: 65536 });
      const zooCfg = readFileSync(join(pod.root, "conf/zoo.cfg"), "utf8");
      pod.write("conf/zoo.cfg", zooCfg.replace("snapRetainCount=3", `snapRetainCount=${retained}`));
      expect(flags()).to.deep.equal([
        `-Dzookeeper.preAllocSize=${ahead}`,
        `-Dzookeeper.snapSizeLimitInKb=${limit}`,
      ]);
    });
  }

  it("reads the volume's size at each start", () => {
    for (const size of [1048576, 2097152]) {
      volume({ size, free: 65536 });
      expect(flags()).to.contain(`-Dzookeeper.preAllocSize=${size / 64}`);
    }
  });

  it("keeps the pod template's flags, and lets them override", () => {
    free(65536);
    expect(flags({ SERVER_JVMFLAGS: "-Done -Dtwo" }).slice(-3)).to.deep.equal([
      "-Dzookeeper.snapSizeLimitInKb=131072",
      "-Done",
      "-Dtwo",
    ]);
  });

  it("uses ZooKeeper's default log sizes if the volume's size is unknown", () => {
    pod.program("df", "exit 1");
    expect(flags({ SERVER_JVMFLAGS: "-Done" })).to.deep.equal(["-Done"]);
  });

  it("asks for names a moment later on a first start, because DNS caches remember that there was none", () => {
    pod.program("sleep", `[ "$1" != 1 ] || echo "waited $(cat "${pod.root}/asked" 2>/dev/null | wc -l)"`);
    expect(pod.start().output).to.match(/^waited 0$/m);
    mkdirSync(join(pod.data, "version-2"), { recursive: true });
    pod.write("volume/data/version-2/snapshot.0", "");
    expect(pod.start().output).not.to.contain("waited");
  });

  it("resolves the names of the other servers, but not its own", () => {
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

  it("does not let an empty disk vote once the ensemble has been bootstrapped, and logs what to do", () => {
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

  it("removes the epoch of a server that waited without a database, once it may vote", () => {
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

  it("starts at once when all names resolve", () => {
    expect(pod.start().seconds).to.be.lessThan(2);
  });

  it("waits a little for the last servers, and starts with a quorum", () => {
    pod.hurry();
    pod.resolves("zk-0");
    const { status, output } = pod.start();
    expect(status).to.equal(0);
    expect(output).to.contain("the names of 2 of 3 servers resolve after 3s: starting");
  });

  it("starts anyway if no other name resolves", () => {
    pod.hurry();
    pod.resolves();
    const { status, output } = pod.start();
    expect(status).to.equal(0);
    expect(output).to.contain("the names of 1 of 3 servers resolve after 10s: starting");
    expect(output).to.contain("server start-foreground");
  });

  it("restores a probe that somebody removed", () => {
    pod.start();
    rmSync(join(pod.root, "bin/zookeeper-ready"));
    pod.start();
    expect(pod.exists("bin/zookeeper-ready")).to.equal(true);
  });
});
