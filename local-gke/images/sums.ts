import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The names and sums in a file of sha256sum's. @throws Error for a line of another form, or a name that leads
 * elsewhere
 */
function readSums(file: string): Map<string, string> {
  const lines = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "");
  return new Map(
    lines.map((line) => {
      const [, sum, name] = /^([0-9a-f]{64}) {2}([\w][\w.+-]*)$/.exec(line) ?? [];
      if (sum === undefined || name === undefined) {
        throw new Error(`${file}: not a sum and a file's name: ${line}`);
      }
      return [name, sum];
    }),
  );
}

/**
 * Compares a folder with the sums of what must be in it.
 * @param sums a file as sha256sum writes it
 * @returns the names of the files
 * @throws Error that names every file that is missing, has other content, or is not listed
 */
export function verifyFolder(folder: string, sums: string): string[] {
  const listed = readSums(sums);
  const present = new Set(readdirSync(folder));
  const contentFault = (name: string, sum: string): string | undefined => {
    const file = join(folder, name);
    if (!lstatSync(file).isFile()) {
      return "is no plain file";
    }
    const actual = createHash("sha256").update(readFileSync(file)).digest("hex");
    return actual === sum ? undefined : `has the sum ${actual} instead of ${sum}`;
  };
  const faults = [
    ...[...listed].flatMap(([name, sum]) => {
      const fault = present.has(name) ? contentFault(name, sum) : "is missing";
      return fault === undefined ? [] : [`${name} ${fault}`];
    }),
    ...[...present].filter((name) => !listed.has(name)).map((name) => `${name} is not listed`),
  ];
  if (faults.length > 0) {
    throw new Error(`${folder} is not as ${sums} says:\n- ${faults.join("\n- ")}`);
  }
  return [...listed.keys()];
}
