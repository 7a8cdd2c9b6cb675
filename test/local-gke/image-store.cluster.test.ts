import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { buildPause, pauseImage } from "../../local-gke/images/pack.ts";
import { largeTemporaryDir } from "../../system/temporary.ts";
import { unpackImages } from "../../local-gke/images/unpack.ts";

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
