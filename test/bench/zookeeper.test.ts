import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";

import { expect } from "chai";

import { acknowledgesCreate } from "../../bench/zookeeper.ts";

/** A server that answers each packet with the next of these replies, and closes when there is none. */
async function serve(
  replies: readonly Buffer[],
): Promise<{ port: number; packets: Buffer[]; close: () => void }> {
  const packets: Buffer[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.on("data", (data) => {
      packets.push(data);
      const reply = replies[packets.length - 1];
      if (reply === undefined) {
        socket.end();
      } else {
        socket.write(reply);
      }
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, packets, close: () => server.close() };
}

function packet(body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length);
  return Buffer.concat([length, body]);
}

/** A reply's header: xid 1, zxid 5, and an error code, 0 for none. */
function reply(error: number): Buffer {
  const header = Buffer.alloc(16);
  header.writeInt32BE(1);
  header.writeBigInt64BE(5n, 4);
  header.writeInt32BE(error, 12);
  return packet(header);
}

const connected = packet(Buffer.alloc(37));

describe("whether a create is acknowledged", () => {
  const ask = async (replies: readonly Buffer[]) => {
    const { port, packets, close } = await serve(replies);
    const acknowledged = await acknowledgesCreate("127.0.0.1", 500, port);
    close();
    return { acknowledged, packets };
  };

  it("is yes when the server says so", async () => {
    const { acknowledged, packets } = await ask([connected, reply(0)]);
    expect(acknowledged).to.equal(true);
    expect(packets[1]?.toString("latin1")).to.match(/\/bench-\d+/);
  });

  it("is no when the server rejects the create, closes the connection, or says nothing", async () => {
    expect((await ask([connected, reply(-4)])).acknowledged).to.equal(false);
    expect((await ask([])).acknowledged).to.equal(false);
    expect((await ask([Buffer.alloc(0), Buffer.alloc(0)])).acknowledged).to.equal(false);
  });
});
