import { appendFileSync, chmodSync, copyFileSync, cpSync, globSync, mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";

import { packImage, verifyFolder } from "../local-gke/index.ts";
import { run } from "../system/run.ts";
import { entrypoint, imageConfig, javaHome, umociOptions, zookeeperHome } from "./config.ts";
import { zookeeperImage, zookeeperVersion } from "./image.ts";

/** The version of Java that the official image has. */
const javaVersion = 17;
/** The newest release of Debian with this Java. Later releases know its keys. */
const suite = "bookworm";
/** Of the official image's packages, those that its commands, the tutorial and backups use. */
const debianPackages = [
  `openjdk-${javaVersion}-jre-headless`,
  ...["ca-certificates", "gnupg", "gosu", "locales", "netcat-openbsd", "procps", "wget"],
];
const mavenPlugin = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1";
const home = zookeeperHome(zookeeperVersion);

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
    // The official image's variables name this locale; without it, programs print warnings.
    '--customize-hook=chroot "$1" localedef -i en_US -f UTF-8 en_US.UTF-8',
    '--customize-hook=rm -rf "$1/var/lib/apt/lists" "$1/var/cache/apt"',
    suite,
    rootfs,
  ]);
}

/** Makes Debian's Java available where the official image has its own. @throws Error where it is not installed */
function installJava(rootfs: string): void {
  // The name ends with the architecture.
  const [java] = globSync(`usr/lib/jvm/java-${javaVersion}-openjdk-*`, { cwd: rootfs });
  if (java === undefined) {
    throw new Error(`${join(rootfs, "usr/lib/jvm")} has no Java ${javaVersion}`);
  }
  const link = join(rootfs, javaHome);
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(join("/", java), link);
}

/** @param artifacts the names of what is in the folder `apache` */
async function installZooKeeper(rootfs: string, apache: string, artifacts: readonly string[]): Promise<void> {
  const source = `parent-${zookeeperVersion}`;
  await run("unzip", ["-q", `${source}-source-release.zip`, `${source}/bin/*`, `${source}/conf/*`], {
    cwd: apache,
  });
  const target = join(rootfs, home);
  mkdirSync(join(target, "lib"), { recursive: true });
  mkdirSync(join(target, "conf"));
  cpSync(join(apache, source, "bin"), join(target, "bin"), { recursive: true });
  cpSync(join(apache, source, "conf"), join(rootfs, "conf"), { recursive: true });
  for (const script of globSync("bin/*.sh", { cwd: target })) {
    chmodSync(join(target, script), 0o755);
  }
  for (const jar of artifacts.filter((name) => name.endsWith(".jar"))) {
    copyFileSync(join(apache, jar), join(target, "lib", jar));
  }
  copyFileSync(join(import.meta.dirname, "docker-entrypoint.sh"), join(rootfs, entrypoint));
  chmodSync(join(rootfs, entrypoint), 0o755);
  // Its home does not exist in the official image either.
  appendFileSync(join(rootfs, "etc/passwd"), "zookeeper:x:1000:1000::/home/zookeeper:/bin/sh\n");
  appendFileSync(join(rootfs, "etc/group"), "zookeeper:x:1000:\n");
  const folders = ["conf", "data", "datalog", "logs"].map((folder) => join(rootfs, folder));
  for (const folder of folders) {
    mkdirSync(folder, { recursive: true });
  }
  await run("chown", ["-R", "1000:1000", target, ...folders]);
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
  installJava(rootfs);
  await packImage({
    reference: zookeeperImage.reference,
    rootfs,
    work,
    archive,
    config: umociOptions(imageConfig(zookeeperVersion)),
  });
}
