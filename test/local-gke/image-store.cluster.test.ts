import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { buildPause, packImage, pauseImage } from "../../local-gke/images/pack.ts";
import { largeTemporaryDir } from "../../system/temporary.ts";
import { unpackImages } from "../../local-gke/images/unpack.ts";
import { run } from "../../system/run.ts";
import { imageConfig, umociOptions } from "../../zookeeper-image/config.ts";
import { zookeeperVersion } from "../../zookeeper-image/image.ts";
import { officialConfig } from "../fixtures/official-image.ts";

describe("the store of images", function () {
  this.timeout(60_000);
  let root = "";

  before(() => {
    root = mkdtempSync(join(largeTemporaryDir, "images-"));
  });

  after(() => {
    rmSync(root, { recursive: true });
  });

  it("is made in a folder whose path is longer than a socket's may be", async () => {
    const folder = join(root, "a-home-with-a-name-".repeat(6));
    const work = join(folder, "work");
    mkdirSync(work, { recursive: true });
    const archive = join(work, "pause.tar");
    await buildPause(archive, work);
    const store = join(folder, "store");
    await unpackImages([[archive, pauseImage]], store, work);
    expect(existsSync(join(store, "io.containerd.metadata.v1.bolt/meta.db"))).to.equal(true);
  });

  it("has no device, which a cache that is unpacked without root could not create", async () => {
    const work = join(root, "devices");
    const rootfs = join(work, "rootfs");
    mkdirSync(join(rootfs, "dev"), { recursive: true });
    await run("mknod", [join(rootfs, "dev/null"), "c", "1", "3"]);
    const archive = join(work, "pause.tar");
    await packImage({ reference: pauseImage, rootfs, work, archive, config: [] });
    const store = join(work, "store");
    await unpackImages([[archive, pauseImage]], store, work);
    expect(await run("find", [store, "-type", "c"])).to.equal("");
    expect(await run("find", [store, "-path", "*/fs/dev"])).to.match(/\/fs\/dev\n$/);
  });

  it("has an image by its digest as well, which a pod may name", async () => {
    const work = join(root, "digested");
    mkdirSync(work);
    const archive = join(work, "pause.tar");
    await buildPause(archive, work);
    const store = join(work, "store");
    const digest = `sha256:${"0123456789abcdef".repeat(4)}`;
    await unpackImages([[archive, `${pauseImage}@${digest}`]], store, work);
    const names = readFileSync(join(store, "io.containerd.metadata.v1.bolt/meta.db"), "latin1");
    expect(names)
      .to.include(pauseImage)
      .and.include(`${pauseImage.replace(/:1$/, "")}@${digest}`);
  });

  it("gets the servers' image with the official image's configuration, but for the version of Java", async () => {
    const work = join(root, "configured");
    const rootfs = join(work, "rootfs");
    mkdirSync(rootfs, { recursive: true });
    const archive = join(work, "image.tar");
    const config = umociOptions(imageConfig(zookeeperVersion));
    await packImage({ reference: pauseImage, rootfs, work, archive, config });
    const layout = join(work, "unpacked");
    mkdirSync(layout);
    await run("tar", ["-C", layout, "-xf", archive]);
    const blob = (digest: string) =>
      JSON.parse(readFileSync(join(layout, "blobs", digest.replace(":", "/")), "utf8")) as {
        config: { digest: string } & typeof officialConfig;
      };
    const index = JSON.parse(readFileSync(join(layout, "index.json"), "utf8")) as {
      manifests: [{ digest: string }];
    };
    const packed = blob(blob(index.manifests[0].digest).config.digest).config;
    const sorted = (variables: readonly string[]) => variables.toSorted();
    expect({ ...packed, Env: sorted(packed.Env) }).to.deep.equal({
      ...officialConfig,
      Env: sorted(officialConfig.Env.filter((variable) => !variable.startsWith("JAVA_VERSION="))),
    });
  });

  it("is not made of an archive whose image has another tag", async () => {
    const work = join(root, "tagged");
    mkdirSync(work);
    const archive = join(work, "pause.tar");
    await buildPause(archive, work);
    const failure = await unpackImages(
      [[archive, "docker.io/local-gke/pause:2"]],
      join(work, "store"),
      work,
    ).catch((error: unknown) => error);
    expect(failure)
      .to.be.instanceOf(Error)
      .with.property("message")
      .that.includes("does not have the tag of docker.io/local-gke/pause:2");
  });

  it("says why it cannot be made, and does not wait for ever", async () => {
    const folder = join(root, "blocked");
    const work = join(folder, "work");
    mkdirSync(work, { recursive: true });
    // Where containerd wants a folder there is a device.
    const failure = await unpackImages([], "/dev/null/store", work).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(Error).with.property("message").that.includes("/dev/null");
  });
});
