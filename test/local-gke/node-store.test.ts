import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { layImageStore } from "../../local-gke/node/node-store.ts";

describe("the image store of a node", () => {
  let root = "";
  const database = "io.containerd.metadata.v1.bolt/meta.db";

  beforeEach(() => {
    // A tmpfs: on an overlay file system, a node has its containers in memory.
    root = mkdtempSync("/dev/shm/node-store-");
  });

  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  const store = (content: string): string => {
    const dir = join(root, content, "store");
    for (const file of [database, "io.containerd.snapshotter.v1.overlayfs/metadata.db"]) {
      mkdirSync(join(dir, file, ".."), { recursive: true });
      writeFileSync(join(dir, file), content);
    }
    return dir;
  };

  it("stays while the images are the same", async () => {
    const [images, dir] = [store("old"), join(root, "node")];
    await layImageStore(images, dir);
    writeFileSync(join(dir, "container"), "");
    const lines = await layImageStore(images, dir);
    expect(existsSync(join(dir, "container"))).to.equal(true);
    expect(lines.at(-1)).to.contain(dir).and.contain("/var/lib/containerd");
  });

  it("is another one when the images have changed", async () => {
    const dir = join(root, "node");
    await layImageStore(store("old"), dir);
    writeFileSync(join(dir, "container"), "");
    await layImageStore(store("new"), dir);
    expect(readFileSync(join(dir, database), "utf8")).to.equal("new");
    expect(existsSync(join(dir, "container"))).to.equal(false);
  });

  it("is made again after an interruption", async () => {
    const [images, dir] = [store("old"), join(root, "node")];
    mkdirSync(dir);
    writeFileSync(join(dir, "half"), "");
    await layImageStore(images, dir);
    expect(existsSync(join(dir, "half"))).to.equal(false);
  });
});
