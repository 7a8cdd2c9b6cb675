import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");

/** Writes a Pulumi program into a new folder, with the project's packages and its way to run. */
export function writeProgram(folder: string, name: string, text: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, "Pulumi.yaml"),
    `name: ${name}\nruntime: { name: nodejs, options: { typescript: false } }\nmain: index.ts\n`,
  );
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }\n');
  writeFileSync(join(folder, "index.ts"), text);
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
}

/** The smallest program: it loads Pulumi's library, as every program does. */
export const emptyProgram = 'import "@pulumi/pulumi";\n';
