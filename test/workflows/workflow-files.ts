import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

import { parseYaml } from "../../domain/yaml.ts";
import { projectDir } from "../../system/paths.ts";

/** A step of a job. */
export interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Concurrency {
  readonly group: string;
  readonly "cancel-in-progress": boolean;
}

/** A job, with the steps of this project's own actions in the place of their uses. */
export interface Job {
  readonly name: string;
  readonly if?: string;
  readonly needs?: string | readonly string[];
  readonly environment?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly concurrency?: Concurrency;
  readonly steps: readonly Step[];
}

/** A workflow file. */
export interface Workflow {
  readonly name: string;
  readonly text: string;
  readonly permissions: Readonly<Record<string, string>>;
  readonly concurrency?: Concurrency;
  readonly jobs: readonly Job[];
}

function parsed(path: string): unknown {
  const result = parseYaml(readFileSync(join(projectDir, path), "utf8"));
  if ("fault" in result) {
    throw new Error(`${path}: ${result.fault}`);
  }
  return result.value;
}

const local = "./";

function stepsOf(steps: readonly Step[]): readonly Step[] {
  return steps.flatMap((step) => {
    if (step.uses?.startsWith(local) !== true) {
      return [step];
    }
    const action = parsed(`${step.uses.slice(local.length)}/action.yml`) as {
      readonly runs: { readonly steps: readonly Step[] };
    };
    return [step, ...stepsOf(action.runs.steps)];
  });
}

/** The project's workflows. */
export const workflows: readonly Workflow[] = globSync(".github/workflows/*.yml", { cwd: projectDir })
  .sort()
  .map((path) => {
    const file = parsed(path) as Omit<Workflow, "name" | "text" | "jobs"> & {
      readonly jobs: Readonly<Record<string, Omit<Job, "name">>>;
    };
    return {
      ...file,
      name: basename(path, ".yml"),
      text: readFileSync(join(projectDir, path), "utf8"),
      jobs: Object.entries(file.jobs).map(([name, job]) => ({ ...job, name, steps: stepsOf(job.steps) })),
    };
  });
