import { createServer, type Server } from "node:http";

/** As much of an API server as tells its version, and that it serves nothing. */
const answers: Readonly<Record<string, object | undefined>> = {
  "/api": { kind: "APIVersions", versions: ["v1"] },
  "/apis": { kind: "APIGroupList", apiVersion: "v1", groups: [] },
  "/api/v1": { kind: "APIResourceList", groupVersion: "v1", resources: [] },
};

/** An API server of any version, on loopback. */
export class ApiServer {
  readonly #server: Server;
  /** A kubeconfig for it. */
  readonly kubeconfig: string;

  private constructor(server: Server) {
    this.#server = server;
    const address = server.address();
    const port = address !== null && typeof address === "object" ? address.port : 0;
    this.kubeconfig = JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "old", cluster: { server: `http://127.0.0.1:${port}` } }],
      contexts: [{ name: "old", context: { cluster: "old" } }],
      "current-context": "old",
    });
  }

  /** Starts one of this version, such as `v1.29.4`. */
  static async start(gitVersion: string): Promise<ApiServer> {
    const [major, minor] = gitVersion.replace("v", "").split(".");
    const server = createServer((request, response) => {
      const path = request.url?.split("?")[0] ?? "";
      const answer = path === "/version" ? { major, minor, gitVersion } : answers[path];
      response.setHeader("content-type", "application/json");
      if (path === "/openapi/v2") response.end();
      else if (answer === undefined) response.writeHead(404).end("{}");
      else response.end(JSON.stringify(answer));
    });
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    return new ApiServer(server);
  }

  /** Ends it. */
  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
