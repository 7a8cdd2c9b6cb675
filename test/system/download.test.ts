import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { RequestListener, Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { beginDownload, DownloadError } from "../../system/download.ts";
import type { Checksum, Patience } from "../../system/download.ts";

const content = Buffer.alloc(300_000, "all of it ");
const right: Checksum = { algorithm: "sha256", hex: createHash("sha256").update(content).digest("hex") };

/** Long enough that a test never waits for it to pass. */
const patient: Patience = { startWithin: 60_000, stallWithin: 60_000 };

/** Short, for servers that never do what is waited for. */
const impatient: Patience = { startWithin: 50, stallWithin: 50, leastBytes: 1_000 };

/** What the server does at each path. */
const paths: Readonly<Record<string, RequestListener>> = {
  "/file": (_request, response) => response.writeHead(200, { "content-length": content.length }).end(content),
  "/elsewhere": (_request, response) => response.writeHead(302, { location: "/file" }).end(),
  "/slow": (request, response) => setTimeout(() => paths["/file"]?.(request, response), 100),
  "/plain": (_request, response) =>
    response.writeHead(301, { location: "http://releases.example/file" }).end(),
  "/circle": (_request, response) => response.writeHead(307, { location: "/circle" }).end(),
  "/nowhere": (_request, response) => response.writeHead(302).end(),
  "/missing": (_request, response) => response.writeHead(404).end(content),
  "/chunked": (_request, response) => response.writeHead(200).end(content),
  "/huge": (_request, response) => response.writeHead(200, { "content-length": 2 ** 40 }).write(content),
  "/silent": () => undefined,
  "/silent-elsewhere": (_request, response) => response.writeHead(302, { location: "/silent" }).end(),
  "/stalls": (_request, response) =>
    response.writeHead(200, { "content-length": content.length }).write(content.subarray(0, 100_000)),
  "/trickles": (_request, response) => {
    response.writeHead(200, { "content-length": content.length });
    const timer = setInterval(() => response.write("x"), 10);
    response.on("close", () => {
      clearInterval(timer);
    });
  },
  "/breaks": (_request, response) => {
    response.writeHead(200, { "content-length": content.length });
    response.write(content.subarray(0, 100_000), () => response.destroy());
  },
  "/html": (_request, response) => response.writeHead(200, { "content-length": 6 }).end("<html>"),
  "/wrong": (_request, response) =>
    response.writeHead(200, { "content-length": content.length }).end(Buffer.alloc(content.length)),
  "/short": (_request, response) => response.writeHead(200, { "content-length": 1_000 }).end(content),
};

describe("a download", () => {
  let server: Server;
  let root = "";
  let file = "";

  before(async () => {
    server = createServer((request, response) => {
      paths[request.url ?? ""]?.(request, response);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  });

  after(() => {
    server.closeAllConnections();
    server.close();
  });

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "download-"));
    file = join(root, "file");
  });

  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  const address = (path: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;

  /** Downloads to the file. @returns how many bytes were reported */
  async function download(path: string, patience: Patience, signal = new AbortController().signal) {
    const reported: number[] = [];
    const begun = await beginDownload(address(path), signal, patience);
    await begun.save(file, right, { signal, report: (bytes) => reported.push(bytes) });
    return { size: begun.size, reported };
  }

  /** Why a download fails. It must leave nothing. */
  async function reasonOf(path: string, patience: Patience): Promise<string> {
    const failure: unknown = await download(path, patience).catch((error: unknown) => error);
    expect(failure, path).to.be.instanceOf(DownloadError);
    expect(existsSync(file), path).to.equal(false);
    return failure instanceof Error ? failure.message : "";
  }

  it("writes the file and reports how far it is", async () => {
    const { size, reported } = await download("/file", patient);
    expect(readFileSync(file).equals(content)).to.equal(true);
    expect(size).to.equal(content.length);
    expect(reported.at(-1)).to.equal(content.length);
  });

  it("follows a redirect, and waits for a server that takes its time", async () => {
    await download("/elsewhere", patient);
    rmSync(file);
    await download("/slow", patient);
    expect(readFileSync(file).equals(content)).to.equal(true);
  });

  it("takes a file over plain HTTP from nobody but this machine", async () => {
    expect(await reasonOf("/plain", patient))
      .to.contain("releases.example")
      .and.to.contain("not https");
    const other: unknown = await beginDownload(
      "http://releases.example/file",
      new AbortController().signal,
    ).catch((error: unknown) => error);
    expect(other).to.be.instanceOf(DownloadError).with.property("message").that.contains("not https");
  });

  it("fails at once where a server does not have the file", async () => {
    expect(await reasonOf("/missing", patient)).to.contain("status 404");
    expect(await reasonOf("/nowhere", patient)).to.contain("status 302");
    expect(await reasonOf("/circle", patient)).to.contain("redirects more than 5 times");
    expect(await reasonOf("/chunked", patient)).to.contain("states no size");
    expect(await reasonOf("/huge", patient)).to.contain(`states the size ${2 ** 40}`);
  });

  it("fails where it does not start in time", async () => {
    expect(await reasonOf("/silent", impatient)).to.contain("does not answer within 0.05 s");
    expect(await reasonOf("/silent-elsewhere", impatient)).to.contain("does not answer within");
  });

  it("fails where it stalls, or gets on too slowly ever to end", async () => {
    for (const path of ["/stalls", "/trickles"]) {
      expect(await reasonOf(path, { ...impatient, startWithin: 60_000 })).to.match(
        /less than 1000 bytes came in 0\.05 s, after \d+ bytes/,
      );
    }
  });

  it("fails where it breaks off", async () => {
    expect(await reasonOf("/breaks", patient)).to.match(/broke off after \d+ of 300000 bytes/);
  });

  it("fails where the checksum is another, and keeps nothing of it", async () => {
    for (const path of ["/html", "/wrong", "/short"]) {
      expect(await reasonOf(path, patient)).to.match(
        new RegExp(`has the sha256 [0-9a-f]{64} instead of ${right.hex}`),
      );
    }
  });

  it("fails where nothing listens", async () => {
    const gone = createServer();
    gone.listen(0, "127.0.0.1");
    await once(gone, "listening");
    const { port } = gone.address() as AddressInfo;
    gone.close();
    await once(gone, "close");
    const failure: unknown = await beginDownload(
      `http://127.0.0.1:${port}/file`,
      new AbortController().signal,
    ).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(DownloadError).with.property("message").that.contains("ECONNREFUSED");
  });

  it("ends when it is aborted, before it starts and while it comes", async () => {
    for (const path of ["/silent", "/stalls"]) {
      const aborter = new AbortController();
      const ended = download(path, patient, aborter.signal).catch((error: unknown) => error);
      setTimeout(() => {
        aborter.abort(new Error("interrupted by SIGINT"));
      }, 50);
      expect(await ended, path).to.have.property("message", "interrupted by SIGINT");
      expect(existsSync(file), path).to.equal(false);
    }
  });
});
