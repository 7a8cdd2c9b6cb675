import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";

import { expect } from "chai";

import { configuration, configure } from "../../local-gke/configuration.ts";
import { builtTools, ensureTools, kubernetesPlugin } from "../../local-gke/toolchain/build.ts";
import { toolDir } from "../../local-gke/toolchain/compile.ts";
import { officialReleases } from "../../local-gke/toolchain/releases.ts";
import type { Release } from "../../local-gke/toolchain/releases.ts";
import { tools } from "../../local-gke/toolchain/tools.ts";
import { copyTree } from "../../system/files.ts";
import { run } from "../../system/run.ts";
import { largeTemporaryDir } from "../../system/temporary.ts";
import { checksumOf, Publisher } from "../fixtures/toolchain/releases.ts";

describe("the tools of an empty cache", function () {
  this.timeout(180_000);
  const publisher = new Publisher();
  let configured: ReturnType<typeof configuration>;
  let root = "";

  before(async () => {
    configured = configuration();
    root = mkdtempSync(join(largeTemporaryDir, "releases-"));
    await publisher.start();
  });

  after(() => {
    publisher.stop();
    configure(configured);
    rmSync(root, { recursive: true });
  });

  /** The files of this machine's tools with the names of these commands; undefined where it has official ones. */
  function filesOf({ modules }: Release, commands: string): string[] | undefined {
    const wanted = tools.filter(({ module }) => modules.includes(module));
    const files = wanted.flatMap((tool) =>
      tool.commands.map((command) =>
        [join(toolDir(tool), "bin"), commands, join(commands, "../pulumi")]
          .map((folder) => join(folder, command))
          .find((file) => existsSync(file)),
      ),
    );
    return files.every((file) => file !== undefined) ? files : undefined;
  }

  /** A release with the commands of this machine, in the publisher's layout. @returns it, and its size in bytes */
  async function republish(release: Release, files: readonly string[]): Promise<[Release, number]> {
    const name = release.modules.join("-");
    const content = join(root, name);
    mkdirSync(join(content, release.folder), { recursive: true });
    for (const file of files) {
      symlinkSync(file, join(content, release.folder, basename(file)));
    }
    const archive = join(root, `${name}.tar.gz`);
    const compress = ["--dereference", "--use-compress-program=gzip -1"];
    await run("tar", [...compress, "-cf", archive, "-C", content, "."]);
    const url = publisher.serveFile(`/${name}.tar.gz`, archive);
    return [{ ...release, url, checksum: checksumOf(readFileSync(archive)) }, statSync(archive).size];
  }

  it("come from official archives without any build, and run", async () => {
    const built = (await builtTools()) ?? "";
    const releases: Release[] = [];
    let bytes = 0;
    for (const release of officialReleases()) {
      const files = filesOf(release, built);
      if (files !== undefined) {
        const [republished, size] = await republish(release, files);
        releases.push(republished);
        bytes += size;
      }
    }
    const own = tools.filter(({ module }) => module === "agents").map(toolDir);
    configure({ ...configured, cacheDir: join(root, "cache") });
    for (const folder of own) {
      const copy = join(root, "cache/tools", basename(folder));
      mkdirSync(dirname(copy), { recursive: true });
      await copyTree(folder, copy);
    }
    const began = Date.now();
    const commands = await ensureTools({
      releases,
      compile: ({ title }) => Promise.reject(new Error(`${title} was built`)),
    });
    console.log(`      ${Math.round(bytes / 1e6)} MB in ${((Date.now() - began) / 1000).toFixed(1)} s`);
    expect(commands).not.to.equal(built);
    expect(await builtTools()).to.equal(commands);
    expect(readdirSync(commands)).to.deep.equal(readdirSync(built));
    expect(readdirSync(join(commands, "../pulumi"))).to.deep.equal(readdirSync(join(built, "../pulumi")));
    expect(await run(join(commands, "kubectl"), ["version", "--client"])).to.contain("v1.34.");
    expect(await run(join(commands, "etcd"), ["--version"])).to.contain("etcd Version: 3.6.14");
    expect(await run(join(commands, "pulumi"), ["version"])).to.match(/^v3\./);
    expect(kubernetesPlugin()).to.contain(join(root, "cache/tools"));
    await run(kubernetesPlugin(), ["--help"]);
  });
});
