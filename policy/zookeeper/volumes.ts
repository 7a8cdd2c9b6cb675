import type { Server } from "../define.ts";
import { items, known, type Field } from "../reading/field.ts";

/** Where images keep data and transaction log by default (official, tutorial, charts). */
export const usualDataPaths: readonly string[] = [
  "/data",
  "/datalog",
  "/var/lib/zookeeper",
  "/bitnami/zookeeper",
];

/** A volume mount of a container, as far as it can be seen. */
export interface Mount {
  readonly field: Field;
  readonly path: string;
  /** The name of its volume. */
  readonly volume: Field;
}

function withoutSlash(path: string): string {
  let end = path.length;
  while (path.charAt(end - 1) === "/") {
    end -= 1;
  }
  return path.slice(0, end);
}

function covers(mountPath: string, path: string): boolean {
  const folder = withoutSlash(mountPath);
  return path === folder || path.startsWith(`${folder}/`);
}

/** A container's volume mounts by path, those that can be seen. */
function mountsOf(container: Field): readonly Mount[] {
  return items(container.at("volumeMounts")).flatMap((field) => {
    const path = known(field.at("mountPath").string());
    return path === undefined ? [] : [{ field, path, volume: field.at("name") }];
  });
}

/** The mount on which the path lies: of those that cover it, the deepest. Undefined if none does, but one at `/`. */
export function mountFor(container: Field, path: string): Mount | undefined {
  const covering = mountsOf(container).filter(
    (mount) => withoutSlash(mount.path) !== "" && covers(mount.path, path),
  );
  return covering.sort((a, b) => b.path.length - a.path.length)[0];
}

/** The mount at the folder or below it that a file of the folder lies on. Undefined if none does. */
export function mountWithin(container: Field, folder: string, file: string): Mount | undefined {
  const mount = mountFor(container, `${folder}/${file}`);
  return mount !== undefined && covers(folder, withoutSlash(mount.path)) ? mount : undefined;
}

/** The usual data directories of the container: those that a volume is mounted at, above or below. */
export function usualMounts(container: Field, usual: readonly string[]): readonly string[] {
  const mounts = mountsOf(container).map(({ path }) => path);
  return mounts.filter((mount) =>
    usual.some((path) => covers(path, mount) || (mount !== "/" && covers(mount, path))),
  );
}

/** The part of the path below the mount. */
export function below(mount: Mount, path: string): string {
  return withoutSlash(path).slice(withoutSlash(mount.path).length);
}

/** The claim template, which only a StatefulSet has, or the pod's volume of the name. */
export function volumeNamed({ workload, pod }: Server, name: string): { claim?: Field; volume?: Field } {
  const templates =
    workload.kind === "StatefulSet" ? items(workload.root.at("spec", "volumeClaimTemplates")) : [];
  const claim = templates.find((template) => known(template.at("metadata", "name").string()) === name);
  const volume = items(pod.at("volumes")).find((entry) => known(entry.at("name").string()) === name);
  return { ...(claim && { claim }), ...(volume && { volume }) };
}

/** The kind of a pod's volume; one without a source is an emptyDir. */
export function volumeKind(volume: Field): string {
  return [...(known(volume.map())?.keys() ?? [])].find((key) => key !== "name") ?? "emptyDir";
}

/** Kinds of volumes that are filled from elsewhere, and that a server cannot write to. */
const readOnlyKinds: ReadonlySet<string> = new Set([
  "configMap",
  "downwardAPI",
  "image",
  "projected",
  "secret",
]);

/** What becomes of the data on a volume of the kind. */
export function fateOn(kind: string): string {
  switch (kind) {
    case "emptyDir":
    case "ephemeral":
    case "csi":
      return "which does not outlive the pod";
    case "hostPath":
      return "which does not outlive a move to another node";
    default:
      return readOnlyKinds.has(kind) ? "which servers cannot write to" : "which is not a claim";
  }
}

/** Folders of the system, in which nobody keeps data. */
const systemFolders = /^\/(?:bin|dev|etc|proc|run|sbin|sys|var\/(?:cache|log|run|tmp))(?:\/|$)/;

/** Last parts of paths that say what is in the folder, and that it is not ZooKeeper's data. */
const otherFolders: ReadonlySet<string> = new Set([
  ...["", "tmp", "temp", "cache", "logs", "log", "backup", "backups", "dump", "dumps", "heapdumps"],
  ...["conf", "config", "configs", "configuration", "rwconfig", "secrets", "tls", "ssl", "certs", "keys"],
  ...["bin", "scripts", "lib", "libs", "plugins", "extensions", "jars", "jmx", "metrics"],
]);

/** Last parts of paths that say that a folder holds data or a transaction log. */
const dataFolders =
  /(?:^|[-_.])(?:data|data[-_]?dir|data[-_]?logs?|txn?[-_]?logs?|transaction[-_]?logs?|snapshots?)$/i;

/** A volume on which the server may keep data. */
export interface Candidate {
  readonly mount: Mount;
  /** The kind of the volume; persistentVolumeClaim also for a claim template. */
  readonly kind: string;
  /** Whether the last part of its path says that it holds data. */
  readonly namesData: boolean;
}

/**
 * The volumes of the container that may hold data, for a server that shows its directories nowhere: those that it can
 * write to, except where the path says that something else is in them.
 */
export function candidatesOf(server: Server): readonly Candidate[] {
  return mountsOf(server.container).flatMap((mount) => {
    const path = withoutSlash(mount.path);
    const last = path.slice(path.lastIndexOf("/") + 1);
    const name = known(mount.volume.string());
    if (name === undefined || systemFolders.test(path) || otherFolders.has(last.toLowerCase())) {
      return [];
    }
    const { claim, volume } = volumeNamed(server, name);
    const kind = claim === undefined ? volume && volumeKind(volume) : "persistentVolumeClaim";
    return kind === undefined || readOnlyKinds.has(kind)
      ? []
      : [{ mount, kind, namesData: dataFolders.test(last) }];
  });
}
