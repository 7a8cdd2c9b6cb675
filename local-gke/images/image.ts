import { appendFileSync, chmodSync, copyFileSync, cpSync, globSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";

import { run } from "../../system/run.ts";
import { verifyFolder } from "./sums.ts";
import { unpackImages } from "./unpack.ts";

/** The ZooKeeper version that the image holds. */
export const zookeeperVersion = "3.9.5";

/** The image's reference: the official image's, whose contract it has. */
export const zookeeperImage = `docker.io/library/zookeeper:${zookeeperVersion}`;

/** The reference of the image that holds a pod's namespaces. */
export const pauseImage = "docker.io/local-gke/pause:1";

const suite = "trixie";
const debianPackages = ["openjdk-21-jre-headless", "netcat-openbsd", "procps"];
const mavenPlugin = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1";
const home = `/apache-zookeeper-${zookeeperVersion}-bin`;

/**
 * Apache's artefacts, each compared with its committed sum; what decides which they are, their POMs, is not.
 * @returns their names
 * @throws Error where one is missing, is another, or is not listed
 */
async function fetchApache(into: string): Promise<string[]> {
  const maven = (goal: string, ...args: string[]) =>
    run("mvn", ["-q", "-B", "-f", join(import.meta.dirname, "pom.xml"), `${mavenPlugin}:${goal}`, ...args]);
  await maven(
    "copy-dependencies",
    "-DincludeScope=runtime",
    "-DexcludeClassifiers=osx-aarch_64,osx-x86_64,windows-x86_64",
    `-DoutputDirectory=${into}`,
  );
  await maven(
    "copy",
    `-Dartifact=org.apache.zookeeper:parent:${zookeeperVersion}:zip:source-release`,
    `-DoutputDirectory=${into}`,
  );
  return verifyFolder(into, join(import.meta.dirname, "SHA256SUMS"));
}

/** Debian with Java, as small as its packages allow. */
async function debian(rootfs: string): Promise<void> {
  const excluded = ["/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*", "/usr/share/info/*"];
  await run("mmdebstrap", [
    "--quiet",
    "--variant=minbase",
    `--include=${debianPackages.join(",")}`,
    ...excluded.map((path) => `--dpkgopt=path-exclude=${path}`),
    // The Java package's scripts link manual pages into it.
    '--essential-hook=mkdir -p "$1/usr/share/man/man1"',
    '--customize-hook=rm -rf "$1/var/lib/apt/lists" "$1/var/cache/apt"',
    suite,
    rootfs,
  ]);
}

/** @param artefacts the names of what is in the folder `apache` */
async function installZooKeeper(rootfs: string, apache: string, artefacts: readonly string[]): Promise<void> {
  const source = `parent-${zookeeperVersion}`;
  await run("unzip", ["-q", `${source}-source-release.zip`, `${source}/bin/*`, `${source}/conf/*`], {
    cwd: apache,
  });
  const target = join(rootfs, home);
  mkdirSync(join(target, "lib"), { recursive: true });
  cpSync(join(apache, source, "bin"), join(target, "bin"), { recursive: true });
  cpSync(join(apache, source, "conf"), join(target, "conf"), { recursive: true });
  for (const script of globSync("bin/*.sh", { cwd: target })) {
    chmodSync(join(target, script), 0o755);
  }
  for (const jar of artefacts.filter((name) => name.endsWith(".jar"))) {
    copyFileSync(join(apache, jar), join(target, "lib", jar));
  }
  appendFileSync(join(rootfs, "etc/passwd"), "zookeeper:x:1000:1000::/home/zookeeper:/bin/bash\n");
  appendFileSync(join(rootfs, "etc/group"), "zookeeper:x:1000:\n");
  const owned = ["conf", "data", "datalog", "logs", "home/zookeeper"].map((dir) => join(rootfs, dir));
  for (const dir of owned) {
    mkdirSync(dir, { recursive: true });
  }
  await run("chown", ["-R", "1000:1000", ...owned]);
}

/** Packs a root file system as an OCI image in a tar file. */
async function pack(
  rootfs: string,
  work: string,
  tag: string,
  config: readonly string[],
  tar: string,
): Promise<void> {
  const layout = join(work, `${tag}-layout`);
  const image = `${layout}:${tag}`;
  await run("umoci", ["init", "--layout", layout]);
  await run("umoci", ["new", "--image", image]);
  const layer = join(work, `${tag}.layer.tar`);
  await run("tar", ["-C", rootfs, "--numeric-owner", "--one-file-system", "-cf", layer, "."]);
  await run("umoci", ["raw", "add-layer", "--image", image, layer]);
  await run("umoci", ["config", "--image", image, ...config]);
  await run("tar", ["-C", layout, "-cf", tar, "."]);
  rmSync(layer);
  rmSync(layout, { recursive: true });
}

async function packZooKeeper(work: string, tar: string): Promise<void> {
  const apache = join(work, "apache");
  const rootfs = join(work, "rootfs");
  mkdirSync(apache);
  const artefacts = await fetchApache(apache);
  await debian(rootfs);
  await installZooKeeper(rootfs, apache, artefacts);
  const environment = {
    PATH: `/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:${home}/bin`,
    LANG: "C.UTF-8",
    ZOOCFGDIR: "/conf",
    ZOO_LOG_DIR: "/logs",
  };
  await pack(
    rootfs,
    work,
    zookeeperVersion,
    [
      ...Object.entries(environment).flatMap(([name, value]) => ["--config.env", `${name}=${value}`]),
      ...["--config.workingdir", home, "--config.cmd", "zkServer.sh", "--config.cmd", "start-foreground"],
    ],
    tar,
  );
}

/** Writes the image of a sandbox's own process to an OCI archive. */
export async function packPause(work: string, tar: string): Promise<void> {
  const rootfs = join(work, "pause-rootfs");
  mkdirSync(rootfs);
  copyFileSync("/usr/bin/catatonit", join(rootfs, "pause"));
  await pack(rootfs, work, "1", ["--config.entrypoint", "/pause", "--config.entrypoint", "-P"], tar);
}

/** Builds the images and the store that every node starts with. */
export async function buildImageStore(into: string, say: (step: string) => void): Promise<void> {
  const work = join(into, "work");
  mkdirSync(work);
  const zookeeperTar = join(work, "zookeeper.tar");
  const pauseTar = join(work, "pause.tar");
  say(`ZooKeeper ${zookeeperVersion} from Apache's artefacts on Debian ${suite}`);
  await packZooKeeper(work, zookeeperTar);
  await packPause(work, pauseTar);
  say("unpacking it as nodes hold it");
  await unpackImages(
    [
      [zookeeperTar, zookeeperImage],
      [pauseTar, pauseImage],
    ],
    join(into, "store"),
    work,
  );
  rmSync(work, { recursive: true });
}
