import { appendFileSync, chmodSync, copyFileSync, cpSync, globSync, mkdirSync } from "node:fs";
import { join } from "node:path";

import { packImage, verifyFolder } from "../local-gke/index.ts";
import { run } from "../system/run.ts";
import { zookeeperImage, zookeeperVersion } from "./image.ts";

const suite = "trixie";
const debianPackages = ["openjdk-21-jre-headless", "netcat-openbsd", "procps"];
const mavenPlugin = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1";
const home = `/apache-zookeeper-${zookeeperVersion}-bin`;

/**
 * Fetches Apache's artifacts and compares each with its committed sum. Their POMs, which decide what they are, are not
 * compared.
 * @returns their names
 * @throws Error where one is missing, has other content, or is not listed
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

/** Installs Debian with Java, as small as its packages allow. */
async function installDebian(rootfs: string): Promise<void> {
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

/** @param artifacts the names of what is in the folder `apache` */
async function installZooKeeper(rootfs: string, apache: string, artifacts: readonly string[]): Promise<void> {
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
  for (const jar of artifacts.filter((name) => name.endsWith(".jar"))) {
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

/**
 * Builds the image of a server, which behaves as the official one: ZooKeeper from Apache's artifacts on Debian.
 * @param archive the file that becomes the OCI archive
 * @param work an empty folder for what is needed meanwhile
 */
export async function buildZooKeeper(archive: string, work: string): Promise<void> {
  const apache = join(work, "apache");
  const rootfs = join(work, "rootfs");
  mkdirSync(apache);
  const artifacts = await fetchApache(apache);
  await installDebian(rootfs);
  await installZooKeeper(rootfs, apache, artifacts);
  const environment = {
    PATH: `/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:${home}/bin`,
    LANG: "C.UTF-8",
    ZOOCFGDIR: "/conf",
    ZOO_LOG_DIR: "/logs",
  };
  await packImage({
    reference: zookeeperImage.reference,
    rootfs,
    work,
    archive,
    config: [
      ...Object.entries(environment).flatMap(([name, value]) => ["--config.env", `${name}=${value}`]),
      ...["--config.workingdir", home, "--config.cmd", "zkServer.sh", "--config.cmd", "start-foreground"],
    ],
  });
}
