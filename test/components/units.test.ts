import { expect } from "chai";
import fc from "fast-check";
import { heapMebibytes, parseHeap } from "../../components/ensemble/heap.ts";
import { ensembleDefaults } from "../../components/ensemble/args.ts";
import { contentHash, renderFiles } from "../../components/ensemble/files.ts";
import { renderZooCfg } from "../../components/ensemble/zooCfg.ts";
import { allocatableCpu, allocatableMemory, parseMachineType } from "../../components/gke/machineType.ts";
import { overlaps, parseCidr } from "../../components/units/cidr.ts";
import { isDnsLabel, isDnsSubdomain } from "../../components/units/dns.ts";
import { isBefore, parseImage, tagVersion } from "../../components/units/image.ts";
import { formatBytes, gibibyte, mebibyte, parseQuantity } from "../../components/units/quantity.ts";
import { editDistance, suggest } from "../../components/units/suggest.ts";

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

  it("is the tutorial's, with what today's ZooKeeper needs in Kubernetes", () => {
    expect(lines).to.deep.equal([
      "tickTime=2000",
      "initLimit=10",
      "syncLimit=5",
      "dataDir=/var/lib/zookeeper/data",
      "dataLogDir=/var/lib/zookeeper/data/log",
      "maxClientCnxns=60",
      "maxCnxns=2000",
      "enforceQuota=true",
      "largeRequestThreshold=102400",
      "largeRequestMaxBytes=67108864",
      "minSessionTimeout=4000",
      "maxSessionTimeout=40000",
      "autopurge.snapRetainCount=3",
      "autopurge.purgeInterval=1",
      "standaloneEnabled=false",
      "reconfigEnabled=false",
      "4lw.commands.whitelist=srvr,ruok,mntr,stat,envi,conf,isro",
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
  it("knows custom, predefined and shared ones", () => {
    expect(parseMachineType("e2-custom-2-4096")).to.deep.equal({
      series: "e2",
      cpus: 2,
      memory: 4 * gibibyte,
    });
    expect(parseMachineType("custom-2-4096")).to.deep.include({ series: "n1", cpus: 2 });
    expect(parseMachineType("n2d-standard-4")).to.deep.equal({
      series: "n2d",
      cpus: 4,
      memory: 16 * gibibyte,
    });
    expect(parseMachineType("e2-medium")).to.deep.include({ memory: 4 * gibibyte });
  });

  for (const text of [
    "",
    "e2",
    "e2-custom-3-4096",
    "e2-custom-2-4000",
    "e2-custom-2-65536",
    "c2-custom-2-4096",
    "x9-standard-2",
  ]) {
    it(`does not know ${JSON.stringify(text)}`, () => {
      expect(parseMachineType(text)).to.equal(undefined);
    });
  }

  it("leaves 2.9 GiB and 1930m of the default machine", () => {
    expect(formatBytes(allocatableMemory(4 * gibibyte))).to.equal("2.9Gi");
    expect(Math.round(allocatableCpu("e2-custom-2-4096", 2) * 1000)).to.equal(1930);
    expect(allocatableCpu("e2-medium", 2)).to.equal(0.94);
  });

  it("never leaves less of a larger machine", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 1, max: 3000 }), (one, other) => {
        const [less, more] = [Math.min(one, other), Math.max(one, other)];
        expect(allocatableMemory(less * gibibyte)).to.be.at.most(allocatableMemory(more * gibibyte));
        expect(allocatableMemory(more * gibibyte)).to.be.lessThan(more * gibibyte);
      }),
    );
  });
});

describe("CIDR blocks", () => {
  it("are read, and refused when an address has host bits", () => {
    expect(parseCidr("10.0.0.0/8")).to.deep.equal({ first: 10 * 2 ** 24, size: 2 ** 24, prefix: 8 });
    expect(parseCidr("0.0.0.0/0")).to.deep.include({ prefix: 0 });
    for (const text of [
      "10.0.0.1/8",
      "10.0.0.0",
      "256.0.0.0/8",
      "10.0.0.0/33",
      "::/0",
      "010.0.0.0/8",
      "10.0.0.0/08",
      "",
    ]) {
      expect(parseCidr(text)).to.equal(undefined);
    }
  });

  it("overlap with what they contain, and not with their neighbours", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 254 }), fc.integer({ min: 0, max: 254 }), (a, b) => {
        const [block, inside, next] = [`${a}.${b}.0.0/16`, `${a}.${b}.8.0/24`, `${a}.${b + 1}.0.0/16`].map(
          parseCidr,
        );
        if (block === undefined || inside === undefined || next === undefined) {
          throw new Error("a block was not read");
        }
        expect(overlaps(block, inside)).to.equal(true);
        expect(overlaps(inside, block)).to.equal(true);
        expect(overlaps(block, next)).to.equal(false);
      }),
    );
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

  it("takes an image reference apart", () => {
    const digest = `sha256:${"0".repeat(64)}`;
    expect(parseImage("localhost:5000/zookeeper:3.9.5")).to.deep.equal({
      repository: "localhost:5000/zookeeper",
      tag: "3.9.5",
      digest: undefined,
    });
    expect(parseImage(`docker.io/library/zookeeper:3.9.5@${digest}`)).to.deep.include({
      tag: "3.9.5",
      digest,
    });
    expect(parseImage("zookeeper")).to.deep.include({ repository: "zookeeper", tag: undefined });
    expect(parseImage("zoo keeper:1")).to.equal(undefined);
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
