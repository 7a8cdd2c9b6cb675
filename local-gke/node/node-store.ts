import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { copyTree, isOnOverlay } from "../../system/files.ts";
import { commandLine, quoted } from "../../system/shell.ts";

/** Where containerd keeps what it pulled, and what it unpacked: nobody writes to these files again. */
const blobs = "io.containerd.content.v1.content/blobs";
const snapshots = "io.containerd.snapshotter.v1.overlayfs/snapshots";

const databases = [
  "io.containerd.metadata.v1.bolt/meta.db",
  "io.containerd.snapshotter.v1.overlayfs/metadata.db",
];

/** Where a node has its containers. */
const target = "/var/lib/containerd";

/**
 * Gives a node that starts the images, as a machine image with them preloaded would. A node that had another store gets
 * this one instead: its containers ended with it, and the kubelet creates them again.
 *
 * Layers and blobs are never written to again, so they are hard links of the
 * cached ones, where the file system allows it; the databases are copies.
 * @param imageStore the store that holds the images
 * @param dir the node's own folder for its containers
 * @returns the shell lines that mount it in the node
 */
export async function layImageStore(imageStore: string, dir: string): Promise<string[]> {
  mkdirSync(dirname(dir), { recursive: true });
  if (isOnOverlay(dirname(dir))) {
    return inMemory(imageStore);
  }
  const complete = join(dir, "complete");
  if (!existsSync(complete) || readFileSync(complete, "utf8") !== imageStore) {
    rmSync(dir, { recursive: true, force: true });
    await copyTree(imageStore, dir);
    for (const database of databases) {
      rmSync(join(dir, database));
      cpSync(join(imageStore, database), join(dir, database));
    }
    writeFileSync(complete, imageStore);
  }
  return [`mkdir -p ${target}`, commandLine("mount", "--bind", dir, target)];
}

/**
 * In a container, a node's folder is usually on an overlay file system, and
 * the kernel puts no other on top of one. What containers write is then in
 * memory until the node ends; layers and blobs stay where they are.
 */
function inMemory(imageStore: string): string[] {
  const store = quoted(imageStore);
  return [
    `mkdir -p ${target}`,
    `mount -t tmpfs -o mode=0711 tmpfs ${target}`,
    `tar -C ${store} --exclude=./${blobs} --exclude='./${snapshots}/*/fs' -cf - . | tar -C ${target} -xf -`,
    `for shared in ${store}/${blobs} ${store}/${snapshots}/*/fs; do`,
    `  ln -s "$shared" "${target}/\${shared#${store}/}"`,
    "done",
  ];
}
