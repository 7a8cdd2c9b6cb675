import { items, known, type Field } from "../reading/field.ts";

/** Where images keep data and transaction log by default (official, tutorial, charts). */
export const usualDataPaths: readonly string[] = [
  "/data",
  "/datalog",
  "/var/lib/zookeeper",
  "/bitnami/zookeeper",
];

function covers(mountPath: string, path: string): boolean {
  let end = mountPath.length;
  while (mountPath.charAt(end - 1) === "/") {
    end -= 1;
  }
  const folder = mountPath.slice(0, end);
  return path === folder || path.startsWith(`${folder}/`);
}

/** A container's volume mounts by path, those that can be seen. */
function mountsOf(
  container: Field,
): readonly { readonly field: Field; readonly path: string; readonly volume: Field }[] {
  return items(container.at("volumeMounts")).flatMap((field) => {
    const path = known(field.at("mountPath").string());
    return path === undefined ? [] : [{ field, path, volume: field.at("name") }];
  });
}

/** The mount on which the path lies: of those that cover it, the deepest. Undefined if none does. */
export function mountFor(
  container: Field,
  path: string,
): { readonly field: Field; readonly volume: Field } | undefined {
  const covering = mountsOf(container).filter((mount) => covers(mount.path, path));
  return covering.sort((a, b) => b.path.length - a.path.length)[0];
}

/**
 * The directories of the container that hold data: the configured ones, or else the usual ones that a volume is
 * mounted at, above or below.
 */
export function dataPaths(container: Field, configured: readonly string[]): readonly string[] {
  if (configured.length > 0) {
    return [...new Set(configured)];
  }
  const mounts = mountsOf(container).map(({ path }) => path);
  return mounts.filter((mount) =>
    usualDataPaths.some((usual) => covers(usual, mount) || (mount !== "/" && covers(mount, usual))),
  );
}
