import { expect } from "chai";

import { machineFaults } from "../../local/machine/faults.ts";
import { foreignAddresses, inspectMachine, wildcardPorts } from "../../local/machine/machine.ts";
import type { Machine } from "../../local/machine/machine.ts";
import { isLinux, needs } from "./needs.ts";

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
  wildcardPorts: ["tcp/22", "udp/68"],
  foreignAddresses: [],
};
const fresh = { builds: true, runs: false };

describe("what a machine lacks", () => {
  it("is nothing on one that fits", () => {
    expect(machineFaults(fit, fresh)).to.deep.equal([]);
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
    ["a port", { wildcardPorts: ["tcp/443", "udp/53", "tcp/80"] }, /tcp\/443, udp\/53, which/],
    ["addresses", { foreignAddresses: ["198.18.0.1 on tun0"] }, /198\.18\.0\.1 on tun0/],
  ];

  for (const [what, change, message] of lacks) {
    it(`is said where it is ${what}, and alone`, () => {
      const faults = machineFaults({ ...fit, ...change }, fresh);
      expect(faults).to.have.length(1);
      expect(faults[0]).to.match(message);
    });
  }

  it("is said all at once", () => {
    const all = lacks.reduce<Machine>((machine, [, change]) => ({ ...machine, ...change }), fit);
    // Without bridges a machine with namespaces; the two faults of Go are one, and so are those of folders.
    expect(machineFaults(all, fresh)).to.have.length(lacks.length - 4);
  });

  it("is less where nothing is built, and where the environment runs already", () => {
    const used: Machine = { ...fit, go: undefined, disks: new Map([["/cache", 5]]), availableMemory: 1 };
    expect(machineFaults(used, { builds: false, runs: true })).to.deep.equal([]);
    expect(machineFaults(used, { builds: false, runs: false })).to.have.length(1);
    expect(machineFaults(used, { builds: true, runs: true })).to.have.length(2);
  });
});

describe("what is in use on a machine", () => {
  const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:01BB 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1
   1: 0100007F:0035 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2
   2: 00000000:0050 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 3
   3: 00000000:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4`;

  it("is a port listened on at every address, not at one, nor a connection", () => {
    expect(wildcardPorts("tcp", table)).to.deep.equal(["tcp/443"]);
    expect(wildcardPorts("udp", table)).to.deep.equal(["udp/53"]);
    const v6 = "0: 00000000000000000000000000000000:01BB 00000000000000000000000000000000:0000 0A 0";
    expect(wildcardPorts("tcp", v6)).to.deep.equal(["tcp/443"]);
  });

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
});
