import { connect } from "node:net";

const clientPort = 2181;
const createOperation = 1;
const closeOperation = -11;
const everyPermission = 31;
const ephemeral = 1;

const int = (value: number): Buffer => {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32BE(value);
  return buffer;
};
const long = (value: bigint): Buffer => {
  const buffer = Buffer.alloc(8);
  buffer.writeBigInt64BE(value);
  return buffer;
};
const text = (value: string): Buffer => Buffer.concat([int(Buffer.byteLength(value)), Buffer.from(value)]);
const packet = (...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([int(body.length), body]);
};

const session = packet(int(0), long(0n), int(4000), long(0n), text("\0".repeat(16)), Buffer.from([0]));
const close = packet(int(2), int(closeOperation));
const create = (path: string): Buffer =>
  packet(
    ...[int(1), int(createOperation), text(path), text("bench"), int(1), int(everyPermission)],
    ...[text("world"), text("anyone"), int(ephemeral)],
  );

/**
 * Whether the server at an address acknowledges a create, which only a quorum can. The node goes with the session.
 * @param within milliseconds to wait for the acknowledgement
 * @see https://github.com/apache/zookeeper/blob/release-3.9.5/zookeeper-jute/src/main/resources/zookeeper.jute
 */
export async function acknowledgesCreate(
  address: string,
  within: number,
  port = clientPort,
): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect({ host: address, port });
    let received = Buffer.alloc(0);
    let replies = 0;
    const end = (acknowledged: boolean): void => {
      clearTimeout(deadline);
      socket.destroy();
      resolve(acknowledged);
    };
    const deadline = setTimeout(end, within, false);
    // A server that does not serve closes the connection, or is not there yet.
    socket.on("error", () => {
      end(false);
    });
    socket.on("close", () => {
      end(false);
    });
    socket.on("connect", () => socket.write(session));
    socket.on("data", (data) => {
      received = Buffer.concat([received, data]);
      while (received.length >= 4 && received.length >= 4 + received.readInt32BE(0)) {
        const reply = received.subarray(4, 4 + received.readInt32BE(0));
        received = received.subarray(4 + reply.length);
        replies += 1;
        if (replies === 1) {
          socket.write(create(`/bench-${process.pid}-${performance.now()}`));
        }
        // The reply's header: xid (4 bytes), zxid (8), error (4).
        else if (reply.readInt32BE(12) !== 0) {
          end(false);
        } else {
          socket.write(close, () => {
            end(true);
          });
        }
      }
    });
  });
}
