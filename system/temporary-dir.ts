import { existsSync } from "node:fs";
import { tmpdir } from "node:os";

function choose(): string {
  if ((process.env["TMPDIR"] ?? "") !== "" || !existsSync("/var/tmp")) {
    return tmpdir();
  }
  // Other than /tmp, which may be in memory, it is on a disk.
  return "/var/tmp";
}

/**
 * A folder for large temporary files, such as a cluster's: TMPDIR where it is
 * set, else /var/tmp.
 * @see https://systemd.io/TEMPORARY_DIRECTORIES/
 */
export const largeTemporaryDir = choose();
