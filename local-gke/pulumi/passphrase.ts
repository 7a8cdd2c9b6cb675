import { createDecipheriv, pbkdf2Sync, randomBytes, randomUUID } from "node:crypto";
import { chmodSync, existsSync, linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { isErrno } from "../../system/files.ts";
import { configuration } from "../configuration.ts";

/**
 * The file with the passphrase of this environment's stack: random, readable by root only, and nowhere else.
 * @see https://www.pulumi.com/docs/iac/concepts/secrets/#configuring-secrets-encryption
 */
export const passphraseFile = (): string => join(configuration().stateDir, "passphrase");

/** Creates a random passphrase in a file, whole or not at all. An existing one stays, and only root can read it. */
export function ensurePassphrase(file = passphraseFile()): void {
  if (!existsSync(file)) {
    const draft = `${file}.new-${randomUUID()}`;
    writeFileSync(draft, `${randomBytes(32).toString("base64url")}\n`, { flag: "wx", mode: 0o600 });
    try {
      linkSync(draft, file);
    } catch (error) {
      // Another command has created it meanwhile.
      if (!isErrno(error, "EEXIST")) {
        throw error;
      }
    } finally {
      rmSync(draft);
    }
  }
  chmodSync(file, 0o600);
}

/** The passphrase in a file; undefined where there is no such file. */
export function readPassphrase(file = passphraseFile()): string | undefined {
  return existsSync(file) ? readFileSync(file, "utf8").trim() : undefined;
}

/**
 * Whether a passphrase is the one of a stack with this salt, as Pulumi itself finds out: with the salt it keeps a known
 * word that is encrypted under the passphrase.
 * @param salt such as v1:SALT:v1:NONCE:CIPHERTEXT
 * @see https://github.com/pulumi/pulumi/blob/v3.216.0/pkg/secrets/passphrase/manager.go
 */
export function passphraseFits(passphrase: string, salt: string): boolean {
  const [, salted, nonce, encrypted] = /^v1:([^:]+):v1:([^:]+):([^:]+)$/.exec(salt) ?? [];
  if (salted === undefined || nonce === undefined || encrypted === undefined) {
    return false;
  }
  const bytes = Buffer.from(encrypted, "base64");
  const key = pbkdf2Sync(passphrase, Buffer.from(salted, "base64"), 1_000_000, 32, "sha256");
  const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce, "base64"), { authTagLength: 16 });
  try {
    decipher.setAuthTag(bytes.subarray(-16));
    return (
      `${decipher.update(bytes.subarray(0, -16), undefined, "utf8")}${decipher.final("utf8")}` === "pulumi"
    );
  } catch {
    // It does not decrypt: it is another passphrase's.
    return false;
  }
}
