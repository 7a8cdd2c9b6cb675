import { createHash } from "node:crypto";

/** A number that is always the same for the same resource, as Google's numeric ids. */
export function numericId(id: string, digits: number): string {
  return BigInt(`0x${createHash("sha256").update(id).digest("hex").slice(0, 16)}`)
    .toString()
    .padStart(digits, "1")
    .slice(0, digits);
}

/** A project's number. */
export const projectNumber = (project: string): string => numericId(`projects/${project}`, 12);
