import { existsSync, realpathSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { dirname, join } from "node:path";

import { nodeId } from "../../local-gke/node/node.ts";
import { isMounted, unitProcesses } from "../../system/processes.ts";
import { CommandError, run, succeeds } from "../../system/run.ts";
import { until } from "../../system/wait.ts";
import { empty } from "../volumes.ts";
import { aFollower, type Fault, type Scene } from "../fault.ts";
import { listServers } from "../servers.ts";
import type { Server } from "../servers.ts";
import { followersNoticed } from "./nodes.ts";

/** What a small disk has beyond the data that is on it, in bytes: more than one transaction log allocated ahead. */
const room = 256 * 2 ** 20;

/** What may be left of a full disk, in bytes. */
const leftover = 64 * 2 ** 10;

/**
 * What is left of a disk that is nearly full, in bytes: less than start-zookeeper wants, and more than is logged at
 * once.
 */
const scarce = 40 * 2 ** 20;

/** A process in every node's mount namespace. */
function kubelets({ ensemble }: Scene): number[] {
  const { cluster } = ensemble;
  const processes = unitProcesses();
  return cluster.pools
    .flatMap((pool) => pool.nodes)
    .flatMap((node) => {
      const kubelet = processes.find(
        ({ unit, argv }) => unit === nodeId(cluster, node) && argv[0] === "kubelet",
      );
      return kubelet === undefined ? [] : [kubelet.pid];
    });
}

/** The option with which mount and umount, the machine's own, work in a process's mount namespace. */
const inside = (pid: number): string => `--namespace=/proc/${pid}/ns/mnt`;

/** Does something while a server's pod is nowhere: no node takes pods until it is done. */
async function whilePodIsAway({ ensemble }: Scene, pod: string, work: () => Promise<void>): Promise<void> {
  const nodes = ensemble.cluster.pools.flatMap((pool) => pool.nodes.map(({ name }) => name));
  await ensemble.kubectl("cordon", ...nodes);
  try {
    await ensemble.kubectl("delete", "pod", "-n", ensemble.namespace, pod, "--wait=true");
    await until(
      `${pod} waits for a node`,
      async () => {
        const again = (await listServers(ensemble.cluster, ensemble.namespace, ensemble.name)).find(
          (s) => s.pod === pod,
        );
        return again === undefined ? "it is not there" : again.node === "" || "it is on a node";
      },
      { within: 120_000, every: 100 },
    );
    await work();
  } finally {
    await ensemble.kubectl("uncordon", ...nodes);
  }
}

/** Gives a server's disk a file system of its own, small and with the same content, in every node. */
async function shrink(scene: Scene, server: Server): Promise<string> {
  const disk = await scene.ensemble.disk(server);
  const image = join(dirname(disk), `small-${server.pod}.img`);
  const mounted = join(scene.dir, "disk");
  scene.undo.later(`${server.pod} has its own disk`, async () => {
    await whilePodIsAway(scene, server.pod, async () => {
      for (const kubelet of kubelets(scene)) {
        while (isMounted(kubelet, realpathSync(disk))) {
          await run("umount", [inside(kubelet), disk]);
        }
      }
      if (await succeeds("mountpoint", ["-q", mounted])) {
        empty(disk);
        await copy(mounted, disk);
        await run("umount", [mounted]);
      }
      rmSync(image, { force: true });
    });
  });
  await whilePodIsAway(scene, server.pod, async () => {
    const used = Number((await run("du", ["-sb", disk])).split("\t")[0]);
    writeFileSync(image, "");
    truncateSync(image, Math.ceil(used * 1.1) + room);
    await run("mkfs.ext4", ["-q", "-m", "0", image]);
    await run("mkdir", ["-p", mounted]);
    await run("mount", ["-o", "loop", image, mounted]);
    rmSync(join(mounted, "lost+found"), { recursive: true });
    await copy(disk, mounted);
    await run("chown", [`--reference=${disk}`, mounted]);
    await run("chmod", [`--reference=${disk}`, mounted]);
    const device = (await run("findmnt", ["-no", "SOURCE", mounted])).trim();
    for (const kubelet of kubelets(scene)) {
      await run("mount", [inside(kubelet), device, disk]);
    }
  });
  return mounted;
}

/** Copies a folder's content with owners and modes. */
async function copy(from: string, to: string): Promise<void> {
  await run("cp", ["-a", `${from}/.`, to]);
}

/** Writes until no more than so many bytes are free. @throws Error where more room is left */
async function fill(mounted: string, left: number): Promise<void> {
  const { bavail, bsize } = await statfs(mounted);
  const blocks = Math.ceil((bavail * bsize - left) / 65536) + 1;
  // It may end with an error: that there is no space left is what is wanted.
  await succeeds("dd", [
    "if=/dev/zero",
    `of=${join(mounted, `filler-${left}`)}`,
    "bs=64K",
    `count=${blocks}`,
    "status=none",
  ]);
  const after = await statfs(mounted);
  if (after.bavail * after.bsize > left) {
    throw new Error(`${mounted}: ${after.bavail * after.bsize} bytes are left`);
  }
}

/** Waits until a server is stopped and its pod says that it waits for room. */
async function stoppedForRoom({ ensemble, wait }: Scene, { pod }: Server): Promise<void> {
  await wait(`${pod} waits for room`, async () => {
    try {
      const log = await ensemble.kubectl("logs", "-n", ensemble.namespace, pod);
      return log.includes("the volume is full") || "it does not say so";
    } catch (error) {
      if (error instanceof CommandError) {
        return error.stderr.trim();
      }
      throw error;
    }
  });
}

/** A disk that fills up. */
export const diskFaults: readonly Fault[] = [
  {
    name: "disk-full",
    about: "a follower's disk fills up, slowly or at once, until it stops and waits, and then has room again",
    weight: 1,
    restarts: "follower",
    skip: () =>
      ["/usr/sbin/mkfs.ext4", "/dev/loop-control"].every(existsSync)
        ? undefined
        : "it needs a small file system of its own: mkfs.ext4 or loop devices are missing",
    inject: async (scene) => {
      const server = aFollower(scene);
      const mounted = await shrink(scene, server);
      await scene.wait("the server on its small disk", () => scene.ensemble.redundant());
      scene.undo.later(`${server.pod}'s disk has room`, () => {
        for (const left of [scarce, leftover]) {
          rmSync(join(mounted, `filler-${left}`), { force: true });
        }
      });
      const { leader, followers } = await scene.ensemble.roles();
      if (scene.random() < 0.5) {
        // Slowly: it stops while it can still write.
        await fill(mounted, scarce);
        await followersNoticed({ ...scene, leader, followers }, followers.length - 1);
      }
      await fill(mounted, leftover);
      await followersNoticed({ ...scene, leader, followers }, followers.length - 1);
      await stoppedForRoom(scene, server);
      await scene.workload.acknowledges(100);
    },
  },
];
