import { readFileSync } from "node:fs";
import { join } from "node:path";

import { projectDir } from "./paths.ts";

/** The exact version that package.json pins a dependency to. @throws Error where it has no such dependency */
export function dependencyVersion(name: string): string {
  const manifest = JSON.parse(readFileSync(join(projectDir, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  const version = manifest.dependencies[name];
  if (version === undefined) {
    throw new Error(`package.json: no dependency ${name}`);
  }
  return version;
}
