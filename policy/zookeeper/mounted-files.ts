import type { Server } from "../define.ts";
import type { KubernetesObject } from "../kubernetes/object.ts";
import { items, known, type Field } from "../reading/field.ts";
import type { FindConfigMap } from "./variables.ts";
import { below, mountFor, volumeNamed } from "./volumes.ts";

/** A file of a container that a ConfigMap of the stack holds. */
export interface MountedFile {
  readonly text: string;
  /** The ConfigMap and its key. */
  readonly place: string;
}

/** The folders in which a program without a folder is looked for. */
const programFolders = ["/usr/local/bin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/sbin", "/sbin"];

/** The key of a ConfigMap that becomes the file: the file's own name, unless the volume lists its files. */
function keyOf(source: Field, file: string): string {
  const item = items(source.at("items")).find((each) => known(each.at("path").string()) === file);
  return (item && known(item.at("key").string())) ?? file;
}

function fileIn(configMap: KubernetesObject | undefined, key: string): MountedFile | undefined {
  const text = configMap && known(configMap.root.at("data", key).string());
  return text === undefined ? undefined : { text, place: `${configMap?.label ?? ""} data.${key}` };
}

function fileAt(server: Server, path: string, find: FindConfigMap): MountedFile | undefined {
  const mount = mountFor(server.container, path);
  const { volume } = volumeNamed(server, (mount && known(mount.volume.string())) ?? "");
  if (mount === undefined || volume === undefined) {
    return undefined;
  }
  const file = known(mount.field.at("subPath").string()) ?? below(mount, path).slice(1);
  const sources = [volume, ...items(volume.at("projected", "sources"))].map((each) => each.at("configMap"));
  for (const source of sources) {
    const name = known(source.at("name").string());
    const found = name === undefined ? undefined : fileIn(find(name), keyOf(source, file));
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}

/**
 * The file that the server's container finds at the path, if it comes from a ConfigMap of the stack. A name without a
 * folder is that of a program.
 *
 * @see https://kubernetes.io/docs/concepts/storage/volumes/#configmap
 */
export function mountedFile(server: Server, path: string, find: FindConfigMap): MountedFile | undefined {
  const paths = path.includes("/") ? [path] : programFolders.map((folder) => `${folder}/${path}`);
  for (const each of paths) {
    const file = fileAt(server, each, find);
    if (file !== undefined) {
      return file;
    }
  }
  return undefined;
}
