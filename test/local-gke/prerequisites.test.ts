import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { proxyExceptions } from "../../local-gke/pulumi/environment.ts";
import { unmetRequirements } from "../../local-gke/machine/requirements.ts";
import { zookeeperEnvironment } from "../../zookeeper-image/configuration.ts";
import { foreignAddresses, inspectMachine } from "../../local-gke/machine/machine.ts";
import type { Machine } from "../../local-gke/machine/machine.ts";
import { requireRoot } from "../../local-gke/machine/own-folders.ts";
import { onPath } from "../../local-gke/toolchain/official.ts";
import { isLinux, isRoot, needs } from "../fixtures/needs.ts";

const fit: Machine = {
  platform: "linux",
  arch: "x64",
  isRoot: true,
  memory: 8,
  availableMemory: 6,
  disks: new Map([["/cache", 40]]),
  kernel: { overlay: true, namespaces: true, bridges: true },
  controllers: ["cpu", "cpuset", "memory", "pids"],
  go: "1.25.0",
  runtime: { crun: "1.21", containerd: "1.7.24" },
  foreignAddresses: [],
};
const { advice } = zookeeperEnvironment;
const fresh = { builds: true, runs: false };

describe("what a machine lacks", () => {
  it("is nothing on one that fits", () => {
    expect(unmetRequirements(fit, fresh, advice)).to.deep.equal([]);
  });

  it("is nothing where crun is old enough for its containerd, new enough, or not installed yet", () => {
    for (const [crun, containerd] of [
      ["1.8.1", "1.6.20"],
      ["1.15", "2.0.0"],
      ["2.0", "2.1.0"],
      [undefined, "2.1.0"],
      ["1.14.1", undefined],
    ] as const) {
      expect(unmetRequirements({ ...fit, runtime: { crun, containerd } }, fresh, advice)).to.deep.equal([]);
    }
  });

  const lacks: readonly [string, Partial<Machine>, RegExp][] = [
    ["root", { isRoot: false }, /need root/],
    ["a known architecture", { arch: "s390x" }, /this machine is s390x/],
    ["memory", { memory: 4 }, /has 4\.0 GiB of memory, and 6 GiB are needed/],
    ["free memory", { availableMemory: 1 }, /1\.0 GiB of memory are free/],
    ["disk", { disks: new Map([["/cache", 9.94]]) }, /^\/cache has 9\.9 GiB of disk free, and 15 GiB/],
    [
      "a plain path",
      { disks: new Map([["/home/ann e/.cache", 40]]) },
      /^the path "\/home\/ann e\/.cache" has " "/,
    ],
    ["overlay", { kernel: { overlay: false, namespaces: true, bridges: true } }, /module overlay/],
    ["namespaces", { kernel: { overlay: true, namespaces: false, bridges: false } }, /--privileged/],
    ["bridges", { kernel: { overlay: true, namespaces: true, bridges: false } }, /bridge and veth/],
    ["cgroups", { controllers: ["cpu", "cpuset", "pids"] }, /controllers memory are missing/],
    ["Go", { go: undefined }, /Go 1\.21 or newer is not on PATH/],
    ["a Go that is new enough", { go: "1.19.8" }, /Go is 1\.19\.8/],
    [
      "a crun for its containerd",
      { runtime: { crun: "1.14.1", containerd: "2.2.0" } },
      /^crun is 1\.14\.1, which runs no container of containerd 2\.2\.0/,
    ],
    ["addresses", { foreignAddresses: ["198.18.0.1 on tun0"] }, /198\.18\.0\.1 on tun0/],
  ];

  for (const [what, change, message] of lacks) {
    it(`is said where it is ${what}, and alone`, () => {
      const faults = unmetRequirements({ ...fit, ...change }, fresh, advice);
      expect(faults).to.have.length(1);
      expect(faults[0]).to.match(message);
    });
  }

  it("is said all at once", () => {
    const all = lacks.reduce<Machine>((machine, [, change]) => ({ ...machine, ...change }), fit);
    // Without bridges a machine with namespaces; the two faults of Go are one, and so are those of folders.
    expect(unmetRequirements(all, fresh, advice)).to.have.length(lacks.length - 4);
  });

  it("is less where nothing is built, and where the environment runs already", () => {
    const used: Machine = { ...fit, go: undefined, disks: new Map([["/cache", 5]]), availableMemory: 1 };
    expect(unmetRequirements(used, { builds: false, runs: true }, advice)).to.deep.equal([]);
    expect(unmetRequirements(used, { builds: false, runs: false }, advice)).to.have.length(1);
    expect(unmetRequirements(used, { builds: true, runs: true }, advice)).to.have.length(2);
  });
});

describe("what is in use on a machine", () => {
  it("is an address of the range on any link but a local cluster's", () => {
    const link = (ifname: string, ...locals: string[]) => ({
      ifname,
      addr_info: locals.map((local) => ({ local })),
    });
    const links = [link("lo", "127.0.0.1", "::1"), link("gke3", "198.18.192.1"), link("utun", "198.19.0.1")];
    expect(foreignAddresses([...links, link("eth0", "198.20.0.1")])).to.deep.equal(["198.19.0.1 on utun"]);
  });

  it("is read of this machine without a change to it", async function () {
    needs(this, "Linux", isLinux);
    const machine = await inspectMachine(["/nonexistent/folder"]);
    expect(machine.memory).to.be.greaterThan(machine.availableMemory);
    expect(machine.disks.get("/nonexistent/folder")).to.be.greaterThan(0);
    expect(machine.controllers).to.include("memory");
  });

  it("is taken to be well where the program that could tell is yet to be installed", async function () {
    needs(this, "root on Linux", isLinux && isRoot);
    const path = process.env["PATH"];
    const programs = mkdtempSync(join(tmpdir(), "programs-"));
    // As in a container with hardly a package: there is no ip.
    for (const program of ["sh", "unshare"]) {
      symlinkSync(onPath(program, path ?? "") ?? "", join(programs, program));
    }
    try {
      process.env["PATH"] = programs;
      const { kernel, foreignAddresses: addresses, go } = await inspectMachine(["/"]);
      expect({ kernel, addresses, go }).to.deep.equal({
        kernel: { overlay: true, namespaces: true, bridges: true },
        addresses: [],
        go: undefined,
      });
    } finally {
      process.env["PATH"] = path;
      rmSync(programs, { recursive: true });
    }
  });
});

describe("a machine's proxy", () => {
  it("is not asked for local clusters, nor for what its users except", () => {
    expect(
      proxyExceptions({ HTTPS_PROXY: "http://proxy:3128", no_proxy: "intranet, localhost" }),
    ).to.deep.equal({
      NO_PROXY: "intranet,localhost,127.0.0.1,198.18.0.0/15",
      no_proxy: "intranet,localhost,127.0.0.1,198.18.0.0/15",
    });
  });

  it("does not grow with every command", () => {
    const once = proxyExceptions({ http_proxy: "http://proxy:3128" });
    expect(proxyExceptions({ http_proxy: "http://proxy:3128", ...once })).to.deep.equal(once);
  });

  it("needs no exceptions where there is none", () => {
    expect(proxyExceptions({ NO_PROXY: "intranet", HTTPS_PROXY: "" })).to.deep.equal({});
  });
});

describe("a command of another user than root", () => {
  const { getuid } = process;

  afterEach(() => {
    process.getuid = getuid;
  });

  it("is rejected with what to do, as there seems to be no environment otherwise", function () {
    needs(this, "Linux", isLinux);
    process.getuid = () => 1000;
    expect(requireRoot).to.throw("run the command as root");
    process.getuid = () => 0;
    expect(requireRoot).not.to.throw();
  });
});
