import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

import { buildOnce, inputsHash } from "../../system/build.ts";
import { cacheDir } from "../../system/paths.ts";
import { step } from "../../system/progress.ts";
import { buildImageStore } from "./image.ts";

/** The store that nodes start with, built or not. */
export function imageStore(): string {
  const files = ["pom.xml", "SHA256SUMS", "image.ts", "sums.ts", "unpack.ts"].map((name) =>
    join(import.meta.dirname, name),
  );
  return join(cacheDir, `images-${inputsHash(files, [process.arch])}`, "store");
}

/** Whether the cache has the store. */
export const isImageStoreBuilt = (): boolean => existsSync(imageStore());

/** Builds the image if the cache lacks it, and returns the store that nodes start with. */
export async function ensureImageStore(): Promise<string> {
  const store = imageStore();
  let progress: ReturnType<typeof step> | undefined;
  await buildOnce(dirname(store), async (into) => {
    progress = step("Building the ZooKeeper image (about 1 min)");
    await buildImageStore(into, progress.update);
  });
  progress?.end();
  return store;
}
