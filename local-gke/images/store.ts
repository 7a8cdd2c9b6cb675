import { existsSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

import { buildOnce, inputsHash } from "../../system/build.ts";
import { step } from "../../system/progress.ts";
import { configuration } from "../configuration.ts";
import type { Image } from "../configuration.ts";
import { buildPause, pauseImage } from "./pack.ts";
import { unpackImages } from "./unpack.ts";

/** Every image of a node: the caller's, and the one that holds a pod's namespaces. */
const allImages = (): readonly Image[] => [
  ...configuration().images,
  { reference: pauseImage, title: "pause", inputs: [], build: buildPause },
];

/** The store that nodes start with, built or not. */
export function imageStore(): string {
  const own = ["names.ts", "pack.ts", "sums.ts", "unpack.ts"].map((name) => join(import.meta.dirname, name));
  const images = allImages();
  const inputs = inputsHash(
    [...own, ...images.flatMap((image) => image.inputs)],
    [...images.map(({ reference }) => reference), process.arch],
  );
  return join(configuration().cacheDir, `images-${inputs}`, "store");
}

/** Whether the cache has the store. */
export const isImageStoreBuilt = (): boolean => existsSync(imageStore());

async function buildImageStore(into: string, report: (detail: string) => void): Promise<void> {
  const work = join(into, "work");
  const archives: [archive: string, reference: string][] = [];
  for (const [index, { reference, title, build }] of allImages().entries()) {
    report(title);
    const folder = join(work, String(index));
    mkdirSync(folder, { recursive: true });
    const archive = join(work, `${index}.tar`);
    await build(archive, folder);
    rmSync(folder, { recursive: true });
    archives.push([archive, reference]);
  }
  report("unpacking them as nodes hold them");
  await unpackImages(archives, join(into, "store"), work);
  rmSync(work, { recursive: true });
}

/** Builds the images if the cache lacks them, and returns the store that nodes start with. */
export async function ensureImageStore(): Promise<string> {
  const store = imageStore();
  let progress: ReturnType<typeof step> | undefined;
  await buildOnce(dirname(store), async (into) => {
    progress = step("Building the images of nodes");
    await buildImageStore(into, progress.update);
  });
  progress?.end();
  return store;
}
