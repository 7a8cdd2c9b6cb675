import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { expect } from "chai";
import fc from "fast-check";

import { wrapperName } from "../../local-gke/configuration.ts";
import { findOfficial, onPath } from "../../local-gke/toolchain/official.ts";
import { lanes } from "../../local-gke/toolchain/builds.ts";
import { tools, toolsBeside } from "../../local-gke/toolchain/tools.ts";
import { kubectlFits, parseVersion, pulumiFits } from "../../local-gke/toolchain/versions.ts";

const number = fc.nat({ max: 400 });

describe("versions of official tools", () => {
  it("reads releases, and no builds of before one", () => {
    expect(parseVersion("v3.216.0\n")).to.deep.equal([3, 216, 0]);
    expect(parseVersion("v1.34.3-gke.100")).to.deep.equal([1, 34, 3]);
    for (const text of ["", "v3", "3.216", "v3.217.0-alpha.1", "v1.34.0-rc.0", "latest", "v3.x.0"]) {
      expect(parseVersion(text), text).to.equal(undefined);
    }
  });

  it("takes a kubectl of the cluster's minor version, whatever its patch", () => {
    fc.assert(
      fc.property(number, number, number, number, (minor, other, patch, clusterPatch) => {
        const fits = kubectlFits(`v1.${other}.${patch}`, `1.${minor}.${clusterPatch}`);
        expect(fits).to.equal(minor === other);
      }),
    );
    expect(kubectlFits("v2.34.3", "1.34.3")).to.equal(false);
    expect(kubectlFits("", "1.34.3")).to.equal(false);
  });

  it("takes a pulumi that is not older than the built one and of its major version", () => {
    fc.assert(
      fc.property(number, number, number, number, (minor, other, patch, builtPatch) => {
        const fits = pulumiFits(`v3.${other}.${patch}`, `3.${minor}.${builtPatch}`);
        expect(fits).to.equal(other > minor || (other === minor && patch >= builtPatch));
      }),
    );
    expect(pulumiFits("v4.0.0", "3.216.0")).to.equal(false);
    expect(pulumiFits("v2.999.0", "3.216.0")).to.equal(false);
  });
});

describe("official tools on PATH", () => {
  const wanted = { pulumi: "3.216.0", kubernetes: "1.34.3" };
  let root = "";

  const executable = (path: string, prints: string): string => {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `#!/bin/sh\necho '${prints}'\n`, { mode: 0o755 });
    return file;
  };
  const kubectl = (path: string, version: string) =>
    executable(path, JSON.stringify({ clientVersion: { gitVersion: version } }));
  const path = (...dirs: string[]) => dirs.map((dir) => join(root, dir)).join(":");

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "official-"));
  });

  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  it("are used when their versions fit", async () => {
    const cli = executable("pulumi/pulumi", "v3.220.1");
    executable("pulumi/pulumi-language-nodejs", "");
    const client = kubectl("bin/kubectl", "v1.34.9");
    expect(await findOfficial(path("bin", "pulumi"), wanted)).to.deep.equal({ pulumi: cli, kubectl: client });
  });

  it("are found through the links of a package manager", async () => {
    const cli = executable("Cellar/pulumi/pulumi", "v3.216.0");
    executable("Cellar/pulumi/pulumi-language-nodejs", "");
    mkdirSync(join(root, "bin"));
    symlinkSync(cli, join(root, "bin", "pulumi"));
    expect(await findOfficial(path("bin"), wanted)).to.deep.equal({ pulumi: cli });
  });

  it("are left alone when they do not fit, do not work, or lack the language host", async () => {
    executable("a/pulumi", "v3.230.0");
    kubectl("a/kubectl", "v1.32.4-dispatcher");
    expect(await findOfficial(path("a"), wanted), "no host; another minor").to.deep.equal({});
    executable("b/pulumi", "v3.215.9");
    executable("b/pulumi-language-nodejs", "");
    writeFileSync(join(root, "b", "kubectl"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
    expect(await findOfficial(path("b"), wanted), "too old; broken").to.deep.equal({});
    expect(await findOfficial("", wanted), "nothing on PATH").to.deep.equal({});
  });

  it("are not our own builds, in whichever cache, which npm run env puts on PATH", async () => {
    kubectl("cache/tools/kubernetes-0123456789abcdef/bin/kubectl", "v1.34.3");
    executable("cache/commands-0123456789abcdef/pulumi/pulumi", "v3.216.0");
    executable("cache/commands-0123456789abcdef/pulumi/pulumi-language-nodejs", "");
    const commands = "cache/commands-0123456789abcdef/bin";
    mkdirSync(join(root, commands));
    symlinkSync("../pulumi/pulumi", join(root, commands, "pulumi"));
    symlinkSync(
      join(root, "cache/tools/kubernetes-0123456789abcdef/bin/kubectl"),
      join(root, commands, "kubectl"),
    );
    // What stands before the CLI in an environment; an official one behind it is still found.
    executable(`state/${wrapperName}/pulumi`, "v3.216.0");
    executable(`state/${wrapperName}/pulumi-language-nodejs`, "");
    expect(await findOfficial(path(`state/${wrapperName}`, commands), wanted)).to.deep.equal({});
    const cli = executable("opt/pulumi", "v3.216.0");
    expect(onPath("pulumi", path(`state/${wrapperName}`, commands, "opt"))).to.equal(cli);
    const official = kubectl("bin/kubectl", "v1.34.3");
    expect(onPath("kubectl", path(commands, "bin"))).to.equal(official);
  });
});

describe("what is built", () => {
  const names = (official: Parameters<typeof toolsBeside>[0], built: boolean) =>
    toolsBeside(official, () => built).flatMap(({ commands }) => commands);

  it("is everything where the machine has nothing", () => {
    expect(toolsBeside({}, () => false)).to.deep.equal(tools);
  });

  it("leaves out an official pulumi with its host", () => {
    const built = names({ pulumi: "/usr/bin/pulumi" }, false);
    expect(built).not.to.include.members(["pulumi"]);
    expect(built).not.to.include.members(["pulumi-language-nodejs"]);
    expect(built).to.include.members(["kubelet", "kubectl", "pulumi-resource-kubernetes"]);
  });

  it("leaves out an official kubectl, but builds nothing again for it", () => {
    const official = { kubectl: "/usr/bin/kubectl" };
    expect(names(official, false)).not.to.include("kubectl");
    expect(names(official, false)).to.include.members(["kubelet", "kubeadm", "kube-proxy", "pulumi"]);
    expect(toolsBeside(official, () => true)).to.deep.equal(tools);
  });

  it("is built in parallel only where cores and memory allow it", () => {
    expect(lanes(2, 24)).to.equal(1);
    expect(lanes(8, 32)).to.equal(2);
    expect(lanes(16, 6)).to.equal(1);
    expect(lanes(1, 1)).to.equal(1);
  });
});
