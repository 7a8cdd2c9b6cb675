/**
 * Whether a name can be that of a file or folder, and of nothing elsewhere: what Google allows in names and ids, and
 * neither `/` nor a dot at the beginning.
 */
export const isFileName = (name: string): boolean => name.length <= 255 && /^[\w@:-][\w.@:-]*$/.test(name);

/** The name, for a path. @throws Error where it would lead out of its folder */
export function fileName(what: string, name: string): string {
  if (isFileName(name)) {
    return name;
  }
  throw new Error(
    `${what} ${JSON.stringify(name)}: cannot name a folder; a name has letters, digits, '-', '_', '.', ':' and '@', ` +
      "and begins with no dot",
  );
}
