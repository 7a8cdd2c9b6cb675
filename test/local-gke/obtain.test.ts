import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer as createProxy } from "node:http";
import { createServer as createSecure } from "node:https";
import { connect } from "node:net";
import type { AddressInfo, Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import type { Release } from "../../local-gke/toolchain/releases.ts";
import { projectDir } from "../../system/paths.ts";
import { run, succeeds } from "../../system/run.ts";
import { until } from "../../system/wait.ts";
import { needs } from "../fixtures/needs.ts";
import type { Order } from "../fixtures/toolchain/obtain.main.ts";
import { archiveOf, checksumOf, Publisher } from "../fixtures/toolchain/releases.ts";

const program = join(projectDir, "test/fixtures/toolchain/obtain.main.ts");

/** A checkout that obtains etcd, in a separate process. */
class Checkout {
  readonly child: ChildProcess;
  readonly #ended: Promise<unknown[]>;
  printed = "";
  said = "";

  constructor(order: Omit<Order, "modules">, variables: Readonly<Record<string, string>> = {}) {
    const noProxy = Object.entries(process.env).filter(([name]) => !/_proxy$/i.test(name));
    this.child = spawn(process.execPath, [program, JSON.stringify({ ...order, modules: ["etcd"] })], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...Object.fromEntries(noProxy), ...variables },
    });
    this.child.stdout?.setEncoding("utf8").on("data", (text: string) => (this.printed += text));
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.said += text));
    this.#ended = once(this.child, "close");
  }

  /** @returns its exit code, or the signal that ended it */
  async end(): Promise<unknown> {
    const [code, signal] = await this.#ended;
    return code ?? signal;
  }
}

describe("a checkout that obtains tools", () => {
  let publisher: Publisher;
  let archive: Buffer;
  let cacheDir = "";

  before(async () => {
    publisher = new Publisher();
    await publisher.start();
    archive = await archiveOf({ "etcd-v3.6.14-linux-amd64/etcd": "etcd Version: 3.6.14" });
  });

  after(() => {
    publisher.stop();
  });

  beforeEach(() => {
    cacheDir = mkdtempSync(join(tmpdir(), "obtain-"));
  });

  afterEach(() => {
    rmSync(cacheDir, { recursive: true });
  });

  const release = (url: string): Release => ({
    title: "etcd 3.6.14",
    url,
    checksum: checksumOf(archive),
    folder: "etcd-v3.6.14-linux-amd64",
    modules: ["etcd"],
    answers: { etcd: { arguments: ["--version"], version: "3.6.14" } },
  });

  const drafts = (): string[] =>
    existsSync(join(cacheDir, "tools"))
      ? readdirSync(join(cacheDir, "tools")).filter((name) => name.includes(".building-"))
      : [];

  /** What the cache's etcd prints. There must be nothing else in the cache. */
  async function etcdSays(): Promise<string> {
    const [folder = "", ...others] = readdirSync(join(cacheDir, "tools"));
    expect(others).to.deep.equal([]);
    return await run(join(cacheDir, "tools", folder, "bin", "etcd"), []);
  }

  it("is not disturbed by another one that does the same", async () => {
    // Neither gets the end before both have begun.
    const waiting: (() => void)[] = [];
    const url = publisher.answer("/etcd.tar.gz", (_request, response) => {
      response.writeHead(200, { "content-length": archive.length }).write(archive.subarray(0, 50));
      waiting.push(() => response.end(archive.subarray(50)));
      if (waiting.length === 2) {
        waiting.forEach((send) => {
          send();
        });
      }
    });
    const checkouts = [0, 1].map(() => new Checkout({ cacheDir, releases: [release(url)] }));
    for (const checkout of checkouts) {
      expect(await checkout.end(), checkout.said).to.equal(0);
      expect(checkout.printed).to.equal("");
    }
    expect(await etcdSays()).to.equal("etcd Version: 3.6.14\n");
  });

  for (const name of ["SIGINT", "SIGTERM"] as const) {
    it(`leaves nothing of a download when ${name} ends it, and goes on the next time`, async () => {
      const url = publisher.answer("/etcd.tar.gz", (_request, response) => {
        response.writeHead(200, { "content-length": archive.length }).write(archive.subarray(0, 50));
      });
      const interrupted = new Checkout({ cacheDir, releases: [release(url)] });
      await until("the download to begin", () => drafts().length > 0);
      interrupted.child.kill(name);
      expect(await interrupted.end()).to.equal(name);
      expect(drafts()).to.deep.equal([]);
      expect(interrupted.printed).to.equal("");
      publisher.serve("/etcd.tar.gz", archive);
      expect(await new Checkout({ cacheDir, releases: [release(url)] }).end()).to.equal(0);
      expect(await etcdSays()).to.equal("etcd Version: 3.6.14\n");
    });
  }

  it("removes what one left that was killed during a download", async () => {
    const url = publisher.answer("/etcd.tar.gz", (_request, response) => {
      response.writeHead(200, { "content-length": archive.length }).write(archive.subarray(0, 50));
    });
    const killed = new Checkout({ cacheDir, releases: [release(url)] });
    await until("the download to begin", () => drafts().length > 0);
    killed.child.kill("SIGKILL");
    await killed.end();
    expect(drafts()).to.have.length(1);
    publisher.serve("/etcd.tar.gz", archive);
    expect(await new Checkout({ cacheDir, releases: [release(url)] }).end()).to.equal(0);
    expect(await etcdSays()).to.equal("etcd Version: 3.6.14\n");
  });

  describe("over https", () => {
    const host = "releases.example";
    let folder = "";
    const servers: Server[] = [];
    let secure: Server;
    let proxy: Server;
    /** What the proxy was asked for. */
    const tunnels: string[] = [];

    const portOf = (server: Server): number => (server.address() as AddressInfo).port;

    before(async function () {
      needs(this, "openssl", await succeeds("openssl", ["version"]));
      folder = mkdtempSync(join(tmpdir(), "certificate-"));
      const [key, certificate] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
      const kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
      const names = ["-subj", `/CN=${host}`, "-addext", `subjectAltName=DNS:${host},DNS:localhost`];
      await run("openssl", ["req", ...kind, ...names, "-keyout", key, "-out", certificate]);
      secure = createSecure(
        { key: readFileSync(key), cert: readFileSync(certificate) },
        (request, response) => {
          if (request.url === "/plain") {
            response.writeHead(302, { location: `http://${host}/etcd.tar.gz` }).end();
          } else {
            response.writeHead(200, { "content-length": archive.length }).end(archive);
          }
        },
      );
      proxy = createProxy().on("connect", (request, socket) => {
        tunnels.push(request.url ?? "");
        const onwards = connect(portOf(secure), "127.0.0.1", () => {
          socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
          onwards.pipe(socket).pipe(onwards);
        });
        socket.on("error", () => onwards.destroy());
        onwards.on("error", () => socket.destroy());
      });
      for (const server of [secure, proxy]) {
        server.listen(0, "127.0.0.1");
        await once(server, "listening");
        servers.push(server);
      }
    });

    after(() => {
      servers.forEach((server) => server.close());
      if (folder !== "") {
        rmSync(folder, { recursive: true });
      }
    });

    const trusted = () => ({ NODE_EXTRA_CA_CERTS: join(folder, "certificate.pem") });
    const proxied = () => ({ ...trusted(), HTTPS_PROXY: `http://127.0.0.1:${portOf(proxy)}` });

    it("builds where the server's certificate is not trusted", async () => {
      const url = `https://localhost:${portOf(secure)}/etcd.tar.gz`;
      const checkout = new Checkout({ cacheDir, releases: [release(url)] });
      expect(await checkout.end()).to.equal(0);
      expect(checkout.said).to.contain("self-signed certificate");
      expect(checkout.printed).to.equal("built etcd\n");
    });

    it("downloads where it is, directly and through the machine's proxy", async () => {
      const url = `https://localhost:${portOf(secure)}/etcd.tar.gz`;
      const direct = new Checkout({ cacheDir, releases: [release(url)] }, trusted());
      expect(await direct.end()).to.equal(0);
      expect(await etcdSays(), direct.said).to.equal("etcd Version: 3.6.14\n");
      rmSync(join(cacheDir, "tools"), { recursive: true });
      const through = new Checkout(
        { cacheDir, releases: [release(`https://${host}/etcd.tar.gz`)] },
        proxied(),
      );
      expect(await through.end()).to.equal(0);
      expect(await etcdSays(), through.said).to.equal("etcd Version: 3.6.14\n");
      expect(tunnels).to.deep.equal([`${host}:443`]);
    });

    it("builds where the server redirects to plain HTTP", async () => {
      const checkout = new Checkout({ cacheDir, releases: [release(`https://${host}/plain`)] }, proxied());
      expect(await checkout.end()).to.equal(0);
      expect(checkout.said).to.contain(`${host} would send it over http, not https`);
      expect(checkout.printed).to.equal("built etcd\n");
    });
  });
});
