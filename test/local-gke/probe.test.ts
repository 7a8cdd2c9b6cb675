import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";

import { expect } from "chai";

import { askFromNode } from "../../local-gke/rack/probe.ts";
import { run } from "../../system/run.ts";

/** Answers `ask` with two lines and closes the connection, and nothing else ever. */
const server = `
  require("node:net").createServer((socket) => {
    socket.on("error", () => {}).on("data", (data) => {
      if (String(data) === "ask") socket.end("first\\nsecond\\n");
    });
  }).listen(2181, "127.0.0.1", () => console.log("listening"));`;

describe("what a node asks its pods", () => {
  const node = `probe-test-${process.pid}`;
  let listening: ChildProcess;

  before(async () => {
    await run("ip", ["netns", "add", node]);
    await run("ip", ["-netns", node, "link", "set", "lo", "up"]);
    const args = [`--net=/run/netns/${node}`, process.execPath, "-e", server];
    listening = spawn("nsenter", args, { stdio: ["ignore", "pipe", "inherit"] });
    if (listening.stdout !== null) {
      await once(listening.stdout, "data");
    }
  });
  after(async () => {
    listening.kill();
    await once(listening, "close");
    await run("ip", ["netns", "del", node]);
  });

  const ask = async (changed: Partial<Parameters<typeof askFromNode>[0]> = {}) =>
    await askFromNode({ node, address: "127.0.0.1", port: 2181, text: "ask", within: 5000, ...changed });

  it("is answered", async () => {
    expect(await ask()).to.equal("first\nsecond\n");
  });

  it("has an empty answer where there is none in time", async () => {
    expect(await ask({ text: "else", within: 300 })).to.equal("");
  });

  it("has an empty answer where nothing listens, and where there is no node or address", async () => {
    expect(await ask({ port: 2182 })).to.equal("");
    expect(await ask({ node: "probe-test-none" })).to.equal("");
    expect(await ask({ node: "" })).to.equal("");
    expect(await ask({ address: "" })).to.equal("");
  });
});
