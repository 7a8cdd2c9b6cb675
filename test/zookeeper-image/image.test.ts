import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { ensembleSettings } from "../../components/settings/ensemble.ts";
import { parseImage } from "../../domain/image.ts";
import { largeTemporaryDir } from "../../system/temporary.ts";
import { imageConfig } from "../../zookeeper-image/config.ts";
import { zookeeperImage, zookeeperVersion } from "../../zookeeper-image/image.ts";

const folder = new URL("../../zookeeper-image/", import.meta.url).pathname;

describe("the image of the servers", () => {
  it("is the one that servers run by default", () => {
    expect(zookeeperImage.reference).to.equal(ensembleSettings.image.default);
  });

  it("has one version of ZooKeeper", () => {
    const { tag, digest } = parseImage(zookeeperImage.reference) ?? {};
    expect(tag).to.equal(zookeeperVersion);
    expect(digest).to.match(/^sha256:[0-9a-f]{64}$/);
    expect(readFileSync(join(folder, "pom.xml"), "utf8")).to.contain(
      `<version>${zookeeperVersion}</version>`,
    );
  });

  it("is built again when any of its files has changed", () => {
    // configuration.ts configures the local GKE, and is no part of the image.
    const files = readdirSync(folder).sort();
    expect([...zookeeperImage.inputs].sort()).to.deep.equal(
      files.filter((file) => file !== "configuration.ts").map((file) => join(folder, file)),
    );
  });
});

describe("the image's entrypoint", () => {
  let root = "";

  beforeEach(() => {
    root = mkdtempSync(join(largeTemporaryDir, "entrypoint-"));
    for (const name of ["conf", "data"]) {
      mkdirSync(join(root, name));
    }
  });

  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  const start = (variables: Record<string, string> = {}, ...command: string[]): string =>
    execFileSync("sh", [join(folder, "docker-entrypoint.sh"), ...command], {
      encoding: "utf8",
      env: {
        ...imageConfig(zookeeperVersion).Env,
        PATH: process.env["PATH"],
        LC_ALL: "C",
        ZOO_CONF_DIR: join(root, "conf"),
        ZOO_DATA_DIR: join(root, "data"),
        ...variables,
      },
    });

  it("writes the configuration and the id of one server, and becomes the command", () => {
    expect(start({}, "echo", "a  b")).to.equal("a  b\n");
    expect(readFileSync(join(root, "conf/zoo.cfg"), "utf8").split("\n")).to.deep.equal([
      `dataDir=${root}/data`,
      "dataLogDir=/datalog",
      "tickTime=2000",
      "initLimit=5",
      "syncLimit=2",
      "autopurge.snapRetainCount=3",
      "autopurge.purgeInterval=0",
      "maxClientCnxns=60",
      "standaloneEnabled=true",
      "admin.enableServer=true",
      "server.1=localhost:2888:3888;2181",
      "",
    ]);
    expect(readFileSync(join(root, "data/myid"), "utf8")).to.equal("1\n");
  });

  it("takes servers, words and further lines from variables", () => {
    start(
      {
        ZOO_MY_ID: "2",
        ZOO_SERVERS: "server.1=a:2888:3888;2181 server.2=b:2888:3888;2181",
        ZOO_4LW_COMMANDS_WHITELIST: "srvr, ruok",
        ZOO_CFG_EXTRA: "snapCount=7 quorumListenOnAllIPs=true",
      },
      "true",
    );
    expect(readFileSync(join(root, "conf/zoo.cfg"), "utf8").split("\n").slice(10)).to.deep.equal([
      "server.1=a:2888:3888;2181",
      "server.2=b:2888:3888;2181",
      "4lw.commands.whitelist=srvr, ruok",
      "snapCount=7",
      "quorumListenOnAllIPs=true",
      "",
    ]);
    expect(readFileSync(join(root, "data/myid"), "utf8")).to.equal("2\n");
  });

  it("keeps a configuration and an id that exist", () => {
    writeFileSync(join(root, "conf/zoo.cfg"), "mounted");
    writeFileSync(join(root, "data/myid"), "3");
    start({ ZOO_MY_ID: "2" }, "true");
    expect(readFileSync(join(root, "conf/zoo.cfg"), "utf8")).to.equal("mounted");
    expect(readFileSync(join(root, "data/myid"), "utf8")).to.equal("3");
  });

  it("ends with the exit code of the command", () => {
    expect(() => start({}, "sh", "-c", "exit 7"))
      .to.throw()
      .with.property("status", 7);
  });
});
