import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";

import { emptyProgram, writeProgram } from "../programs.ts";
import type { Bench } from "../row.ts";
import { timed } from "../timed.ts";
import { prepareTools } from "../tools.ts";

const root = join(import.meta.dirname, "../..");

/** `pulumi preview` of the dev stack, new, with the local GKE's providers; beside an empty program. */
export function previewBench(stateDir: string): Bench {
  const empty = join(stateDir, "empty-preview");
  const stacks = join(stateDir, "preview-stacks");
  // The CLI writes a salt into a stack's settings, which do not belong in the checkout.
  const settings = join(stateDir, "preview-settings");
  const settingsFile = join(settings, "Pulumi.dev.yaml");
  const preview = async (folder: string, env: Readonly<Record<string, string>>): Promise<number> => {
    const file = folder === root ? ["--config-file", settingsFile] : [];
    return await timed("pulumi", ["preview", "--non-interactive", "--stack", "dev", ...file], {
      cwd: folder,
      env,
    });
  };
  const initialise = async (env: Readonly<Record<string, string>>): Promise<void> => {
    mkdirSync(stacks);
    mkdirSync(settings);
    for (const name of ["Pulumi.yaml", "Pulumi.dev.yaml"]) {
      copyFileSync(join(root, name), join(settings, name));
    }
    writeProgram(empty, "empty", emptyProgram);
    for (const [folder, project] of [
      [root, settings],
      [empty, empty],
    ] as const) {
      await timed("pulumi", ["stack", "init", "dev"], { cwd: project, env });
      // The first preview fills the compile cache, which every later one has.
      await preview(folder, env);
    }
  };
  return {
    rows: [
      { name: "preview-empty", what: "pulumi preview of an empty program", unit: "ms" },
      {
        name: "preview",
        what: "pulumi preview of the dev stack, beyond the empty one",
        unit: "ms",
        budget: 1200,
      },
    ],
    measure: async () => {
      const env = { ...(await prepareTools()), PULUMI_BACKEND_URL: `file://${stacks}` };
      if (!existsSync(stacks)) {
        await initialise(env);
      }
      const floor = await preview(empty, env);
      return { "preview-empty": floor, preview: (await preview(root, env)) - floor };
    },
  };
}
