import { expect } from "chai";

import { parseZooCfg } from "../../domain/zoo-cfg.ts";
import { dataOf, isClientLog, serverLines } from "../../verify/zookeeper.ts";

describe("verify: what ZooKeeper says", () => {
  it("reads zoo.cfg with comments, blanks and the tutorial's spaces", () => {
    const settings = parseZooCfg("# a comment\n\nclientPort=2181\nminSessionTimeout= 4000\n a.b = c=d \n");
    expect([...settings]).to.deep.equal([
      ["clientPort", "2181"],
      ["minSessionTimeout", "4000"],
      ["a.b", "c=d"],
    ]);
  });

  it("reads server lines old and new, sorted by id", () => {
    const file = [
      "server.3=zk-2.zk-hs.default.svc.cluster.local:2888:3888:observer;0.0.0.0:2183",
      "server.1=zk-0.zk-hs.default.svc.cluster.local:2888:3888",
      "server.2=zk-1.zk-hs.default.svc.cluster.local:2888:3888;2181",
      "server.x=nobody:1:2",
    ];
    const lines = serverLines(parseZooCfg(file.join("\n")));
    expect(lines.map(({ id, clientPort, clientAddress }) => [id, clientPort, clientAddress])).to.deep.equal([
      [1, undefined, undefined],
      [2, 2181, undefined],
      [3, 2183, "0.0.0.0"],
    ]);
    expect(lines[1]?.host).to.equal("zk-1.zk-hs.default.svc.cluster.local");
  });

  const log =
    "2026-11-21 05:32:39,115 [myid:] - INFO  [main:o.a.z.u.ServiceUtils@45] - Exiting JVM with code 0";

  it("finds a node's data as zkCli.sh 3.9 prints it, between lines of its log", () => {
    expect(
      dataOf(`Connecting to localhost:2181\n\nWATCHER::\n\nWatchedEvent state\nworld\n${log}\n`),
    ).to.equal("world");
  });

  it("finds a node's data as zkCli.sh 3.4 prints it, before the node's state", () => {
    expect(dataOf("WATCHER::\n\nworld\ncZxid = 0x100000002\nnumChildren = 0\n")).to.equal("world");
    expect(dataOf("")).to.equal("");
  });

  it("knows the client's log from a server's answer", () => {
    expect(isClientLog(log)).to.equal(true);
    expect(isClientLog("2026-11-21 05:32:39,115 is the data")).to.equal(false);
  });
});
