import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { configure } from "../../local-gke/configuration.ts";
import { toolDir } from "../../local-gke/toolchain/compile.ts";
import { obtainTools } from "../../local-gke/toolchain/obtain.ts";
import type { Release } from "../../local-gke/toolchain/releases.ts";
import { tools } from "../../local-gke/toolchain/tools.ts";
import type { Tool } from "../../local-gke/toolchain/tools.ts";
import { run } from "../../system/run.ts";
import { zookeeperEnvironment } from "../../zookeeper-image/configuration.ts";
import { archiveOf, checksumOf, Publisher } from "../fixtures/toolchain/releases.ts";

/** Short, for servers that never do what is waited for. */
const impatient = { startWithin: 50, stallWithin: 50, leastBytes: 1_000 };

describe("official releases", () => {
  let publisher: Publisher;
  let cacheDir = "";
  let archive: Buffer;
  let built: string[] = [];
  let proxies: readonly [string, string | undefined][] = [];

  before(async () => {
    proxies = Object.entries(process.env).filter(([name]) => /^https_proxy$/i.test(name));
    for (const [name] of proxies) {
      Reflect.deleteProperty(process.env, name);
    }
    publisher = new Publisher();
    await publisher.start();
    archive = await archiveOf({
      "pulumi/pulumi": "v3.216.0",
      "pulumi/pulumi-language-nodejs": "Usage",
      "pulumi/pulumi-language-go": "Usage",
    });
  });

  after(() => {
    publisher.stop();
    configure(zookeeperEnvironment);
    Object.assign(process.env, Object.fromEntries(proxies));
  });

  beforeEach(() => {
    cacheDir = mkdtempSync(join(tmpdir(), "releases-"));
    configure({ ...zookeeperEnvironment, cacheDir });
    built = [];
    publisher.asked.length = 0;
  });

  afterEach(() => {
    rmSync(cacheDir, { recursive: true });
  });

  const wanted = (...modules: string[]) => tools.filter(({ module }) => modules.includes(module));
  const pulumiTools = ["pulumi", "pulumi-language-nodejs"];

  const release = (changes: Partial<Release> = {}): Release => ({
    title: "the Pulumi CLI",
    url: publisher.serve("/pulumi.tar.gz", archive),
    checksum: checksumOf(archive),
    folder: "pulumi",
    modules: pulumiTools,
    answers: {
      pulumi: { arguments: ["version"], version: "v3.216.0" },
      "pulumi-language-nodejs": { arguments: ["--help"] },
    },
    ...changes,
  });

  const compile = (tool: Tool, into: string) => {
    built.push(tool.module);
    mkdirSync(join(into, "bin"));
    for (const command of tool.commands) {
      writeFileSync(join(into, "bin", command), "#!/bin/sh\necho built\n", { mode: 0o755 });
    }
    return Promise.resolve();
  };

  /** Obtains tools, all of which must be there afterwards, and nothing else. @returns the modules that were built */
  async function obtain(missing: readonly Tool[], releases: readonly Release[], patience = {}) {
    await obtainTools(missing, missing.length, { releases, compile, patience });
    for (const tool of missing) {
      expect(readdirSync(join(toolDir(tool), "bin")).sort()).to.deep.equal([...tool.commands].sort());
    }
    expect(readdirSync(join(cacheDir, "tools"))).to.have.length(missing.length);
    return built;
  }

  const says = (module: string, command: string) => {
    const [tool] = wanted(module);
    return tool === undefined ? undefined : run(join(toolDir(tool), "bin", command), []);
  };

  it("fill the folders that a build would fill, with what is needed of them", async () => {
    expect(await obtain(wanted(...pulumiTools), [release()])).to.deep.equal([]);
    expect(await says("pulumi", "pulumi")).to.equal("v3.216.0\n");
    expect(publisher.asked).to.deep.equal(["/pulumi.tar.gz"]);
  });

  it("leave to the build what they do not have", async () => {
    expect(await obtain(wanted(...pulumiTools, "agents", "etcd"), [release()])).to.deep.equal([
      "etcd",
      "agents",
    ]);
    expect(await says("pulumi", "pulumi")).to.equal("v3.216.0\n");
  });

  it("are not downloaded for tools that the cache has, nor where builds are wanted", async () => {
    const { url } = release();
    expect(await obtain(wanted("etcd"), [release()])).to.deep.equal(["etcd"]);
    configure({ ...zookeeperEnvironment, cacheDir, buildTools: true });
    await obtainTools(wanted("coredns"), 1, { compile });
    expect(built).to.deep.equal(["etcd", "coredns"]);
    expect(url).to.contain("/pulumi.tar.gz");
    expect(publisher.asked).to.deep.equal([]);
  });

  it("fill the folder of Kubernetes without kubectl, where the machine has one", async () => {
    const content = await archiveOf({ "kubernetes/server/bin/kubelet": "Kubernetes v1.34.3" });
    const [kubernetes] = wanted("kubernetes");
    const tool = {
      ...kubernetes,
      commands: ["kubelet"],
      packages: ["k8s.io/kubernetes/cmd/kubelet"],
    } as Tool;
    const only = release({
      url: publisher.serve("/kubernetes.tar.gz", content),
      checksum: checksumOf(content),
      folder: "kubernetes/server/bin",
      modules: ["kubernetes"],
      answers: { kubelet: { arguments: ["--version"], version: "v1.34.3" } },
    });
    expect(await obtain([tool], [only])).to.deep.equal([]);
  });

  const half: RequestListener = (_request, response) => {
    response.writeHead(200, { "content-length": archive.length }).write(archive.subarray(0, 100));
  };

  /** What a publisher does wrong. */
  const faults: Readonly<Record<string, RequestListener>> = {
    "has no file": (_request, response) => response.writeHead(404).end(),
    "never answers": () => undefined,
    "stalls half way": half,
    "breaks off half way": (request, response) => {
      half(request, response);
      setImmediate(() => response.destroy());
    },
    "sends other bytes": (_request, response) =>
      response.writeHead(200, { "content-length": archive.length }).end(Buffer.alloc(archive.length)),
    "sends fewer bytes": (_request, response) =>
      response.writeHead(200, { "content-length": 100 }).end(archive.subarray(0, 100)),
    "sends a page instead": (_request, response) =>
      response.writeHead(200, { "content-length": 6, "content-type": "text/html" }).end("<html>"),
    "redirects to plain HTTP": (_request, response) =>
      response.writeHead(302, { location: "http://releases.example/pulumi.tar.gz" }).end(),
  };

  for (const [fault, listener] of Object.entries(faults)) {
    it(`are built instead where the publisher ${fault}`, async () => {
      const faulty = release({ url: publisher.answer("/faulty.tar.gz", listener) });
      expect(await obtain(wanted(...pulumiTools), [faulty], impatient)).to.deep.equal(pulumiTools);
      expect(await says("pulumi", "pulumi")).to.equal("built\n");
    });
  }

  it("are built instead where the name of the publisher does not resolve", async () => {
    // So long a name is rejected before any name server is asked.
    const unknown = release({ url: `https://${"a".repeat(64)}.invalid/pulumi.tar.gz` });
    expect(await obtain(wanted(...pulumiTools), [unknown])).to.deep.equal(pulumiTools);
  });

  it("are built instead where a command is missing, does not run, or is of another version", async () => {
    const { answers } = release();
    const other = { ...answers, pulumi: { arguments: ["version"], version: "v3.217.0" } };
    const missing = await archiveOf({ "pulumi/pulumi": "v3.216.0" });
    const broken = Buffer.from("no archive at all");
    const wrong = [
      release({ answers: other }),
      release({ answers: {} }),
      release({ url: publisher.serve("/missing", missing), checksum: checksumOf(missing) }),
      release({ url: publisher.serve("/broken", broken), checksum: checksumOf(broken) }),
    ];
    for (const each of wrong) {
      built = [];
      expect(await obtain(wanted(...pulumiTools), [each])).to.deep.equal(pulumiTools);
      rmSync(join(cacheDir, "tools"), { recursive: true });
    }
  });

  it("are used where they arrive, though others do not", async () => {
    const faulty = release({
      title: "etcd",
      url: publisher.answer("/etcd.tar.gz", half),
      modules: ["etcd"],
    });
    expect(await obtain(wanted("etcd", ...pulumiTools), [faulty, release()], impatient)).to.deep.equal([
      "etcd",
    ]);
    expect(await says("pulumi", "pulumi")).to.equal("v3.216.0\n");
  });

  it("leave nothing where a build beside them fails", async () => {
    const stalling = release({ url: publisher.answer("/stalling.tar.gz", half) });
    const failure: unknown = await obtainTools(wanted("etcd", ...pulumiTools), 3, {
      releases: [stalling],
      compile: () => Promise.reject(new Error("go build of etcd: exit code 1")),
    }).catch((error: unknown) => error);
    expect(failure).to.have.property("message", "go build of etcd: exit code 1");
    expect(existsSync(join(cacheDir, "tools")) ? readdirSync(join(cacheDir, "tools")) : []).to.deep.equal([]);
  });
});
