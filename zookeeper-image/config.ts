/** The fields of an image's configuration that decide how its containers run. */
export interface ImageConfig {
  /** The variables of the environment. */
  readonly Env: Readonly<Record<string, string>>;
  /** The working directory. */
  readonly WorkingDir: string;
  /** The folders that get an anonymous volume where a pod mounts nothing. */
  readonly Volumes: readonly string[];
  /** The ports that a server listens on. */
  readonly ExposedPorts: readonly string[];
  /** What a container starts, with `Cmd` as its arguments. */
  readonly Entrypoint: readonly string[];
  /** The arguments of `Entrypoint` that a pod's `args` replace. */
  readonly Cmd: readonly string[];
}

/** The folder of Java in the official image. */
export const javaHome = "/opt/java/openjdk";

/** The entrypoint's place in the official image. */
export const entrypoint = "/docker-entrypoint.sh";

/** The folder of ZooKeeper in the official image of a version. */
export const zookeeperHome = (version: string): string => `/apache-zookeeper-${version}-bin`;

/**
 * The configuration of the official image of a version, without the version of its Java. It names no user: pods name
 * one, or the entrypoint changes from root to `zookeeper`.
 * @see https://github.com/31z4/zookeeper-docker
 */
export function imageConfig(version: string): ImageConfig {
  const home = zookeeperHome(version);
  return {
    Env: {
      PATH: `${javaHome}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:${home}/bin`,
      JAVA_HOME: javaHome,
      LANG: "en_US.UTF-8",
      LANGUAGE: "en_US:en",
      LC_ALL: "en_US.UTF-8",
      ZOO_CONF_DIR: "/conf",
      ZOO_DATA_DIR: "/data",
      ZOO_DATA_LOG_DIR: "/datalog",
      ZOO_LOG_DIR: "/logs",
      ZOO_TICK_TIME: "2000",
      ZOO_INIT_LIMIT: "5",
      ZOO_SYNC_LIMIT: "2",
      ZOO_AUTOPURGE_PURGEINTERVAL: "0",
      ZOO_AUTOPURGE_SNAPRETAINCOUNT: "3",
      ZOO_MAX_CLIENT_CNXNS: "60",
      ZOO_STANDALONE_ENABLED: "true",
      ZOO_ADMINSERVER_ENABLED: "true",
      ZOOCFGDIR: "/conf",
    },
    WorkingDir: home,
    Volumes: ["/data", "/datalog", "/logs"],
    ExposedPorts: ["2181/tcp", "2888/tcp", "3888/tcp", "8080/tcp"],
    Entrypoint: [entrypoint],
    Cmd: ["zkServer.sh", "start-foreground"],
  };
}

/** The options of `umoci config` for a configuration. @see https://github.com/opencontainers/umoci */
export function umociOptions(config: ImageConfig): string[] {
  const options = (name: string, values: readonly string[]) =>
    values.flatMap((value) => [`--config.${name}`, value]);
  return [
    ...options(
      "env",
      Object.entries(config.Env).map(([name, value]) => `${name}=${value}`),
    ),
    ...options("workingdir", [config.WorkingDir]),
    ...options("volume", config.Volumes),
    ...options("exposedports", config.ExposedPorts),
    ...options("entrypoint", config.Entrypoint),
    ...options("cmd", config.Cmd),
  ];
}
