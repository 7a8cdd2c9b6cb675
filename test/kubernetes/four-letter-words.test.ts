import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";

import { expect } from "chai";

import { ask, askInPod, parseMntr, parseSrvr, statusFromMntr } from "../../kubernetes/four-letter-words.ts";

const notServing = "This ZooKeeper instance is not currently serving requests\n";

describe("a server's answer to srvr", () => {
  it("says its mode", () => {
    expect(parseSrvr("Zookeeper version: 3.9.5\nZxid: 0x100000006\nMode: leader\n").mode).to.equal("leader");
  });

  it("has no mode while the server is not in a quorum, or does not answer", () => {
    expect(parseSrvr(notServing).mode).to.equal(undefined);
    expect(parseSrvr("").mode).to.equal(undefined);
  });
});

describe("a server's answer to mntr", () => {
  const answer = [
    "zk_version\t3.9.5-1a2b, built on 2026-01-01",
    "zk_server_state\tleader",
    "zk_synced_followers\t2.0",
    'zk_jvm_memory_pool_bytes_max{pool="Tenured Gen"}\t3.57957632E8',
    "",
  ].join("\n");

  it("has a value for each name", () => {
    expect([...parseMntr(answer)]).to.deep.equal([
      ["zk_version", "3.9.5-1a2b, built on 2026-01-01"],
      ["zk_server_state", "leader"],
      ["zk_synced_followers", "2.0"],
      ['zk_jvm_memory_pool_bytes_max{pool="Tenured Gen"}', "3.57957632E8"],
    ]);
    expect([...parseMntr(notServing)]).to.deep.equal([]);
  });

  it("says the mode, and of a leader how many followers are in sync", () => {
    expect(statusFromMntr(answer)).to.deep.equal({ mode: "leader", syncedFollowers: 2 });
    expect(statusFromMntr("zk_server_state\tfollower\n")).to.deep.equal({ mode: "follower" });
    expect(statusFromMntr(notServing)).to.deep.equal({ mode: undefined });
  });
});

describe("asking a server", () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.close();
  });

  async function listen(serve: (socket: Socket) => void): Promise<number> {
    server = createServer(serve).listen(0, "127.0.0.1");
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  }

  it("sends the word and gives the whole answer", async () => {
    const port = await listen((socket) => {
      socket.on("data", (word) => {
        socket.write(`${word.toString()}: `);
        socket.end("imok");
      });
    });
    expect(await ask("127.0.0.1", "ruok", { port })).to.equal("ruok: imok");
  });

  it("gives nothing where nobody answers in time, nobody listens, or the server has no address", async () => {
    const port = await listen(() => undefined);
    expect(await ask("127.0.0.1", "srvr", { port, within: 50 })).to.equal("");
    server?.close();
    expect(await ask("127.0.0.1", "srvr", { port: 1 })).to.equal("");
    expect(await ask("", "srvr")).to.equal("");
  });

  it("is a shell command with nc in the server's pod", () => {
    expect(askInPod("srvr", 2183)).to.deep.equal(["sh", "-c", "printf srvr | nc -w 3 127.0.0.1 2183"]);
  });
});
