import { gzipSync } from "node:zlib";

/** A member of a tar archive: by default a regular file. */
export interface Member {
  readonly name: string;
  readonly content?: Buffer | string;
  /** The type flag in the archive: 0 file, 1 hard link, 2 symbolic link, 3 and 4 devices, 5 folder, 6 pipe. */
  readonly type?: string;
  readonly link?: string;
  /** The name of its owner. */
  readonly owner?: string;
}

const block = 512;

function padded(content: Buffer): Buffer {
  return Buffer.concat([content, Buffer.alloc((block - (content.length % block)) % block)]);
}

/** A member as it is stored in an archive. */
export function packed({ name, content = "", type = "0", link = "", owner = "" }: Member): Buffer {
  const data = Buffer.from(content);
  const header = Buffer.alloc(block);
  const octal = (value: number, length: number) => value.toString(8).padStart(length - 1, "0") + "\0";
  header.write(name, 0, 100);
  header.write(octal(0o644, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(data.length, 12), 124);
  header.write(octal(0, 12), 136);
  header.write(" ".repeat(8), 148);
  header.write(type, 156);
  header.write(link, 157, 100);
  header.write("ustar\x0000", 257);
  header.write(owner, 265, 32);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(octal(sum, 7) + " ", 148);
  return Buffer.concat([header, padded(data)]);
}

/** The end of an archive. */
export const end = Buffer.alloc(2 * block);

/**
 * Creates a compressed tar archive, even one that tar itself would not create.
 * @see https://www.gnu.org/software/tar/manual/html_node/Standard.html
 */
export function tarball(members: readonly Member[]): Buffer {
  return gzipSync(Buffer.concat([...members.map(packed), end]));
}
