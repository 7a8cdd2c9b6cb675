import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Bench } from "../row.ts";
import { timedCommand, type NodeTaken } from "../timed.ts";

const root = join(import.meta.dirname, "../..");
/** The compiler as `npm run types` runs it; on this Node it becomes the native one. */
const compiler = join(root, "node_modules/typescript-native/bin/tsc");
const budget = { time: 2, memory: 400 };

/** The type check of only what a stack needs, with the project's own options. */
async function checkProgram(): Promise<NodeTaken> {
  const folder = mkdtempSync(join(tmpdir(), "type-check-"));
  try {
    const config = {
      extends: join(root, "tsconfig.json"),
      compilerOptions: { typeRoots: [join(root, "node_modules/@types")] },
      include: [join(root, "index.ts"), join(root, "components")],
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
    return await timedCommand(process.execPath, [compiler, "--noEmit", "--project", folder]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The type check: of the program alone, and of the whole project as `npm run lint` does it. */
export const typeCheckBench: Bench = {
  rows: [
    { name: "type-check", what: "tsc of index.ts and components/", unit: "s", budget: budget.time },
    { name: "type-check-memory", what: "its peak memory", unit: "MiB", budget: budget.memory },
    { name: "type-check-all", what: "tsc of everything, tests too", unit: "s", budget: budget.time },
    { name: "type-check-all-memory", what: "its peak memory", unit: "MiB", budget: budget.memory },
  ],
  measure: async (wanted) => {
    const program =
      wanted.has("type-check") || wanted.has("type-check-memory") ? await checkProgram() : undefined;
    const all =
      wanted.has("type-check-all") || wanted.has("type-check-all-memory")
        ? await timedCommand(process.execPath, [compiler, "--noEmit"], { cwd: root })
        : undefined;
    return {
      ...(program && { "type-check": program.ms / 1000, "type-check-memory": program.peakMiB }),
      ...(all && { "type-check-all": all.ms / 1000, "type-check-all-memory": all.peakMiB }),
    };
  },
};
