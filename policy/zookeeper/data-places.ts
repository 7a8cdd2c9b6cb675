import type { Server } from "../define.ts";
import { known, mayHide } from "../reading/field.ts";
import { dataDirectories, type DataDirectory } from "./data-directories.ts";
import type { ConfigMaps } from "./directory-variables.ts";
import { candidatesOf, mountFor, usualDataPaths, usualMounts, type Candidate } from "./volumes.ts";

/** What shows where servers keep their data, beside their own containers. */
export interface Hints {
  /** The stack's ConfigMaps. */
  readonly maps: ConfigMaps;
  /** The directories in the `zoo.cfg` of the stack's ConfigMaps. */
  readonly zooCfg: readonly string[];
  /** The setting with further directories that images keep data in. */
  readonly dataPaths: readonly string[];
}

/** What a server's own resource shows, without the rest of the stack. */
export function ownHints(dataPaths: readonly string[]): Hints {
  return { maps: () => undefined, zooCfg: [], dataPaths };
}

/** Where a server keeps its data. */
export interface DataPlaces {
  readonly directories: readonly DataDirectory[];
  /** The volumes that may hold data; empty if directories are known. */
  readonly candidates: readonly Candidate[];
  /** The paths of what a preview does not know yet. */
  readonly open: readonly string[];
  /** What names directories and is not in the resources. */
  readonly hidden: readonly string[];
}

/**
 * Where a server keeps its data: in the directories of its configuration and of its image, or else in the usual ones
 * that a volume is mounted at, or else on one of the volumes that may hold data.
 */
export function dataPlaces(server: Server, { maps, zooCfg, dataPaths }: Hints): DataPlaces {
  const { container } = server;
  const { shown, assumed, open, hidden } = dataDirectories(server, maps);
  // A default that something may move is the place if a volume is mounted there.
  const mounted = assumed.filter(({ directory }) => mountFor(container, directory.path) !== undefined);
  const moved = assumed.filter((each) => !mounted.includes(each));
  const named = [...shown, ...mounted.map(({ directory }) => directory), ...zooCfg.map((path) => ({ path }))];
  const directories =
    named.length > 0
      ? named
      : usualMounts(container, [...usualDataPaths, ...dataPaths]).map((path) => ({ path }));
  return {
    directories,
    candidates: directories.length === 0 ? candidatesOf(server) : [],
    open,
    hidden: [...hidden, ...moved.map(({ perhaps }) => perhaps)],
  };
}

/** The names of the volumes that hold the data; undefined if that cannot be seen. */
export function dataVolumes(server: Server, places: DataPlaces): ReadonlySet<string> | undefined {
  const { container } = server;
  if (mayHide(container.at("volumeMounts"), "mountPath")) {
    return undefined;
  }
  const mounts = [
    ...places.directories.flatMap(({ path }) => mountFor(container, path) ?? []),
    ...places.candidates.map(({ mount }) => mount),
  ];
  const names = mounts.flatMap(({ volume }) => known(volume.string()) ?? []);
  return names.length === 0 ? undefined : new Set(names);
}
