import type { Server } from "../define.ts";
import { items, known, type Field } from "../reading/field.ts";
import { pathsInCommand } from "./configuration.ts";
import { entryPointOf, startsByTutorialScript, tutorialScript, type EntryPoint } from "./entry-points.ts";
import { commandLine } from "./sources.ts";
import { readVariable, type ConfigMaps } from "./directory-variables.ts";
import { mountWithin, volumeKind, volumeNamed } from "./volumes.ts";

/** Environment variables in which images take the data and transaction log directories. */
const pathVariables = ["ZOO_DATA_DIR", "ZOO_DATA_LOG_DIR", "ZK_DATA_DIR", "ZK_DATA_LOG_DIR"];

/** A directory of data or transaction log. */
export interface DataDirectory {
  readonly path: string;
  /** What makes the server use it, where its own configuration does not name it. */
  readonly because?: string;
  /** The environment variable that moves it. */
  readonly variable?: string;
}

/** The directories that a server's container shows. */
export interface DataDirectories {
  readonly shown: readonly DataDirectory[];
  /** Defaults of the image, each with what may move it and cannot be seen. */
  readonly assumed: readonly { readonly directory: DataDirectory; readonly perhaps: string }[];
  /** The paths of what a preview does not know yet. */
  readonly open: readonly string[];
  /** What names directories and is not in the resources. */
  readonly hidden: readonly string[];
}

const nothing: DataDirectories = { shown: [], assumed: [], open: [], hidden: [] };

function together(all: readonly DataDirectories[]): DataDirectories {
  return {
    shown: all.flatMap(({ shown }) => shown),
    assumed: all.flatMap(({ assumed }) => assumed),
    open: all.flatMap(({ open }) => open),
    hidden: all.flatMap(({ hidden }) => hidden),
  };
}

/** Whether the container finds a configuration, so that its entry point does not write one. */
function isConfigured(server: Server, { configuration }: EntryPoint): boolean {
  const { pod, container } = server;
  const mounts = configuration.flatMap(([folder, file]) => mountWithin(container, folder, file) ?? []);
  return mounts.some(({ volume: nameField }) => {
    const name = known(nameField.string()) ?? "";
    const { claim, volume } = volumeNamed(server, name);
    if (claim !== undefined || volume === undefined || volumeKind(volume) !== "emptyDir") {
      return true;
    }
    // An init container may write the configuration into an empty folder.
    return items(pod.at("initContainers")).some((init) =>
      items(init.at("volumeMounts")).some((mount) => known(mount.at("name").string()) === name),
    );
  });
}

/** The value of a key in the lines that the entry point appends; the last one counts. */
function extraValue(
  container: Field,
  { extra }: EntryPoint,
  key: string,
  maps: ConfigMaps,
): string | undefined {
  const lines = extra === undefined ? undefined : readVariable(container, extra, maps);
  const words = lines?.state === "set" ? lines.text.split(/\s+/) : [];
  return words.findLast((word) => word.startsWith(`${key}=`))?.slice(key.length + 1);
}

/** One directory of the configuration that the entry point writes. */
function written(
  container: Field,
  entryPoint: EntryPoint,
  part: "data" | "log",
  maps: ConfigMaps,
): DataDirectories {
  const { path, variable } = entryPoint[part];
  const extra = extraValue(container, entryPoint, part === "data" ? "dataDir" : "dataLogDir", maps);
  if (extra !== undefined) {
    return { ...nothing, shown: [{ path: extra }] };
  }
  const what = part === "data" ? "data" : "transaction log";
  const moves = variable === undefined ? {} : { variable };
  const because = `the image keeps its ${what} there${variable === undefined ? "" : ` unless ${variable} moves it`}`;
  const usual: readonly DataDirectory[] = path === undefined ? [] : [{ path, because, ...moves }];
  const value = variable === undefined ? undefined : readVariable(container, variable, maps);
  switch (value?.state) {
    case "set":
      if (value.text === "") {
        const root = `an empty ${variable ?? ""} means the root of the container's files`;
        const atRoot = [{ path: "/version-2", because: root, ...moves }];
        return { ...nothing, shown: entryPoint.empty === "default" ? usual : atRoot };
      }
      return value.text.startsWith("/")
        ? { ...nothing, shown: [{ path: value.text, ...moves }] }
        : { ...nothing, hidden: [`the directory that "${value.text}" is relative to`] };
    case "open":
      return { ...nothing, open: [value.path] };
    case "hidden":
      return { ...nothing, hidden: [value.what] };
    default: {
      const perhaps = value?.perhaps;
      return perhaps === undefined
        ? { ...nothing, shown: usual }
        : { ...nothing, assumed: usual.map((directory) => ({ directory, perhaps })) };
    }
  }
}

/** The directories on the command line, with the defaults of the tutorial's script if it is that one. */
function fromCommand(container: Field): readonly DataDirectory[] {
  const line = commandLine(container);
  const paths = pathsInCommand(line)
    .filter((path) => path.startsWith("/"))
    .map((path) => ({ path }));
  if (!startsByTutorialScript(container)) {
    return paths;
  }
  const because = "start-zookeeper keeps its files there without";
  const data = { path: tutorialScript.data, because: `${because} --data_dir` };
  const log = { path: tutorialScript.log, because: `${because} --data_log_dir` };
  return [
    ...paths,
    ...(/\s--data_dir\b/.test(line) ? [] : [data]),
    ...(/\s--data_log_dir\b/.test(line) ? [] : [log]),
  ];
}

/** The directories in the variables that images know, of an image or command of which nothing else is known. */
function fromVariables(container: Field, maps: ConfigMaps): DataDirectories {
  const values = pathVariables.map((name) => readVariable(container, name, maps));
  return {
    ...nothing,
    shown: values.flatMap((value) =>
      value.state === "set" && value.text.startsWith("/") ? [{ path: value.text }] : [],
    ),
    open: values.flatMap((value) => (value.state === "open" ? [value.path] : [])),
  };
}

/**
 * The directories of data and transaction log that the server's container shows: on its command line, in its
 * environment, and in what its image's own entry point makes of them.
 *
 * @param maps the stack's ConfigMaps, for variables that come from them
 */
export function dataDirectories(server: Server, maps: ConfigMaps): DataDirectories {
  const { container } = server;
  const entryPoint = entryPointOf(container);
  if (entryPoint !== undefined && !isConfigured(server, entryPoint)) {
    return together([
      written(container, entryPoint, "data", maps),
      written(container, entryPoint, "log", maps),
    ]);
  }
  return together([{ ...nothing, shown: fromCommand(container) }, fromVariables(container, maps)]);
}
