import { createHash } from "node:crypto";
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { installPackages } from "../../local-gke/machine/packages.ts";

const script = new URL("../../components/ensemble/scripts/zookeeper-storage.sh", import.meta.url).pathname;
const content = Buffer.from("a backup\n".repeat(100_000));

/** How a server answers one request for an object. */
type Answer = (request: { body: Buffer }, response: ServerResponse) => void;

const stored: Answer = ({ body }, response) => {
  const md5Hash = createHash("md5").update(body).digest("base64");
  response.end(JSON.stringify({ kind: "storage#object", md5Hash, size: String(body.length) }, null, 2));
};
const gives: Answer = (_, response) => {
  response.end(content);
};
const fails =
  (status: number, message: string): Answer =>
  (_, response) => {
    response.statusCode = status;
    response.end(JSON.stringify({ error: { code: status, message } }, null, 2));
  };
const breaksOff: Answer = (_, response) => {
  response.socket?.destroy();
};
const breaksOffHalfway: Answer = (_, response) => {
  response.setHeader("content-length", content.length);
  response.write(content.subarray(0, 100_000), () => response.socket?.destroy());
};

describe("access to Cloud Storage, with wget", function () {
  this.timeout(60_000);

  let folder = "";
  let answers: Answer[] = [];
  let seen: { url: string; authorization: string; body: Buffer }[] = [];
  const server = createServer((request, response) => {
    void answer(request, response);
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url?.startsWith("/computeMetadata/") === true) {
      response.end('{"access_token":"the-token","expires_in":3599,"token_type":"Bearer"}');
      return;
    }
    const body = Buffer.concat((await request.toArray()) as Buffer[]);
    seen.push({ url: request.url ?? "", authorization: request.headers.authorization ?? "", body });
    (answers.shift() ?? fails(500, "no more answers"))({ body }, response);
  }

  before(async function () {
    // apt may wait for others that use it.
    this.timeout(20 * 60_000);
    if (!existsSync("/usr/bin/wget")) {
      await installPackages(["wget"]);
    }
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  after(() => {
    server.close();
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "storage-"));
    writeFileSync(join(folder, "backup"), content);
    seen = [];
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** Runs a command of the script, without its pauses. @returns what it says */
  async function run(command: string, ...given: Answer[]): Promise<string> {
    answers = given;
    const { port } = server.address() as AddressInfo;
    const text = `sleep() { :; }; . ${script}; if ${command}; then echo done; else echo "failed: $reason"; fi`;
    const env = {
      PATH: process.env["PATH"],
      ZK_STORAGE_API: `http://127.0.0.1:${port}`,
      GCE_METADATA_HOST: `127.0.0.1:${port}`,
      storage_work: folder,
    };
    return await new Promise((resolve, reject) => {
      execFile("sh", ["-euc", text], { cwd: folder, env }, (error, stdout, stderr) => {
        if (error === null) {
          resolve(stdout.trim());
        } else {
          reject(new Error(stderr, { cause: error }));
        }
      });
    });
  }

  const upload = "upload backup my-backups default/zk/zk-1.tar.gz";
  const download = "download my-backups default/zk/zk-1.tar.gz copy";

  it("sends all of a file, again where the server is busy or the connection breaks off", async () => {
    const busy = [fails(503, "Service Unavailable"), breaksOff, fails(429, "Too Many Requests")];
    expect(await run(upload, ...busy, stored)).to.equal("done");
    expect(seen).to.have.length(4);
    for (const { url, authorization, body } of seen) {
      expect(url).to.equal(
        "/upload/storage/v1/b/my-backups/o?uploadType=media&ifGenerationMatch=0&name=default%2Fzk%2Fzk-1.tar.gz",
      );
      expect(authorization).to.equal("Bearer the-token");
      expect(body.equals(content)).to.equal(true);
    }
    expect(readdirSync(folder)).not.to.include.members(["token"]).and.not.to.include.members(["wgetrc"]);
  });

  it("fetches all of a file, also where the connection broke off halfway", async () => {
    expect(await run(download, fails(500, "Backend Error"), breaksOffHalfway, gives)).to.equal("done");
    expect(readFileSync(join(folder, "copy")).equals(content)).to.equal(true);
  });

  it("lists all pages, whatever the order of an object's fields, and none of them twice where the server is busy", async () => {
    const page =
      (items: readonly object[], nextPageToken?: string): Answer =>
      (_, response) => {
        response.end(JSON.stringify({ nextPageToken, items }, null, 2));
      };
    const name = (n: number) => `default/zk/zk-${n}.json`;
    const timeCreated = "2026-01-01T00:00:00.123Z";
    const items = (from: number) =>
      Array.from({ length: 1000 }, (_, n) => ({ name: name(from + n), timeCreated }));
    const pages = [
      page(items(0), "a+b/c=="),
      fails(503, "Service Unavailable"),
      page([{ timeCreated, name: name(1000) }], "last"),
      page([]),
    ];
    expect(await run("list my-backups default/zk/zk- names", ...pages)).to.equal("done");
    const listed = readFileSync(join(folder, "names"), "utf8").trim().split("\n");
    expect(listed).to.deep.equal(Array.from({ length: 1001 }, (_, n) => `${name(n)} ${timeCreated}`));
    const asked =
      "/storage/v1/b/my-backups/o?prefix=default%2Fzk%2Fzk-&fields=nextPageToken,items(name,timeCreated)";
    expect(seen.map(({ url }) => url)).to.deep.equal([
      asked,
      ...[`${asked}&pageToken=a%2Bb%2Fc%3D%3D`, `${asked}&pageToken=a%2Bb%2Fc%3D%3D`],
      `${asked}&pageToken=last`,
    ]);
    const denied = fails(403, "sa/zk does not have storage.objects.list access");
    expect(await run("list my-backups default/zk/zk- names", page(items(0), "next"), denied)).to.equal(
      "failed: sa/zk does not have storage.objects.list access",
    );
  });

  it("does not try again what is denied, and says why", async () => {
    const message = "sa/zk-backups does not have storage.objects.create access";
    expect(await run(upload, fails(403, message))).to.equal(`failed: ${message}`);
    expect(seen).to.have.length(1);
    expect(await run(upload, fails(412, "At least one of the pre-conditions did not hold."))).to.contain(
      "failed: At least one of the pre-conditions",
    );
  });

  it("gives up where a server is busy for too long", async () => {
    const busy = Array.from({ length: 20 }, () => fails(503, "Service Unavailable"));
    expect(await run(upload, ...busy)).to.equal("failed: Service Unavailable");
    expect(seen.length).to.be.within(2, 19);
  });

  it("reports what was stored with other content", async () => {
    const other: Answer = (_, response) => {
      stored({ body: Buffer.from("another file") }, response);
    };
    expect(await run(upload, other)).to.equal(
      "failed: what is stored as default/zk/zk-1.tar.gz differs from what was sent",
    );
  });
});
