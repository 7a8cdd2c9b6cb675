import { spawn, type ChildProcess } from "node:child_process";
import { createHash, createHmac, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request as send, type IncomingMessage } from "node:http";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import { expect } from "chai";

import type { BucketRecord, Grant } from "../../local-gke/cluster/buckets.ts";
import { configure } from "../../local-gke/configuration.ts";
import { ensureOnDemand } from "../../local-gke/toolchain/on-demand.ts";
import { cloudStorage } from "../../local-gke/toolchain/tools.ts";
import { largeTemporaryDir } from "../../system/temporary.ts";
import { until } from "../../system/wait.ts";
import { zookeeperEnvironment } from "../../zookeeper-image/configuration.ts";
import { at } from "../fixtures/mocks.ts";

const pool = "iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p.svc.id.goog";
const principal = (namespace: string, account: string): string =>
  `principal://${pool}/subject/ns/${namespace}/sa/${account}`;

/** Who does what in the tests. */
const writer = principal("zoo", "writer");
const reader = principal("zoo", "reader");
const admin = principal("zoo", "admin");
const stranger = principal("other", "writer");

const bucket: BucketRecord = {
  name: "backups",
  projectNumber: "1",
  location: "US-CENTRAL1",
  storageClass: "NEARLINE",
  timeCreated: "2026-01-01T00:00:00.000Z",
  retentionPeriod: 0,
  members: [
    { role: "roles/storage.objectCreator", member: writer },
    { role: "roles/storage.objectViewer", member: reader },
    { role: "roles/storage.objectAdmin", member: admin },
  ],
};

describe("the local Cloud Storage", function () {
  this.timeout(10 * 60_000);

  const root = mkdtempSync(join(largeTemporaryDir, "cloud-storage-"));
  const key = randomBytes(32).toString("hex");
  let program = "";
  let address = "";
  let running: ChildProcess | undefined;

  const put = (changed: Partial<BucketRecord> = {}): void => {
    mkdirSync(join(root, "buckets"), { recursive: true });
    writeFileSync(join(root, "buckets", "backups.json"), JSON.stringify({ ...bucket, ...changed }));
  };

  async function freePort(): Promise<number> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    server.close();
    return port;
  }

  async function start(): Promise<void> {
    const port = await freePort();
    address = `http://127.0.0.1:${port}`;
    running = spawn(program, ["-listen", `127.0.0.1:${port}`, "-root", root], { stdio: "ignore" });
    await until("Cloud Storage serves", () =>
      fetch(address).then(
        () => true,
        () => false,
      ),
    );
  }

  async function stop(): Promise<void> {
    const ended = running === undefined ? undefined : once(running, "exit");
    running?.kill("SIGKILL");
    await ended;
    running = undefined;
  }

  before(async () => {
    configure(zookeeperEnvironment);
    program = join(await ensureOnDemand(cloudStorage), "bin", "cloud-storage");
    writeFileSync(join(root, "token.key"), key);
    put();
    await start();
  });

  beforeEach(() => {
    put();
  });

  after(async () => {
    await stop();
    rmSync(root, { recursive: true });
  });

  /** A token as the metadata servers of nodes give it. */
  function token(subject: string, { expires = Date.now() / 1000 + 60, signedWith = key } = {}): string {
    const payload = Buffer.from(JSON.stringify({ sub: subject, exp: Math.round(expires) })).toString(
      "base64url",
    );
    return `ya29.local.${payload}.${createHmac("sha256", signedWith).update(payload).digest("base64url")}`;
  }

  interface Answer {
    status: number;
    text: string;
    body: unknown;
  }

  type Request = Pick<RequestInit, "method" | "body"> & { headers?: Readonly<Record<string, string>> };

  async function ask(path: string, as: string | undefined, request: Request = {}): Promise<Answer> {
    const headers = new Headers(request.headers);
    if (as !== undefined) {
      headers.set("authorization", `Bearer ${as.startsWith("ya29") ? as : token(as)}`);
    }
    const response = await fetch(`${address}${path}`, { ...request, headers });
    const body = await response.text();
    const isJson = response.headers.get("content-type")?.startsWith("application/json") === true;
    return { status: response.status, text: body, body: isJson ? (JSON.parse(body) as unknown) : undefined };
  }

  const upload = (
    name: string,
    as: string | undefined,
    body: string | Buffer<ArrayBuffer> = "data",
    more = "&ifGenerationMatch=0",
  ) =>
    ask(`/upload/storage/v1/b/backups/o?uploadType=media&name=${encodeURIComponent(name)}${more}`, as, {
      method: "POST",
      body,
    });
  const object = (name: string, query = ""): string =>
    `/storage/v1/b/backups/o/${encodeURIComponent(name)}${query}`;

  it("stores what a ServiceAccount may create, and answers with the object's resource", async () => {
    const content = randomBytes(1 << 20);
    const { status, body } = await upload("zoo/keeper/snapshot.1", writer, content);
    expect(status).to.equal(200);
    expect(body).to.deep.include({
      kind: "storage#object",
      name: "zoo/keeper/snapshot.1",
      bucket: "backups",
      size: String(content.length),
      md5Hash: createHash("md5").update(content).digest("base64"),
      storageClass: "NEARLINE",
    });
    const read = await fetch(`${address}${object("zoo/keeper/snapshot.1", "?alt=media")}`, {
      headers: { authorization: `Bearer ${token(reader)}` },
    });
    expect(Buffer.from(await read.arrayBuffer()).equals(content)).to.equal(true);
    expect((await ask(object("zoo/keeper/snapshot.1"), reader)).body).to.deep.equal(body);
    expect(readdirSync(join(root, "uploads"))).to.deep.equal([]);
  });

  it("allows what the bucket's policy says, in Google's words, and nothing else", async () => {
    await upload("allowed", writer);
    const denied = async (asked: Promise<Answer>, who: string, permission: string, what = "object") => {
      const { status, body } = await asked;
      expect(status, permission).to.equal(403);
      expect(at(body, "error", "code")).to.equal(403);
      expect(at(body, "error", "message")).to.equal(
        `${who} does not have storage.${permission} access to the Google Cloud Storage ${what}. Permission ` +
          `'storage.${permission}' denied on resource (or it may not exist).`,
      );
    };
    await denied(upload("x", reader), reader, "objects.create");
    await denied(upload("x", stranger), stranger, "objects.create");
    await denied(upload("x", stranger, randomBytes(4 << 20)), stranger, "objects.create");
    await denied(ask(object("allowed", "?alt=media"), writer), writer, "objects.get");
    await denied(ask("/storage/v1/b/backups/o", writer), writer, "objects.list", "bucket");
    await denied(ask(object("allowed"), writer, { method: "DELETE" }), writer, "objects.delete");
    await denied(ask("/storage/v1/b/backups", admin), admin, "buckets.get", "bucket");
  });

  it("knows a member by its namespace, too, and forgets one at once", async () => {
    const grant = async (member: string, role = "roles/storage.objectCreator"): Promise<number> => {
      const members: Grant[] = [{ role, member }];
      put({ members });
      return (await upload(`granted/${Math.random()}`, stranger)).status;
    };
    expect(await grant(`principalSet://${pool}/namespace/other`)).to.equal(200);
    expect(await grant("serviceAccount:p.svc.id.goog[other/writer]")).to.equal(200);
    for (const member of [
      `principalSet://${pool}/namespace/others`,
      "serviceAccount:q.svc.id.goog[other/writer]",
      principal("other", "writer2"),
      `${pool}/subject/ns/other/sa/writer`,
      "allUsers",
    ]) {
      expect(await grant(member), member).to.equal(403);
    }
    expect(await grant(stranger, "roles/storage.unknown")).to.equal(403);
  });

  it("believes no token that is missing, forged or old", async () => {
    const anonymous = await upload("x", undefined);
    expect(anonymous.status).to.equal(401);
    expect(at(anonymous.body, "error", "message")).to.match(
      /^Anonymous caller does not have storage\.objects\.create/,
    );
    const [, , payload = ""] = token(admin).split(".");
    const [, , , signature = ""] = token(writer).split(".");
    for (const forged of [
      token(writer, { expires: Date.now() / 1000 - 1 }),
      token(writer, { signedWith: "0".repeat(64) }),
      `ya29.local.${payload}.${signature}`,
      `ya29.local.${payload}.`,
      `ya29.local.${payload}`,
      "ya29.local..",
    ]) {
      const { status, body } = await upload("x", forged);
      expect([status, at(body, "error", "message")], forged).to.deep.equal([401, "Invalid Credentials"]);
    }
    const basic = await ask("/storage/v1/b/backups/o", undefined, {
      headers: { authorization: token(admin) },
    });
    expect(basic.status).to.equal(401);
  });

  it("overwrites nothing that must not exist, or may not be deleted", async () => {
    expect((await upload("once", writer)).status).to.equal(200);
    const again = await upload("once", writer, "other");
    expect(again.status).to.equal(412);
    expect(at(again.body, "error", "errors", 0, "reason")).to.equal("conditionNotMet");
    const without = await upload("once", writer, "other", "");
    expect(at(without.body, "error", "message")).to.contain("storage.objects.delete");
    expect((await ask(object("once", "?alt=media"), reader)).text).to.equal("data");
    expect((await upload("once", admin, "other", "")).status).to.equal(200);
    expect((await ask(object("once", "?alt=media"), reader)).text).to.equal("other");
  });

  it("keeps an object for the bucket's retention period, from everybody", async () => {
    await upload("kept", writer);
    put({ retentionPeriod: 3600 });
    for (const asked of [
      () => upload("kept", admin, "other", ""),
      () => ask(object("kept"), admin, { method: "DELETE" }),
    ]) {
      const { status, body } = await asked();
      expect(status).to.equal(403);
      expect(at(body, "error", "errors", 0, "reason")).to.equal("retentionPolicyNotMet");
      expect(at(body, "error", "message")).to.match(
        /^Object 'backups\/kept' is subject to bucket's retention policy and cannot be deleted, overwritten or archived until 20/,
      );
    }
    put();
    expect((await ask(object("kept"), admin, { method: "DELETE" })).status).to.equal(204);
    expect((await ask(object("kept"), reader)).status).to.equal(404);
  });

  it("lists objects by prefix, with the fields that are asked for, on lines as Google's", async () => {
    for (const name of ["list/a", "list/b/c", "lists"]) {
      await upload(name, writer);
    }
    const list = async (query: string) => await ask(`/storage/v1/b/backups/o?${query}`, reader);
    expect((await list("prefix=list%2F&fields=items(name,size),nextPageToken")).text).to.equal(
      [
        "{",
        '  "items": [',
        ...['    {\n      "name": "list/a",\n      "size": "4"\n    },'],
        ...['    {\n      "name": "list/b/c",\n      "size": "4"\n    }'],
        "  ]",
        "}\n",
      ].join("\n"),
    );
    expect((await list("prefix=list%2Fb&fields=items/name")).body).to.deep.equal({
      items: [{ name: "list/b/c" }],
    });
    expect((await list("prefix=none&fields=items(name)")).body).to.deep.equal({});
    expect((await list("prefix=lists")).body).to.have.property("kind", "storage#objects");
    expect((await list("fields=items(")).status).to.equal(400);
  });

  it("stays within the bucket, whatever an object is called", async () => {
    for (const name of [
      "../escaped",
      "a/../../escaped",
      "/absolute",
      "a//b",
      ".",
      "..",
      "a/",
      "a\nb",
      "x.metadata",
    ]) {
      expect((await upload(name, admin)).status, name).to.equal(400);
      // A client resolves what is between two slashes, and only dots.
      if (!/^\.+$/.test(name)) {
        expect((await ask(object(name), admin)).status, name).to.equal(404);
      }
    }
    expect((await upload("", admin)).status).to.equal(400);
    for (const path of ["/storage/v1/b/..%2Fbuckets/o", "/storage/v1/b/other-backups/o"]) {
      expect((await ask(path, admin)).status, path).to.equal(404);
    }
    expect(readdirSync(root).sort()).to.deep.equal(["buckets", "lock", "objects", "token.key", "uploads"]);
  });

  it("has no way around the policy", async () => {
    for (const [path, method] of [
      ["/_internal/delete_all", "POST"],
      ["/_internal/config", "PUT"],
      ["/storage/v1/b", "POST"],
      ["/storage/v1/b/backups", "DELETE"],
      ["/batch/storage/v1", "POST"],
      ["/backups/once", "GET"],
      [object("once"), "PATCH"],
      [`${object("once")}/rewriteTo/b/backups/o/x`, "POST"],
      ["/upload/storage/v1/b/backups/o?uploadType=resumable&name=x", "POST"],
    ] as const) {
      expect((await ask(path, admin, { method })).status, `${method} ${path}`).to.equal(501);
    }
  });

  it("keeps nothing of an upload that breaks off", async () => {
    const socket = connect(Number(new URL(address).port), "127.0.0.1");
    const head = [
      "POST /upload/storage/v1/b/backups/o?uploadType=media&name=broken HTTP/1.1",
      ...["Host: x", `Authorization: Bearer ${token(writer)}`, "Content-Length: 1000000", "", "data"],
    ];
    socket.write(head.join("\r\n"));
    await until("an upload", () => readdirSync(join(root, "uploads")).length > 0);
    socket.destroy();
    await until("nothing left", () => readdirSync(join(root, "uploads")).length === 0);
    expect((await ask(object("broken"), reader)).status).to.equal(404);
  });

  it("does not hold an upload in memory", async () => {
    const part = randomBytes(1 << 20);
    const parts = 256;
    const sending = send(`${address}/upload/storage/v1/b/backups/o?uploadType=media&name=large`, {
      method: "POST",
      headers: { authorization: `Bearer ${token(writer)}`, "content-length": part.length * parts },
    });
    const answered = once(sending, "response");
    await pipeline(Readable.from(Array<Buffer>(parts).fill(part)), sending);
    const [response] = (await answered) as [IncomingMessage];
    response.resume();
    expect(response.statusCode).to.equal(200);
    expect((await ask(object("large"), reader)).body).to.have.property("size", String(part.length * parts));
    const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${running?.pid ?? 0}/status`, "utf8"))?.[1];
    expect(Number(peak) / 1024).to.be.below(128);
    expect((await ask(object("large"), admin, { method: "DELETE" })).status).to.equal(204);
  });

  it("has its objects again after it was killed", async () => {
    const { body } = await upload("survives/a/restart", writer);
    await stop();
    await start();
    expect((await ask(object("survives/a/restart"), reader)).body).to.have.property(
      "md5Hash",
      at(body, "md5Hash"),
    );
    expect((await upload("survives/a/restart", writer)).status).to.equal(412);
  });
});
