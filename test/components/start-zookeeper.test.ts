import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { ScriptedPod } from "./scripted-pod.ts";

/** What a server that is in a quorum answers to srvr. */
const serving = "Zookeeper version: 3.9.5\\nMode: follower\\n";

describe("start-zookeeper", () => {
  let pod: ScriptedPod;

  beforeEach(() => {
    pod = new ScriptedPod();
  });

  afterEach(() => {
    pod.remove();
  });

  it("makes the ordinal the server's id, and becomes the server", () => {
    const { status, output } = pod.start();
    expect(status, output).to.equal(0);
    expect(readFileSync(join(pod.data, "myid"), "utf8")).to.equal("2\n");
    expect(output).to.match(/server start-foreground as \d+ with id 2/);
    expect(pod.start({ POD_NAME: "a-b-11" }).output).to.contain("with id 12");
  });

  it("says at once that the cluster has another domain than the servers' names, and touches nothing", () => {
    pod.searches("default.svc.k8s.corp", "svc.k8s.corp", "k8s.corp", "corp");
    const { status, output } = pod.start();
    expect(status).to.equal(1);
    expect(output).to.equal(
      "start-zookeeper: clusterDomain is cluster.local, but the domain of this cluster is k8s.corp: " +
        "the servers cannot find each other. Set clusterDomain to k8s.corp, run pulumi up, " +
        "and delete each pod that still says this\n",
    );
    expect(pod.exists("volume/data")).to.equal(false);
  });

  for (const { what, domains } of [
    { what: "also searches elsewhere", domains: ["default.svc.k8s.corp", "default.svc.cluster.local"] },
    { what: "searches another namespace of another cluster", domains: ["other.svc.k8s.corp"] },
    { what: "searches in no cluster", domains: ["corp.example", "svc.k8s.corp"] },
    { what: "writes its domain in another way", domains: ["default.svc.Cluster.Local."] },
  ]) {
    it(`starts where the pod ${what}`, () => {
      pod.searches(...domains);
      expect(pod.start().output).to.contain("server start-foreground");
    });
  }

  it("starts where the pod searches nowhere, or has no such file", () => {
    pod.write("resolv.conf", "nameserver 10.0.0.10\n");
    expect(pod.start().output).to.contain("server start-foreground");
    expect(pod.start({ ZK_RESOLV_CONF: "/nowhere" }).output).to.contain("server start-foreground");
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

  for (const { before, now, former } of [
    { before: 3, now: 4, former: "3\n" },
    { before: 5, now: 6, former: "5\n" },
    { before: 4, now: 5, former: undefined },
    { before: 3, now: 5, former: undefined },
    { before: 4, now: 3, former: undefined },
  ]) {
    const what = former === undefined ? "nothing" : "that it was so";
    it(`notes ${what} where there were ${before} servers and are ${now}`, () => {
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
      expect(pod.exists("volume/data/former-servers")).to.equal(now % 2 === 1);
    });
  }

  describe("after one more server has come", () => {
    beforeEach(() => {
      pod.hurry();
      pod.start();
      pod.ensemble(4);
      pod.answers({ srvr: serving });
      pod.program("zkServer.sh", 'cat "$ZOOCFGDIR/zoo.cfg"; ls "$ZOOCFGDIR"');
    });

    it("starts with the list of all, and watches whether it joins", () => {
      pod.write("scripts/zookeeper-growing", `echo "watches $1" >"${pod.root}/watched"`);
      const { output } = pod.start();
      expect(output.match(/^server\.\d=/gm)).to.have.length(4);
      expect(readFileSync(join(pod.root, "watched"), "utf8")).to.match(/^watches \d+\n$/);
    });

    it("starts with the former list, and nothing else changed, where that is asked for", () => {
      pod.start();
      pod.write("bin/former-list", "");
      pod.write("conf/logback.xml", "");
      const { output } = pod.start();
      const all = readFileSync(join(pod.root, "conf/zoo.cfg"), "utf8");
      expect(output).to.contain(all.replace(/^server\.4=.*\n/m, ""));
      expect(output).to.contain("logback.xml").and.not.to.contain("server.4=");
      expect(readFileSync(join(pod.data, "servers"), "utf8")).to.equal("4\n");
    });

    it("starts with the list of all where nobody knows any more what the former one was", () => {
      pod.start();
      pod.write("bin/former-list", "");
      rmSync(join(pod.data, "former-servers"));
      expect(pod.start().output.match(/^server\.\d=/gm)).to.have.length(4);
      expect(pod.exists("bin/former-list")).to.equal(false);
    });
  });

  /** What can stand in a file whose number nobody wrote so. */
  const damaged: readonly (readonly [string, string])[] = [
    ["is empty", ""],
    ["is a line without anything", "\n"],
    ["is a word", "abc\n"],
    ["has more than a number", "5 x\n"],
    ["has two numbers", "5\n3\n"],
    ["has zeros of a disk", "\0\0"],
    ["has a number and zeros of a disk", "5\n\0\0"],
    ["is zero", "0\n"],
    ["is negative", "-3\n"],
    ["is no decimal number", "0x3\n"],
    ["is beyond every number of servers", "99999999999999999999\n"],
  ];

  for (const [what, text] of damaged) {
    it(`waits where its note of how many servers there were ${what}, until somebody says that it may start`, () => {
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
      expect(output.match(/does not say how many/g)).to.have.length(1);
      expect(output)
        .to.contain("of more than 5, what they acknowledged could be on none of the 3 that are to be")
        .and.to.contain(`rm ${file} here`)
        .and.to.contain("server start-foreground");
      expect(readFileSync(file, "utf8")).to.equal("3\n");
    });
  }

  it("goes on where somebody writes how many servers there were", () => {
    pod.hurry();
    pod.start();
    const file = join(pod.data, "servers");
    pod.write("volume/data/servers", "");
    pod.program(
      "sleep",
      `echo >>"${pod.root}/waited"; [ "$(wc -l <"${pod.root}/waited")" -ne 3 ] || echo 5 >"${file}"`,
    );
    const { output } = pod.start();
    expect(output).to.contain("does not say how many").and.to.contain("server start-foreground");
    expect(output).not.to.contain("there were 5");
    expect(readFileSync(file, "utf8")).to.equal("3\n");
  });

  it("says what is wrong with the number that somebody writes", () => {
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
    expect(output.match(/^start-zookeeper: .*(does not say how many|there were 6 servers)/gm)).to.have.length(
      2,
    );
    expect(output).to.contain("server start-foreground");
  });

  it("keeps what it had noted where it cannot write the new number", () => {
    pod.hurry();
    pod.start();
    for (const name of ["servers", "former-servers"]) {
      // What stands for a full disk: the new text finds no place.
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

  it("starts with the list of all where its note of the former number is damaged, whatever is asked for", () => {
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

  /**
   * Makes df tell a volume's size and what is free on it, in KiB, one after the other, and the last one from then on.
   */
  const volume = (...looks: { size?: number; free: number }[]): void => {
    pod.write("looks", looks.map(({ size = 10218772, free }) => `${size} 24 ${free}\n`).join(""));
    pod.program(
      "df",
      `file="${pod.root}/looks"
echo "Filesystem 1024-blocks Used Available Capacity Mounted on"
echo "/dev/sdb $(head -n 1 "$file") 1% $2"
[ "$(wc -l <"$file")" -eq 1 ] || sed -i 1d "$file"`,
    );
  };

  const free = (...kibibytes: number[]): void => {
    volume(...kibibytes.map((each) => ({ free: each })));
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
    // The fourth look is the second one beside the server.
    free(65536, 65536, 65536, 65535);
    pod.program("zkServer.sh", "trap 'echo stopped; exit 143' TERM; while :; do /bin/sleep 0.05; done");
    const { status, output } = pod.start();
    expect(status).to.equal(143);
    expect(output).to.contain("nearly full").and.to.contain("stopped");
  });

  it("starts where nothing tells what is free", () => {
    pod.program("df", "exit 1");
    expect(pod.start().output).to.contain("server start-foreground");
  });

  /** The flags that the server gets. */
  const flags = (variables: Record<string, string> = {}): string[] => {
    pod.program("zkServer.sh", 'echo "flags: $SERVER_JVMFLAGS"');
    const { status, output } = pod.start(variables);
    expect(status, output).to.equal(0);
    return (/^flags: (.*)$/m.exec(output)?.[1] ?? "none").split(" ").filter(Boolean);
  };

  // ZooKeeper's default bounds what is allocated ahead, and a quarter of the heap a log. Below, the retained logs, one
  // more than snapshots, fit into half of the volume.
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

  it("takes the volume's size as it is at each start", () => {
    for (const size of [1048576, 2097152]) {
      volume({ size, free: 65536 });
      expect(flags()).to.contain(`-Dzookeeper.preAllocSize=${size / 64}`);
    }
  });

  it("keeps the flags that there are, and lets them win", () => {
    free(65536);
    expect(flags({ SERVER_JVMFLAGS: "-Done -Dtwo" }).slice(-3)).to.deep.equal([
      "-Dzookeeper.snapSizeLimitInKb=131072",
      "-Done",
      "-Dtwo",
    ]);
  });

  it("leaves the logs' sizes to ZooKeeper where nothing tells the volume's", () => {
    pod.program("df", "exit 1");
    expect(flags({ SERVER_JVMFLAGS: "-Done" })).to.deep.equal(["-Done"]);
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
