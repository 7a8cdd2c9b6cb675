/**
 * The largest share of a server's memory that may be heap. The rest is what Java needs beside it (class data, threads,
 * buffers), and the tools that are run inside the container: of 1 GiB, 256 MiB.
 */
export const largestHeapShare = 0.75;

/** What Java keeps of a znode beside its path and data, in bytes: measured, 100,000 znodes of 10 bytes took 31 MB. */
export const bytesPerZnode = 300;

/**
 * The share of Java's room for long-lived objects above which the last 500 writes, which are kept in memory, too, may
 * no longer fit beside the database.
 */
export const fullShare = 0.8;

/** Powers of two of the JVM's letters, which are binary in either case. */
const letters: ReadonlyMap<string, number> = new Map([
  ["", 0],
  ["k", 10],
  ["m", 20],
  ["g", 30],
  ["t", 40],
]);

/**
 * A size as the JVM takes it (`512m`, `1G`, bytes without a letter), in bytes; undefined for any other text.
 * @see https://docs.oracle.com/en/java/javase/17/docs/specs/man/java.html
 */
export function parseJvmSize(text: string): number | undefined {
  const [, digits, letter = ""] = /^(\d+)([kmgt]?)$/i.exec(text) ?? [];
  const bytes = Number(digits) * 2 ** (letters.get(letter.toLowerCase()) ?? 0);
  return Number.isFinite(bytes) ? bytes : undefined;
}
