import { expect } from "chai";
import fc from "fast-check";

import { parseImage } from "../../../domain/image.ts";
import { parseType } from "../../../policy/kubernetes/object.ts";
import { inProduction, productionSettings } from "../../../policy/production.ts";
import { stackOf } from "../../../policy/reading/urn.ts";
import {
  hostsInCommand,
  pathsInCommand,
  pathsInZooCfg,
  serversInCommand,
  serversInList,
  serversInZooCfg,
} from "../../../policy/zookeeper/configuration.ts";
import { isExactTag, isFrom, parseVersion } from "../../../policy/zookeeper/image.ts";
import { isZooKeeperImage, mayBeZooKeeperImage } from "../../../policy/zookeeper/server-image.ts";
import { expandInShell } from "../../../policy/zookeeper/variables.ts";

describe("variables in a script's line", () => {
  it("are replaced as long as the text does not grow without end", () => {
    const expand = (line: string, length: number): string =>
      expandInShell(line, new Map([["A", { state: "known", place: "env", text: "a".repeat(length) }]]));
    const longest = 2 ** 17;
    expect(expand("$A ${A} $B", 1)).to.equal("a a $(B)");
    expect(expand("$A", longest)).to.have.length(longest);
    expect(expand("$A", longest + 1)).to.equal("$(A)");
    expect(expand("$A $A", longest).endsWith("a $(A)")).to.equal(true);
  });
});

describe("image references", () => {
  it("have exact tags and moving ones", () => {
    const exact = [
      "3.9.5",
      "v1.2.3",
      "3.9.5-jre",
      "1.0-3.4.10",
      "20240131",
      "build-20240131",
      "0123abc",
      "1.2.3_4",
    ];
    for (const tag of exact) {
      expect(isExactTag(tag), tag).to.equal(true);
    }
    const moving = [
      "latest",
      "3",
      "3.9",
      "stable",
      "main",
      "3.9-jre",
      "1.2.",
      "abc",
      "alpine3.20",
      "x1.2.3.4".slice(0, 4),
    ];
    for (const tag of moving) {
      expect(isExactTag(tag), tag).to.equal(false);
    }
  });

  it("have versions, also behind another product's", () => {
    expect(parseVersion("1.0-3.4.10")).to.deep.equal([3, 4, 10]);
    expect(parseVersion("3.9.5-debian-12-r0")).to.deep.equal([3, 9, 5]);
    expect(parseVersion("3.9")).to.equal(undefined);
  });

  it("come from places", () => {
    const from = (reference: string, ...places: string[]): boolean => {
      const image = parseImage(reference);
      return image !== undefined && isFrom(image, places);
    };
    expect(from("zookeeper", "docker.io")).to.equal(true);
    expect(from("zookeeper", "docker.io/library/")).to.equal(true);
    expect(from("zookeeper", "docker.io/library/zookeeper")).to.equal(true);
    expect(from("zookeeper", "docker.io/lib")).to.equal(false);
    expect(from("evil.io/docker.io/library/x", "docker.io/library")).to.equal(false);
    expect(from("europe-docker.pkg.dev/p/x", "*.pkg.dev")).to.equal(true);
    expect(from("evilpkg.dev/p/x", "*.pkg.dev")).to.equal(false);
    expect(from("europe-docker.pkg.dev/p/x", "*.pkg.dev/q")).to.equal(false);
    expect(from("zookeeper")).to.equal(false);
  });

  it("are ZooKeeper's by their last name, or may be by its last word", () => {
    const yes = [
      "zookeeper",
      "bitnami/zookeeper:3",
      "pravega/zookeeper",
      "registry.k8s.io/kubernetes-zookeeper:1.0",
      "confluentinc/cp-zookeeper@sha256:0",
      "a/cp_ZooKeeper",
      "hyperledger/fabric-zookeeper",
      "gcr.io/google_samples/k8szk:v3",
      "a/zk",
      "a/ubi8-zookeeper",
      "a/zookeeper-server",
      "a/zookeeper-k8s",
    ];
    for (const image of yes) {
      expect(isZooKeeperImage(image), image).to.equal(true);
    }
    const perhaps = [
      "gcr.io/p/spring-cloud-zookeeper:1.2.3",
      "a/app-with-zookeeper",
      "a/acme.ZooKeeper",
      "my-zk",
    ];
    for (const image of perhaps) {
      expect([isZooKeeperImage(image), mayBeZooKeeperImage(image)], image).to.deep.equal([false, true]);
    }
    const no = [
      "nginx",
      "zookeeper-exporter",
      "pravega/zookeeper-operator",
      "zookeeper/backup",
      "notzookeeper",
      "lzk",
      "zookeeper-client",
      "",
    ];
    for (const image of no) {
      expect([isZooKeeperImage(image), mayBeZooKeeperImage(image)], image).to.deep.equal([false, false]);
    }
  });
});

describe("ZooKeeper's configuration", () => {
  it("lists servers in a zoo.cfg", () => {
    const cfg =
      "# server.9=x\ntickTime=2000\r\nserver.1 = a:2888:3888;2181\nserver.2=b:2888:3888:participant\nserver.2=c:1:2\nserver.3=d:2888:3888:observer;2181\nserver.x=e";
    expect(serversInZooCfg(cfg)).to.deep.equal({ participants: 2, observers: 1, hosts: ["a", "c", "d"] });
    expect(serversInZooCfg("tickTime=2000")).to.equal(undefined);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), (n) => {
        const lines = Array.from({ length: n }, (_, i) => `server.${i + 1}=zk-${i}:2888:3888`);
        const hosts = lines.map((_, i) => `zk-${i}`);
        expect(serversInZooCfg(lines.join("\n"))).to.deep.equal({ participants: n, observers: 0, hosts });
        expect(serversInList(lines.join(" "))).to.deep.equal({ participants: n, observers: 0, hosts });
      }),
    );
  });

  it("lists servers in one line", () => {
    const list = (text: string) => serversInList(text)?.participants;
    expect(list("zk-0;zk-1;zk-2")).to.equal(3);
    expect(list("server.1=a:2888:3888;2181 server.2=b:2888:3888;2181")).to.equal(2);
    expect(list("server.1=a:2888:3888;2181,server.2=b:2888:3888;2181")).to.equal(2);
    expect(list("a:2888:3888::1,b:2888:3888::2 c:2888:3888::3")).to.equal(3);
    expect(list(" 5 ")).to.equal(5);
    expect(list(" ")).to.equal(undefined);
    expect(serversInList("a b:2888:3888:observer")).to.deep.equal({
      participants: 1,
      observers: 1,
      hosts: ["a", "b"],
    });
    expect(serversInList("3")?.hosts).to.deep.equal([]);
    expect(serversInList("1:a-0.b:2888:3888,2:c:2888 10.0.0.1:2888:3888")?.hosts).to.deep.equal([
      "a-0.b",
      "c",
      "10.0.0.1",
    ]);
    expect(serversInList("1@a:1:2,2@b.c:1 server.3=[::1]:2888 d@e f|g:1")?.hosts).to.deep.equal(
      // Only a number before the @ is a server's.
      ["a", "b.c", "::1", "d@e", "f"],
    );
  });

  it("lists hosts in what a script writes", () => {
    expect(hostsInCommand("echo 'server.1=a.b:2888:3888' >> x; echo server.2=$HOST:1")).to.deep.equal([
      "a.b",
      "$HOST",
    ]);
    expect(hostsInCommand("myserver.1=a; sed s/server.$ID=x//; server.one=a")).to.deep.equal([]);
  });

  it("says numbers and directories on the command line", () => {
    expect(serversInCommand("start-zookeeper --servers=3 --x")).to.deep.equal({
      participants: 3,
      observers: 0,
      hosts: [],
    });
    expect(serversInCommand("start --servers 5")?.participants).to.equal(5);
    expect(serversInCommand("start --my-servers=5")).to.equal(undefined);
    expect(pathsInCommand("start --data_dir=/a/data --data_log_dir='/b' --conf_dir=/c")).to.deep.equal([
      "/a/data",
      "/b",
    ]);
    expect(pathsInZooCfg("dataDir=/a\ndataLogDir=/b")).to.deep.equal(["/a", "/b"]);
    expect(pathsInZooCfg("dataDir=${DATA}")).to.deep.equal([]);
  });
});

describe("names of resources", () => {
  it("say group and kind", () => {
    expect(parseType("kubernetes:apps/v1:StatefulSet")).to.deep.equal({
      group: "apps",
      version: "v1",
      kind: "StatefulSet",
    });
    expect(parseType("kubernetes:core/v1:Pod")).to.deep.equal({ group: "", version: "v1", kind: "Pod" });
    expect(parseType("kubernetes:storage.k8s.io/v1beta1:StorageClass")).to.deep.equal({
      group: "storage.k8s.io",
      version: "v1beta1",
      kind: "StorageClass",
    });
    for (const type of [
      "kubernetes:helm.sh/v3:Release",
      "pulumi:providers:kubernetes",
      "gcp:container/cluster:Cluster",
    ]) {
      expect(parseType(type)?.kind === "StatefulSet", type).to.equal(false);
    }
    expect(parseType("kubernetes:yaml:ConfigFile")).to.equal(undefined);
  });

  it("say the stack, and whether it is in production", () => {
    expect(stackOf("urn:pulumi:prod-eu::project::type::name")).to.equal("prod-eu");
    expect(stackOf("nothing")).to.equal("");
    const settings = { productionStacks: productionSettings.productionStacks.fallback };
    const production = (stack: string) => inProduction(`urn:pulumi:${stack}::p::t::n`, settings);
    for (const stack of ["prod", "production", "live", "eu-prod", "PROD", "prod1", "zk.production"]) {
      expect(production(stack), stack).to.equal(true);
    }
    for (const stack of ["dev", "product", "reprod", "staging", "alive", "prodded"]) {
      expect(production(stack), stack).to.equal(false);
    }
  });
});
