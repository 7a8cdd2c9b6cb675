import { expect } from "chai";
import fc from "fast-check";

import { heapMebibytes, parseHeap } from "../../components/ensemble/heap.ts";
import { ensembleDefaults } from "../../components/ensemble/args.ts";
import { contentHash, renderFiles } from "../../components/ensemble/files.ts";
import { ensembleSettings } from "../../components/settings/ensemble.ts";
import type { Setting } from "../../components/settings/kit.ts";
import { renderZooCfg } from "../../components/ensemble/zoo-cfg.ts";
import { attachedDiskTypes, bootingDiskTypes } from "../../components/gke/disks.ts";
import { parseMachineType } from "../../domain/machine-type.ts";
import { allocatable, roomLeft } from "../../components/gke/room.ts";
import { isDnsLabel, isDnsSubdomain } from "../../domain/dns.ts";
import { isBefore, tagVersion } from "../../domain/image.ts";
import { formatBytes, gibibyte, mebibyte, parseQuantity } from "../../domain/quantity.ts";
import { editDistance, suggest } from "../../domain/suggest.ts";

const zk = { ...ensembleDefaults, name: "zk" };

describe("quantities", () => {
  const known: [string, number][] = [
    ["1", 1],
    ["500m", 0.5],
    [".5", 0.5],
    ["1Gi", gibibyte],
    ["1.5Gi", 1.5 * gibibyte],
    ["1G", 1e9],
    ["100Mi", 100 * mebibyte],
  ];
  for (const [text, value] of known) {
    it(`reads ${text}`, () => {
      expect(parseQuantity(text)).to.equal(value);
    });
  }

  for (const text of ["", "Gi", "1GB", "-1Gi", "1 Gi", "1gi", "0x10", "1.1.Gi", "constructor"]) {
    it(`does not read ${JSON.stringify(text)}`, () => {
      expect(parseQuantity(text)).to.equal(undefined);
    });
  }

  it("reads what it writes", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4096 }), (size) => {
        expect(parseQuantity(formatBytes(size * gibibyte))).to.equal(size * gibibyte);
      }),
    );
  });
});

describe("the heap", () => {
  it("is the tutorial's 512 MB for its 1 GiB", () => {
    expect(heapMebibytes("1Gi", undefined)).to.equal(512);
    expect(heapMebibytes("1Gi", "")).to.equal(512);
  });

  it("is what was asked for, in Java's or Kubernetes' words", () => {
    expect(heapMebibytes("4Gi", "1g")).to.equal(1024);
    expect(parseHeap("512M")).to.equal(512);
    expect(parseHeap("512Mi")).to.equal(512);
    expect(parseHeap("lots")).to.equal(undefined);
  });

  it("is always half of the memory, rounded down", () => {
    fc.assert(
      fc.property(fc.integer({ min: 256, max: 1e6 }), (size) => {
        expect(heapMebibytes(`${size}Mi`, undefined)).to.equal(Math.floor(size / 2));
      }),
    );
  });
});

describe("zoo.cfg", () => {
  const lines = renderZooCfg(zk).split("\n");

  const settings = Object.entries<Setting>(ensembleSettings).flatMap(([name, { zooCfg }]) =>
    zooCfg === undefined ? [] : [{ name, zooCfg }],
  );

  it("has the tutorial's values of settings", () => {
    expect(lines).to.include.members([
      "tickTime=2000",
      "initLimit=10",
      "syncLimit=5",
      "maxClientCnxns=60",
      "minSessionTimeout=4000",
      "maxSessionTimeout=40000",
      "autopurge.snapRetainCount=3",
      "4lw.commands.whitelist=srvr,ruok,mntr,stat,envi,conf,isro",
    ]);
  });

  it("has one line for each setting with a name in it", () => {
    for (const { name, zooCfg } of settings) {
      const text = renderZooCfg({ ...zk, [name]: [`value of ${name}`] });
      expect(text.split("\n").filter((line) => line.startsWith(`${zooCfg}=`))).to.deep.equal([
        `${zooCfg}=value of ${name}`,
      ]);
    }
  });

  it("has besides what today's ZooKeeper needs in Kubernetes", () => {
    const isSetting = (line: string) => settings.some(({ zooCfg }) => line.startsWith(`${zooCfg}=`));
    expect(lines.filter((line) => !isSetting(line))).to.deep.equal([
      "largeRequestThreshold=102400",
      "largeRequestMaxBytes=67108864",
      "dataDir=/var/lib/zookeeper/data",
      "dataLogDir=/var/lib/zookeeper/data/log",
      "standaloneEnabled=false",
      "reconfigEnabled=false",
      "electionPortBindRetry=0",
      "quorumListenOnAllIPs=false",
      "fastleader.maxNotificationInterval=2000",
      "fastleader.minNotificationInterval=50",
      "admin.enableServer=false",
      "admin.serverAddress=127.0.0.1",
      "admin.snapshot.enabled=false",
      "admin.restore.enabled=false",
      "metricsProvider.className=org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider",
      "metricsProvider.httpPort=7000",
      "server.1=zk-0.zk-hs.default.svc.cluster.local:2888:3888;2181",
      "server.2=zk-1.zk-hs.default.svc.cluster.local:2888:3888;2181",
      "server.3=zk-2.zk-hs.default.svc.cluster.local:2888:3888;2181",
      "",
    ]);
  });

  it("does not change with the volumes' size: they are grown without a roll-out", () => {
    expect(renderZooCfg({ ...zk, volumeSize: "1Gi" })).to.equal(renderZooCfg({ ...zk, volumeSize: "20Gi" }));
  });

  it("lets a server hold large requests of an eighth of its heap, or four of the largest", () => {
    const most = (changed: Partial<typeof zk>) =>
      /^largeRequestMaxBytes=(\d+)$/m.exec(renderZooCfg({ ...zk, ...changed }))?.[1];
    expect(most({ memory: "2Gi" })).to.equal("134217728");
    expect(most({ memory: "2Gi", heap: "400m" })).to.equal("52428800");
    expect(most({ memory: "256Mi", juteMaxBuffer: 4194304 })).to.equal("16777216");
  });

  it("names every server once", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99 }), (servers) => {
        const text = renderZooCfg({ ...zk, servers });
        expect(text.match(/^server\.\d+=/gm)).to.have.length(servers);
      }),
    );
  });

  it("is another ConfigMap when anything in it changes, and the same when nothing does", () => {
    expect(contentHash(renderFiles(zk))).to.equal(contentHash(renderFiles({ ...zk })));
    expect(contentHash(renderFiles(zk))).not.to.equal(contentHash(renderFiles({ ...zk, logLevel: "WARN" })));
  });
});

describe("machine types", () => {
  /** Machine types, and what Google's autoscaler predicts of them: MiB and thousandths of a core. */
  const predicted: readonly (readonly [string, number, number])[] = [
    ["e2-custom-2-4096", 2833, 1930],
    ["n2-standard-2", 8192 - 208 - 1819 - 100, 1930],
    ["n2-standard-4", 16384 - 336 - 2623 - 100, 3920],
    ["n2-standard-32", 131072 - 2128 - 9381 - 100, 31850],
    ["n2-standard-64", 262144 - 4176 - 12002 - 100, 63770],
    ["n1-highcpu-2", 1843 - 44 - 460 - 100 - 1, 1930],
    ["e2-medium", 2833, 940],
    ["e2-micro", 1024 - 32 - 256 - 100, 940],
    ["f1-micro", 614 - 25 - 255 - 100 - 1, 940],
  ];
  for (const [name, memory, cpu] of predicted) {
    it(`leaves ${memory} MiB and ${cpu}m of ${name}`, () => {
      expect(allocatable(name)).to.deep.equal({ memory, cpu });
    });
  }

  it("is within 1 % of what a node of GKE 1.36 had: n2-standard-4, 13591652Ki", () => {
    expect(allocatable("n2-standard-4")?.memory).to.be.closeTo(13591652 / 1024, 13591652 / 1024 / 100);
  });

  it("leaves 2009 MiB and 1436m of the default machine beside GKE's own pods, on the fullest node 1604 and 1053", () => {
    expect(roomLeft("e2-custom-2-4096")).to.deep.equal({
      most: { memory: 2009, cpu: 1436 },
      least: { memory: 1604, cpu: 1053 },
    });
    expect(roomLeft("e2-micro")).to.deep.equal({
      most: { memory: 0, cpu: 446 },
      least: { memory: 0, cpu: 63 },
    });
    expect(roomLeft("x9-standard-2")).to.equal(undefined);
  });

  it("never leaves less of a larger machine", () => {
    const steps = fc.integer({ min: 4, max: 64 });
    fc.assert(
      fc.property(steps, steps, (one, other) => {
        const [less, more] = [Math.min(one, other), Math.max(one, other)].map((n) =>
          allocatable(`e2-custom-2-${256 * n}`),
        );
        if (less === undefined || more === undefined) {
          throw new Error("a machine type was not known");
        }
        expect(less.memory).to.be.at.most(more.memory);
        expect(less.memory).to.be.above(0);
      }),
    );
  });

  const disks: readonly (readonly [string, string[], string[]])[] = [
    ["e2-custom-2-4096", ["pd-standard", "pd-balanced", "pd-ssd"], ["pd-standard", "pd-balanced", "pd-ssd"]],
    [
      "c3-standard-4",
      ["pd-balanced", "pd-ssd", "hyperdisk-balanced"],
      ["pd-balanced", "pd-ssd", "hyperdisk-balanced"],
    ],
    [
      "c3-standard-88",
      ["pd-balanced", "pd-ssd", "hyperdisk-balanced"],
      ["pd-balanced", "pd-ssd", "hyperdisk-balanced", "hyperdisk-extreme"],
    ],
    ["n4-standard-2", ["hyperdisk-balanced"], ["hyperdisk-balanced"]],
    ["custom-2-4096", ["pd-standard", "pd-balanced", "pd-ssd"], ["pd-standard", "pd-balanced", "pd-ssd"]],
  ];
  for (const [name, boots, attaches] of disks) {
    it(`${name} boots from ${boots.join(", ")}, and attaches ${attaches.join(", ")}`, () => {
      const machine = parseMachineType(name);
      if (machine === undefined) {
        throw new Error(`${name} is not known`);
      }
      expect(bootingDiskTypes(machine)).to.deep.equal(boots);
      expect(attachedDiskTypes(machine)).to.deep.equal(attaches);
    });
  }

  it("of every series boot from some disk, and attach it", () => {
    for (const name of [
      ...[
        "e2-medium",
        "f1-micro",
        "g1-small",
        "n1-standard-1",
        "n2-standard-2",
        "n2d-standard-2",
        "n4-standard-2",
      ],
      ...["c2-standard-4", "c2d-standard-2", "c3-standard-4", "c3d-standard-4", "c4-standard-2"],
      ...["t2d-standard-1", "t2a-standard-1"],
    ]) {
      const machine = parseMachineType(name);
      if (machine === undefined) {
        throw new Error(`${name} is not known`);
      }
      expect(bootingDiskTypes(machine), name).not.to.deep.equal([]);
    }
  });
});

describe("names and images", () => {
  it("knows DNS labels and names", () => {
    expect(isDnsLabel("zk")).to.equal(true);
    for (const text of ["", "ZK", "1zk", "zk-", "a.b", "a".repeat(64)]) {
      expect(isDnsLabel(text)).to.equal(false);
    }
    expect(isDnsSubdomain("cluster.local")).to.equal(true);
    expect(isDnsSubdomain("cluster..local")).to.equal(false);
  });

  it("compares versions as numbers", () => {
    expect(tagVersion("3.9.5-jre-17")).to.deep.equal([3, 9, 5]);
    expect(tagVersion("3.10")).to.equal(undefined);
    expect(tagVersion("latest")).to.equal(undefined);
    expect(isBefore([3, 9, 4], [3, 9, 5])).to.equal(true);
    expect(isBefore([3, 10, 0], [3, 9, 5])).to.equal(false);
    expect(isBefore([3, 9, 5], [3, 9, 5])).to.equal(false);
  });
});

describe("suggestions", () => {
  it("finds what was meant, and nothing when nothing is near", () => {
    expect(suggest("nodeCuont", ["nodeCount", "location"])).to.equal("nodeCount");
    expect(suggest("Servers", ["servers"])).to.equal("servers");
    expect(suggest("banana", ["servers", "location"])).to.equal(undefined);
  });

  it("measures a distance", () => {
    const word = fc.string({ maxLength: 12 });
    fc.assert(
      fc.property(word, word, word, (a, b, c) => {
        expect(editDistance(a, a)).to.equal(0);
        expect(editDistance(a, b)).to.equal(editDistance(b, a));
        expect(editDistance(a, c)).to.be.at.most(editDistance(a, b) + editDistance(b, c));
      }),
    );
  });
});
