import { createServer, type Server } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";

import type { ApiAccess } from "../../dashboard/configuration.ts";
import { close } from "../../dashboard/listen.ts";
import { Authority } from "../fixtures/certificates.ts";

/** What a cluster has. */
export interface Contents {
  readonly pods: readonly object[];
  readonly nodes: readonly object[];
  /** What the kubelets answer, by the names of their nodes. */
  readonly kubelets: Readonly<Record<string, string>>;
}

/** A stand-in for the API of a cluster, with fixed objects. Clients need a certificate. */
export class StubApi {
  readonly #authority = new Authority();
  readonly #certificates = this.#authority.issue({ names: ["localhost"] });
  readonly #server: Server;
  #port = 0;

  constructor(contents: Contents) {
    const { "tls.key": key, "tls.crt": cert, "ca.crt": ca } = this.#certificates;
    const options = { key, cert, ca, requestCert: true, rejectUnauthorized: true };
    this.#server = createServer(options, (request, response) => {
      answer(request, response, contents);
    });
  }

  /** Lets it listen. */
  async start(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, "127.0.0.1", resolve);
    });
    const address = this.#server.address();
    this.#port = address === null || typeof address === "string" ? 0 : address.port;
  }

  get access(): ApiAccess {
    const { "tls.key": key, "tls.crt": certificate, "ca.crt": ca } = this.#certificates;
    return { address: `localhost:${this.#port}`, ca, certificate, key };
  }

  /** The content of a kubeconfig. */
  get kubeconfig(): string {
    const { address, ca, certificate, key } = this.access;
    const encoded = (text: string): string => Buffer.from(text).toString("base64");
    return JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      "current-context": "stub",
      contexts: [{ name: "stub", context: { cluster: "stub", user: "stub" } }],
      clusters: [
        {
          name: "stub",
          cluster: { server: `https://${address}`, "certificate-authority-data": encoded(ca) },
        },
      ],
      users: [
        {
          name: "stub",
          user: { "client-certificate-data": encoded(certificate), "client-key-data": encoded(key) },
        },
      ],
    });
  }

  async stop(): Promise<void> {
    await close(this.#server);
    this.#authority.remove();
  }
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { pods, nodes, kubelets }: Contents,
): void {
  const { pathname, searchParams } = new URL(request.url ?? "", "https://stub");
  const send = (status: number, value: object): void => {
    response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(value));
  };
  const failure = (code: number, reason: string): void => {
    send(code, { apiVersion: "v1", kind: "Status", status: "Failure", reason, code });
  };
  const [, node] = /^\/api\/v1\/nodes\/([^/]+)\/proxy\/metrics$/.exec(pathname) ?? [];
  const lists: Readonly<Record<string, readonly [kind: string, items: readonly object[]]>> = {
    "/api/v1/namespaces/shop/pods": ["PodList", pods],
    "/api/v1/nodes": ["NodeList", nodes],
  };
  const list = lists[pathname];
  if (node !== undefined && kubelets[node] !== undefined) {
    response.writeHead(200, { "Content-Type": "text/plain; version=0.0.4" }).end(kubelets[node]);
  } else if (list === undefined) {
    failure(404, "NotFound");
  } else if (searchParams.get("sendInitialEvents") === "true") {
    // As servers answer that cannot send a list as events.
    failure(422, "Invalid");
  } else if (searchParams.get("watch") !== null) {
    // Nothing ever changes.
    response.writeHead(200, { "Content-Type": "application/json" }).flushHeaders();
  } else {
    const [kind, items] = list;
    send(200, { apiVersion: "v1", kind, metadata: { resourceVersion: "1" }, items });
  }
}
