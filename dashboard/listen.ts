import { once } from "node:events";
import type { Server } from "node:http";

/**
 * Lets a server listen on this machine only.
 * @param port 0 means a free one
 * @returns its address, such as `http://127.0.0.1:8090/`
 * @throws Error of the operating system, such as EADDRINUSE
 */
export async function listen(server: Server, port: number): Promise<string> {
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") {
    throw new Error(`the server listens at ${String(address)}, and not on a port`);
  }
  return `http://127.0.0.1:${address.port}/`;
}

/** Ends a server with its connections, of which browsers keep some open. */
export async function close(server: Server): Promise<void> {
  if (!server.listening) {
    return;
  }
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}
