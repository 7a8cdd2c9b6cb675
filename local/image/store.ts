import { join } from "node:path";

import { buildOnce, inputsHash } from "../machine/build.ts";
import { cacheDir } from "../paths.ts";
import { step } from "../progress.ts";
import { buildImageStore } from "./image.ts";

/** Builds the image if the cache lacks it, and returns the store that nodes start with. */
export async function ensureImageStore(): Promise<string> {
  const files = ["pom.xml", "SHA256SUMS", "image.ts"].map((name) => join(import.meta.dirname, name));
  const folder = join(cacheDir, `images-${inputsHash(files, [process.arch])}`);
  let progress: ReturnType<typeof step> | undefined;
  await buildOnce(folder, async (into) => {
    progress = step("Building the ZooKeeper image (about 1 min)");
    await buildImageStore(into, progress.update);
  });
  progress?.end();
  return join(folder, "store");
}
