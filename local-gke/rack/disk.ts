import { existsSync, readdirSync, realpathSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";

import { isMounted, unitProcesses } from "../../system/processes.ts";
import { run, succeeds } from "../../system/run.ts";
import type { ClusterRecord } from "../cluster/records.ts";
import { gkeDir } from "../configuration.ts";
import { nodeId } from "../node/node.ts";

/** Whether a folder is a disk of the local GKE: nothing else is ever emptied. */
export const isDisk = (path: string): boolean =>
  /^projects\/[^/]+\/disks\/[^/]+\/pvc-[0-9a-f-]+$/.test(relative(gkeDir(), path));

/** A disk: the folder of this machine that is a PersistentVolume. */
export class Disk {
  readonly #cluster: ClusterRecord;
  readonly #path: string;

  /** @throws Error where the folder is no disk of the local GKE */
  constructor(cluster: ClusterRecord, path: string) {
    if (!isDisk(path)) {
      throw new Error(`${path} is no disk of the local GKE`);
    }
    this.#cluster = cluster;
    this.#path = path;
  }

  /** Removes all that is on the disk, as if a new one replaced it. */
  empty(): void {
    for (const name of readdirSync(this.#path)) {
      rmSync(join(this.#path, name), { recursive: true, force: true });
    }
  }

  /**
   * A small file system that can take the disk's place.
   * @param mountPoint a folder that does not exist yet
   */
  small(mountPoint: string): SmallDisk {
    return new SmallDisk(this.#cluster, this, this.#path, mountPoint);
  }
}

/** Copies a folder's content with owners and modes. */
async function copy(from: string, to: string): Promise<void> {
  await run("cp", ["-a", `${from}/.`, to]);
}

/** The option with which mount and umount, the machine's own, work in the mount namespace of a process. */
const inside = (pid: number): string => `--namespace=/proc/${pid}/ns/mnt`;

/** A small file system with a disk's content, which takes the disk's place in every node, so that it can fill up. */
export class SmallDisk {
  readonly #cluster: ClusterRecord;
  readonly #disk: Disk;
  readonly #path: string;
  readonly #image: string;
  readonly #mountPoint: string;

  constructor(cluster: ClusterRecord, disk: Disk, path: string, mountPoint: string) {
    this.#cluster = cluster;
    this.#disk = disk;
    this.#path = path;
    this.#image = join(dirname(path), `small-${basename(path)}.img`);
    this.#mountPoint = mountPoint;
  }

  /** Why this machine cannot have one; undefined where it can. */
  static unavailable(): string | undefined {
    return ["/usr/sbin/mkfs.ext4", "/dev/loop-control"].every((file) => existsSync(file))
      ? undefined
      : "a small file system needs mkfs.ext4 and loop devices, and one of them is missing";
  }

  /** A process in every node's mount namespace. */
  #kubelets(): number[] {
    const nodes = this.#cluster.pools.flatMap((pool) => pool.nodes);
    const units = new Set(nodes.map((node) => nodeId(this.#cluster, node)));
    return unitProcesses().flatMap(({ pid, unit, argv }) =>
      units.has(unit) && argv[0] === "kubelet" ? [pid] : [],
    );
  }

  /**
   * Takes the disk's place. No pod may use the disk meanwhile.
   * @param room bytes beyond the data that is on the disk
   */
  async insert(room: number): Promise<void> {
    const disk = this.#path;
    const used = Number((await run("du", ["-sb", disk])).split("\t")[0]);
    writeFileSync(this.#image, "");
    truncateSync(this.#image, Math.ceil(used * 1.1) + room);
    await run("mkfs.ext4", ["-q", "-m", "0", this.#image]);
    await run("mkdir", ["-p", this.#mountPoint]);
    await run("mount", ["-o", "loop", this.#image, this.#mountPoint]);
    rmSync(join(this.#mountPoint, "lost+found"), { recursive: true });
    await copy(disk, this.#mountPoint);
    await run("chown", [`--reference=${disk}`, this.#mountPoint]);
    await run("chmod", [`--reference=${disk}`, this.#mountPoint]);
    const device = (await run("findmnt", ["-no", "SOURCE", this.#mountPoint])).trim();
    for (const kubelet of this.#kubelets()) {
      await run("mount", [inside(kubelet), device, disk]);
    }
  }

  /** Gives the disk its place back, with what was written meanwhile. No pod may use the disk meanwhile. */
  async remove(): Promise<void> {
    for (const kubelet of this.#kubelets()) {
      while (isMounted(kubelet, realpathSync(this.#path))) {
        await run("umount", [inside(kubelet), this.#path]);
      }
    }
    if (await succeeds("mountpoint", ["-q", this.#mountPoint])) {
      this.#disk.empty();
      await copy(this.#mountPoint, this.#path);
      await run("umount", [this.#mountPoint]);
    }
    rmSync(this.#image, { force: true });
  }

  /**
   * Fills it up.
   * @param left bytes that stay free at most
   * @throws Error where more stays free
   */
  async fill(left: number): Promise<void> {
    const free = async () => {
      const { bavail, bsize } = await statfs(this.#mountPoint);
      return bavail * bsize;
    };
    const blocks = Math.ceil(((await free()) - left) / 65536) + 1;
    const file = join(this.#mountPoint, `filler-${left}`);
    // It may end with an error: a disk without space left is what is wanted.
    await succeeds("dd", ["if=/dev/zero", `of=${file}`, "bs=64K", `count=${blocks}`, "status=none"]);
    if ((await free()) > left) {
      throw new Error(`${this.#mountPoint}: ${await free()} bytes are left`);
    }
  }

  /** Makes room again: removes what {@link fill} wrote. */
  makeRoom(): void {
    for (const name of readdirSync(this.#mountPoint).filter((each) => each.startsWith("filler-"))) {
      rmSync(join(this.#mountPoint, name));
    }
  }
}
