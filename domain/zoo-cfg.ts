/** The lines of a Java properties file without comments, each joined with those that continue it. */
function* logicalLines(text: string): Generator<string> {
  let line: string | undefined;
  for (const natural of text.split(/\r\n|\r|\n/)) {
    const part = natural.replace(/^[ \t\f]+/, "");
    if (line === undefined && (part === "" || part.startsWith("#") || part.startsWith("!"))) {
      continue;
    }
    let backslashes = 0;
    while (part.charAt(part.length - 1 - backslashes) === "\\") {
      backslashes += 1;
    }
    const continues = backslashes % 2 === 1;
    line = (line ?? "") + (continues ? part.slice(0, -1) : part);
    if (!continues) {
      yield line;
      line = undefined;
    }
  }
  if (line !== undefined) {
    yield line;
  }
}

const escapes: ReadonlyMap<string, string> = new Map([
  ["t", "\t"],
  ["n", "\n"],
  ["r", "\r"],
  ["f", "\f"],
]);

function unescape(text: string): string {
  return text.replace(/\\(u[0-9A-Fa-f]{4}|.)/gs, (_, escaped: string) =>
    escaped.length > 1
      ? String.fromCharCode(Number.parseInt(escaped.slice(1), 16))
      : (escapes.get(escaped) ?? escaped),
  );
}

/**
 * The settings of a `zoo.cfg` or a dynamic configuration file by name, read as ZooKeeper reads them: as a Java
 * properties file, of which it trims the values. The last line of a name counts.
 * @see https://docs.oracle.com/en/java/javase/17/docs/api/java.base/java/util/Properties.html#load(java.io.Reader)
 */
export function parseZooCfg(text: string): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  for (const line of logicalLines(text)) {
    // No two parts can share a character that would make it go back, so that the time is proportional to the length.
    const [, key = "", value = ""] =
      /^([^\\=: \t\f]*(?:\\.[^\\=: \t\f]*)*)[ \t\f]*[=:]?[ \t\f]*(.*)$/s.exec(line) ?? [];
    settings.set(unescape(key), unescape(value).trim());
  }
  return settings;
}
