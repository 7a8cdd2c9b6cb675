import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";

import { run } from "../../system/run.ts";
import { imageNames } from "./names.ts";

/** The reference of the image that holds a pod's namespaces. */
export const pauseImage = "docker.io/local-gke/pause:1";

/** A root file system that becomes an image. */
export interface Packed {
  /** The image's reference; the archive names its tag. */
  reference: string;
  /** The folder of the root file system. */
  rootfs: string;
  /** A folder for what is needed meanwhile. */
  work: string;
  /** The file that becomes the OCI archive. */
  archive: string;
  /** Options of `umoci config`. @see https://github.com/opencontainers/umoci */
  config: readonly string[];
}

/** Packs a root file system as an OCI archive with one image of one layer. */
export async function packImage({ reference, rootfs, work, archive, config }: Packed): Promise<void> {
  const layout = join(work, "layout");
  const image = `${layout}:${imageNames(reference).tag}`;
  await run("umoci", ["init", "--layout", layout]);
  await run("umoci", ["new", "--image", image]);
  const layer = join(work, "layer.tar");
  await run("tar", [
    "-C",
    rootfs,
    "--numeric-owner",
    "--one-file-system",
    "--exclude=./dev/*",
    "-cf",
    layer,
    ".",
  ]);
  await run("umoci", ["raw", "add-layer", "--image", image, layer]);
  await run("umoci", ["config", "--image", image, ...config]);
  await run("tar", ["-C", layout, "-cf", archive, "."]);
  rmSync(layer);
  rmSync(layout, { recursive: true });
}

/** Builds the image that holds a pod's namespaces. */
export async function buildPause(archive: string, work: string): Promise<void> {
  const rootfs = join(work, "rootfs");
  mkdirSync(rootfs);
  copyFileSync("/usr/bin/catatonit", join(rootfs, "pause"));
  await packImage({
    reference: pauseImage,
    rootfs,
    work,
    archive,
    config: ["--config.entrypoint", "/pause", "--config.entrypoint", "-P"],
  });
}
