import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { parseYaml } from "../../domain/yaml.ts";
import { emptyProgram, writeProgram } from "../programs.ts";
import type { Bench } from "../row.ts";
import { previewArguments, startStubEngine } from "../stub-engine.ts";
import { timedNode, type NodeTaken } from "../timed.ts";

const root = join(import.meta.dirname, "../..");

/** The dev stack's settings, as far as they decide what is made. */
const settings = { "gcp:project": "zookeeper-bench" };

/** The parts of Pulumi.yaml that this reads. */
interface Project {
  readonly runtime?: { readonly options?: { readonly nodeargs?: string } };
}

/** The arguments that the language host gives to Node, from Pulumi.yaml. */
function nodeArguments(): string[] {
  const parsed = parseYaml(readFileSync(join(root, "Pulumi.yaml"), "utf8"));
  const nodeargs = "value" in parsed ? (parsed.value as Project).runtime?.options?.nodeargs : undefined;
  if (nodeargs === undefined) {
    throw new Error("Pulumi.yaml has no nodeargs");
  }
  return nodeargs.split(" ");
}

async function runOnce(
  folder: string,
  project: string,
  nodeArgs: readonly string[],
  compileCache: string,
): Promise<NodeTaken> {
  const engine = await startStubEngine();
  try {
    const taken = await timedNode(
      [...nodeArgs, ...previewArguments(engine, { project, folder, program: "index.ts" })],
      {
        cwd: folder,
        env: { PULUMI_CONFIG: JSON.stringify(settings), NODE_COMPILE_CACHE: compileCache },
      },
    );
    if (engine.registrations() === 0) {
      throw new Error(`the program in ${folder} registered nothing`);
    }
    return taken;
  } finally {
    engine.stop();
  }
}

/** The program's own process in a preview, with an engine that answers at once; beside an empty program. */
export function programBench(stateDir: string): Bench {
  const empty = join(stateDir, "empty-process");
  const compileCache = join(stateDir, "compile-cache");
  const runBoth = async (): Promise<{ own: NodeTaken; floor: NodeTaken }> => ({
    own: await runOnce(root, "zookeeper-environment", nodeArguments(), compileCache),
    floor: await runOnce(empty, "empty", [], compileCache),
  });
  return {
    rows: [
      { name: "program", what: "the program's own process in a preview", unit: "ms", budget: 550 },
      { name: "program-empty", what: "an empty program's, in the same run", unit: "ms" },
      { name: "program-memory", what: "the program's own process, peak memory", unit: "MiB", budget: 170 },
      { name: "program-empty-memory", what: "an empty program's", unit: "MiB" },
    ],
    measure: async () => {
      if (!existsSync(empty)) {
        writeProgram(empty, "empty", emptyProgram);
        // The first run fills the compile cache, which every later preview has.
        await runBoth();
      }
      const { own, floor } = await runBoth();
      return {
        program: own.ms,
        "program-empty": floor.ms,
        "program-memory": own.peakMiB,
        "program-empty-memory": floor.peakMiB,
      };
    },
  };
}
