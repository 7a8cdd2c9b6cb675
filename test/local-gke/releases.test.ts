import { expect } from "chai";

import { checksums } from "../../local-gke/toolchain/checksums.ts";
import { officialReleases } from "../../local-gke/toolchain/releases.ts";
import { tools } from "../../local-gke/toolchain/tools.ts";
import { requiredVersion } from "../../local-gke/toolchain/versions.ts";

/** What the project itself consists of. */
const own = ["agents"];

describe("the official releases", () => {
  for (const arch of ["x64", "arm64"]) {
    it(`have every tool for ${arch} that others publish, with a published checksum`, () => {
      const modules = officialReleases(arch).flatMap((release) => release.modules);
      expect([...modules, ...own].sort()).to.deep.equal(tools.map(({ module }) => module).sort());
    });

    it(`say for ${arch} how each command is checked`, () => {
      for (const { modules, answers } of officialReleases(arch)) {
        const commands = tools
          .filter(({ module }) => modules.includes(module))
          .flatMap((tool) => tool.commands);
        expect(Object.keys(answers).sort()).to.deep.equal(commands.sort());
      }
    });
  }

  it("are not those of other machines", () => {
    const addresses = ["x64", "arm64"].map((arch) => officialReleases(arch).map(({ url }) => url));
    expect(addresses[0]?.every((url) => /(x64|amd64)/.test(url))).to.equal(true);
    expect(addresses[1]?.every((url) => /arm64/.test(url))).to.equal(true);
    expect(officialReleases("riscv64")).to.deep.equal([]);
  });

  it("leave no checksum over", () => {
    const used = ["x64", "arm64"].flatMap((arch) => officialReleases(arch).map(({ url }) => url));
    expect(Object.keys(checksums).sort()).to.deep.equal(used.sort());
    for (const [url, hex] of Object.entries(checksums)) {
      expect(url).to.match(/^https:\/\//);
      expect(hex).to.match(/^([0-9a-f]{64}|[0-9a-f]{128})$/);
    }
  });

  it("have the versions that are built", () => {
    const built = {
      Kubernetes: requiredVersion("kubernetes", "k8s.io/kubernetes"),
      "the Pulumi CLI": requiredVersion("pulumi", "github.com/pulumi/pulumi/pkg/v3"),
    };
    const titles = officialReleases("x64").map(({ title }) => title);
    for (const [name, version] of Object.entries(built)) {
      expect(titles).to.include(`${name} ${version}`);
    }
    expect(() => requiredVersion("etcd", "example.org/none")).to.throw("no module example.org/none");
  });
});
