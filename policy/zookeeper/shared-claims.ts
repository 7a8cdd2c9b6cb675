import type { Server } from "../define.ts";
import { known, type Field } from "../reading/field.ts";
import type { DataPlaces } from "./data-places.ts";
import { below, mountFor, volumeNamed, type Mount } from "./volumes.ts";

/** A directory on a claim that the pod names, so that all pods of the workload have the same one. */
export interface SharedDirectory {
  readonly claim: string;
  /** The pod's volume. */
  readonly volume: Field;
  /** The directory on the volume, as parts of its path. */
  readonly directory: readonly string[];
}

function directoryOn(mount: Mount, path: string): readonly string[] | undefined {
  const expression = mount.field.at("subPathExpr");
  const subPath = known(mount.field.at("subPath").string()) ?? known(expression.string()) ?? "";
  const directory = `${subPath}/${below(mount, path)}`;
  // A variable, such as the pod's name, gives each server a directory of its own.
  const isFixed = !expression.unknown && !mount.field.at("subPath").unknown && !directory.includes("$");
  return isFixed ? directory.split("/").filter((part) => part !== "") : undefined;
}

/** The directories of data that all pods of the workload have in common. */
export function sharedDirectories(server: Server, places: DataPlaces): readonly SharedDirectory[] {
  const mounted = [
    ...places.directories.map(({ path }) => ({ path, mount: mountFor(server.container, path) })),
    ...places.candidates.map(({ mount }) => ({ path: mount.path, mount })),
  ];
  return mounted.flatMap(({ path, mount }) => {
    const name = mount && known(mount.volume.string());
    if (mount === undefined || name === undefined) {
      return [];
    }
    const { claim: template, volume } = volumeNamed(server, name);
    const claim = volume && known(volume.at("persistentVolumeClaim", "claimName").string());
    const directory = directoryOn(mount, path);
    return template === undefined && volume !== undefined && claim !== undefined && directory !== undefined
      ? [{ claim, volume, directory }]
      : [];
  });
}
