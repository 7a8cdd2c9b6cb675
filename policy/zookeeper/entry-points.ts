import { imageName, parseImage } from "../../domain/image.ts";
import { known, type Field } from "../reading/field.ts";
import { commandLine, variable } from "./sources.ts";

/** A directory that an image's entry point puts into the configuration that it writes. */
interface Directory {
  /** The environment variable that moves it. */
  readonly variable?: string;
  /** Where it is without the variable. @default the data directory */
  readonly path?: string;
}

/** What an image's own entry point makes of its environment. */
export interface EntryPoint {
  readonly data: Directory & { readonly path: string };
  readonly log: Directory;
  /** What it makes of a variable that is set and empty. */
  readonly empty: "kept" | "default";
  /** The variable with lines that it appends to the configuration. */
  readonly extra?: string;
  /** The variable that moves the configuration to another folder. */
  readonly folder?: string;
  /** Folders and files that the configuration is in; what is mounted there replaces what would be written. */
  readonly configuration: readonly (readonly [folder: string, file: string])[];
  /** The images, by registry and path. */
  readonly image: RegExp;
  /** The entry point on a command line that replaces the image's. */
  readonly script: RegExp;
}

/**
 * The entry points of public images.
 *
 * @see https://github.com/31z4/zookeeper-docker (docker-entrypoint.sh)
 * @see https://github.com/bitnami/containers/tree/main/bitnami/zookeeper (zookeeper-env.sh)
 * @see https://github.com/confluentinc/kafka-images (zookeeper.properties.template)
 * @see https://github.com/kubernetes-retired/contrib/tree/master/statefulsets/zookeeper (zkGenConfig.sh)
 */
const entryPoints: readonly EntryPoint[] = [
  {
    data: { variable: "ZOO_DATA_DIR", path: "/data" },
    log: { variable: "ZOO_DATA_LOG_DIR", path: "/datalog" },
    empty: "kept",
    extra: "ZOO_CFG_EXTRA",
    folder: "ZOO_CONF_DIR",
    configuration: [["/conf", "zoo.cfg"]],
    image: /\/library\/zookeeper$|^docker\.io\/(?:31z4|amd64|arm32v7|arm64v8|i386|ppc64le|s390x)\/zookeeper$/,
    script: /(?:^|[\s/"'])docker-entrypoint\.sh\b/,
  },
  {
    data: { path: "/bitnami/zookeeper/data" },
    log: { variable: "ZOO_DATA_LOG_DIR" },
    empty: "default",
    configuration: [
      ["/opt/bitnami/zookeeper/conf", "zoo.cfg"],
      ["/bitnami/zookeeper/conf", "zoo.cfg"],
    ],
    image: /\/bitnami(?:legacy|secure)?\/zookeeper$/,
    script: /\/opt\/bitnami\/scripts\/zookeeper\/(?:entrypoint|run)\.sh\b|^\/scripts\/setup\.sh\b/,
  },
  {
    data: { variable: "ZOOKEEPER_DATA_DIR", path: "/var/lib/zookeeper/data" },
    log: { variable: "ZOOKEEPER_DATA_LOG_DIR", path: "/var/lib/zookeeper/log" },
    empty: "default",
    configuration: [["/etc/confluent/docker", "zookeeper.properties.template"]],
    image: /\/cp-zookeeper$/,
    script: /\/etc\/confluent\/docker\/run\b/,
  },
  {
    data: { variable: "ZK_DATA_DIR", path: "/var/lib/zookeeper/data" },
    log: { variable: "ZK_DATA_LOG_DIR", path: "/var/lib/zookeeper/log" },
    empty: "default",
    folder: "ZK_CONF_DIR",
    configuration: [["/opt/zookeeper/conf", "zoo.cfg"]],
    image: /\/k8szk$/,
    script: /\bzkGenConfig\.sh\b/,
  },
];

/** Where the script of Kubernetes' tutorial keeps what its options do not move. */
export const tutorialScript = {
  data: "/var/lib/zookeeper/data",
  log: "/var/lib/zookeeper/log",
} as const;

/**
 * Whether the container starts the server with the script of Kubernetes' tutorial: by its options or its image, as
 * other images have scripts of the same name, which take all from the environment.
 */
export function startsByTutorialScript(container: Field): boolean {
  const image = imageName(known(container.at("image").string()) ?? "");
  // A script of the same name with an ending is another one.
  const started = /(?:^|[\s/"'])start-zookeeper(?![\w.-])(["']?[\s\\]+--\w)?/.exec(commandLine(container));
  return started !== null && (started[1] !== undefined || image === "kubernetes-zookeeper");
}

/** Words of a command line by which the server reads or gets another configuration. */
const ownConfiguration =
  /start-foreground\s+["']?[\w./-]+\.(?:cfg|conf|properties)\b|\bzoo\.cfg\b|\s--config\s/;

/**
 * The image's own entry point if it starts the server and writes its configuration. Undefined if the image is not
 * known, or the command line replaces its entry point or the configuration.
 */
export function entryPointOf(container: Field): EntryPoint | undefined {
  const image = parseImage(known(container.at("image").string()) ?? "");
  const entryPoint = entryPoints.find(
    (each) => image !== undefined && each.image.test(`${image.registry}/${image.repository}`),
  );
  const line = commandLine(container);
  if (
    entryPoint === undefined ||
    ownConfiguration.test(line) ||
    (entryPoint.folder !== undefined && variable(container, entryPoint.folder) !== undefined)
  ) {
    return undefined;
  }
  const command = container.at("command").list();
  const own = command.state === "absent" || (command.state === "known" && command.value.length === 0);
  return own || entryPoint.script.test(line) ? entryPoint : undefined;
}
