import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The sum that npm found a package's content to have when it installed it; undefined where it did not. */
export function installedIntegrity(folder: string, name: string): string | undefined {
  const text = readFileSync(join(folder, "node_modules", ".package-lock.json"), "utf8");
  const { packages } = JSON.parse(text) as { packages: Record<string, { integrity?: string }> };
  return packages[`node_modules/${name}`]?.integrity;
}
