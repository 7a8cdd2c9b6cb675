import { createServer, type Server } from "node:http";

import { expect } from "chai";

import { ClusterReader, patiently, Unreachable } from "../../components/live/reader.ts";

/** What an API server answers, by path: a status, and a body. */
type Answers = Record<string, readonly [status: number, body: object]>;

describe("a reader of a cluster", () => {
  const servers: Server[] = [];
  after(() => {
    for (const server of servers) {
      server.close();
      server.closeAllConnections();
    }
  });

  /** Starts an API server. @returns a kubeconfig for it */
  async function start(answers: Answers): Promise<string> {
    const server = createServer((request, response) => {
      const [status, body] = answers[request.url ?? ""] ?? [404, { kind: "Status", code: 404 }];
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    return JSON.stringify({
      clusters: [{ name: "lab", cluster: { server: `http://127.0.0.1:${port}` } }],
      contexts: [{ name: "lab", context: { cluster: "lab" } }],
      "current-context": "lab",
    });
  }

  const version: Answers = { "/version": [200, { gitVersion: "v1.34.3" }] };
  const claim = { namespace: "default", name: "datadir-zk-0" };
  const path = "/api/v1/namespaces/default/persistentvolumeclaims/datadir-zk-0";

  it("takes what is not there, and what it may not see, for nothing", async () => {
    for (const [status, found] of [
      [200, "datadir-zk-0"],
      [403, undefined],
      [404, undefined],
    ] as const) {
      const kubeconfig = await start({ ...version, [path]: [status, { metadata: { name: claim.name } }] });
      const reader = await ClusterReader.connect({ kubeconfig });
      const answer = await reader.ask((options) =>
        reader.core.readNamespacedPersistentVolumeClaim(claim, options),
      );
      expect(answer?.metadata?.name, String(status)).to.equal(found);
    }
  });

  it("says of a cluster that fails, or lets it not in, that it cannot be asked", async () => {
    for (const status of [401, 500]) {
      const kubeconfig = await start({ "/version": [status, {}] });
      expect(await failure(() => ClusterReader.connect({ kubeconfig }))).to.equal(
        `it answers with ${status}`,
      );
    }
    expect(await failure(() => ClusterReader.connect({ kubeconfig: "{}" }))).to.contain("no current cluster");
    const nowhere = (await start(version)).replace(/127\.0\.0\.1:\d+/, "127.0.0.1:1");
    expect(await failure(() => ClusterReader.connect({ kubeconfig: nowhere }))).to.contain("ECONNREFUSED");
  });

  it("shows nothing of a kubeconfig that it cannot read", async () => {
    const said = await failure(() => ClusterReader.connect({ kubeconfig: "token: s3cret\nusers: }" }));
    expect(said).to.equal("the kubeconfig cannot be read: line 2 is not YAML");
  });

  it("asks again while a cluster is away for a moment, also for the way in", async () => {
    const answers: Answers = { "/version": [503, {}] };
    const kubeconfig = await start(answers);
    let asked = 0;
    const reader = await patiently(60_000, () => {
      asked += 1;
      if (asked === 2) {
        Object.assign(answers, version);
      }
      return ClusterReader.connect({ kubeconfig });
    });
    expect(asked).to.equal(2);
    expect(reader.cluster).to.match(/^lab \(http:/);
    const once = () => patiently(0, () => Promise.reject(new Unreachable("away")));
    expect(await failure(once)).to.equal("away");
  });

  async function failure(work: () => Promise<unknown>): Promise<string> {
    try {
      await work();
    } catch (error) {
      if (error instanceof Unreachable) {
        return error.message;
      }
      throw error;
    }
    return "";
  }
});
