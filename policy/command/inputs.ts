import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import type { Readable } from "node:stream";

/** The operand that stands for standard input. */
export const standardInput = "-";

/** The content of a file or of standard input. */
export interface Input {
  /** How it is shown: its path as it was given, or "stdin". */
  readonly name: string;
  /** Its absolute path; undefined for standard input. */
  readonly file?: string;
  readonly text: string;
}

/** Something that was given and cannot be read. */
export interface Unreadable {
  readonly name: string;
  readonly reason: string;
  /** What to do about it, as an instruction. */
  readonly fix: string;
}

/** What was read. */
export interface Inputs {
  readonly inputs: readonly Input[];
  readonly unreadable: readonly Unreadable[];
}

const isManifest = (name: string): boolean => /\.(?:ya?ml|json)$/i.test(name);

/** Folders of other programs: hidden ones, and those of npm. */
const isForeign = (name: string): boolean => name.startsWith(".") || name === "node_modules";

/** The manifests in the folder and those below it. Links to folders are not followed, as in kubectl. */
function manifestsIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      return isForeign(entry.name) ? [] : manifestsIn(path);
    }
    return isManifest(entry.name) && (!entry.isSymbolicLink() || isFile(path)) ? [path] : [];
  });
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true;

/** Whether an error is one of the operating system, such as ENOENT. */
export const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && "code" in error && "syscall" in error;

/** The text of bytes in UTF-8, or in the UTF-16 that PowerShell writes, without its byte order mark. */
function decode(bytes: Uint8Array): string | undefined {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) {
      return undefined;
    }
    throw error;
  }
}

function decoded(name: string, bytes: Uint8Array, file?: string): Input | Unreadable {
  const text = decode(bytes);
  return text === undefined
    ? { name, reason: "it is not text in UTF-8 or UTF-16", fix: "save it in UTF-8" }
    : { name, text, file };
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  EACCES: "it may not be read",
};

/** Reads a file, or the manifests of a folder. */
function readPath(name: string, directory: string): readonly (Input | Unreadable)[] {
  if (/^https?:\/\//.test(name)) {
    return [{ name, reason: "it is not a file", fix: "pipe it in: curl -fsSL URL, and - as the file" }];
  }
  const path = resolve(directory, name);
  try {
    if (!statSync(path).isDirectory()) {
      return [decoded(name, readFileSync(path), path)];
    }
    const found = manifestsIn(path).sort();
    if (found.length === 0) {
      const reason = "the folder has no *.yaml, *.yml or *.json";
      return [{ name, reason, fix: "give a folder with manifests" }];
    }
    return found.map((file) => decoded(join(name, relative(path, file)), readFileSync(file), file));
  } catch (error) {
    if (!isSystemError(error)) {
      throw error;
    }
    const reason = reasons[error.code ?? ""] ?? error.message;
    return [{ name, reason, fix: "give a file or folder that can be read" }];
  }
}

async function readStream(stream: Readable): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) {
    chunks.push(chunk as Uint8Array);
  }
  return Buffer.concat(chunks);
}

/**
 * Reads files, folders and standard input.
 *
 * @param names paths, and `-` for standard input; each counts once
 * @param directory what relative paths are relative to
 */
export async function readInputs(
  names: readonly string[],
  directory: string,
  stdin: Readable,
): Promise<Inputs> {
  const read: (Input | Unreadable)[] = [];
  for (const name of new Set(names)) {
    read.push(
      ...(name === standardInput ? [decoded("stdin", await readStream(stdin))] : readPath(name, directory)),
    );
  }
  const readable = read.filter((each) => "text" in each);
  // A file that is given twice, such as by itself and by its folder, is one.
  const inputs = readable.filter(
    ({ file }, i) => file === undefined || readable.findIndex((other) => other.file === file) === i,
  );
  return { inputs, unreadable: read.filter((each) => "reason" in each) };
}
