import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { fileName } from "../cluster/names.ts";
import { configuration, stacksDir } from "../configuration.ts";

/** The project's name, which the stacks of the backend are kept under. */
export function projectName(): string {
  const file = join(configuration().projectDir, "Pulumi.yaml");
  const name = /^name: ([\w.-]+)$/m.exec(readFileSync(file, "utf8"))?.[1];
  if (name === undefined) {
    throw new Error(`${file}: no line "name: NAME"`);
  }
  return name;
}

/** A stack of a Pulumi file backend. */
export interface Stack {
  project: string;
  name: string;
}

const folders = (dir: string): string[] => (existsSync(dir) ? readdirSync(dir) : []);

/**
 * Every stack of a file backend.
 * @param backend the backend's folder; the environment's own when not given
 * @see https://www.pulumi.com/docs/iac/concepts/state-and-backends/
 */
export function allStacks(backend = stacksDir()): Stack[] {
  const projects = join(backend, ".pulumi", "stacks");
  return folders(projects).flatMap((project) =>
    folders(join(projects, project)).flatMap((file) => {
      const name = /^(.+)\.json(\.gz)?$/.exec(file)?.[1];
      return name === undefined ? [] : [{ project, name }];
    }),
  );
}

/** Whether the backend has this stack of the project. */
export const stackExists = (name: string, backend = stacksDir()): boolean =>
  allStacks(backend).some((stack) => stack.project === projectName() && stack.name === name);

/** The stacks of the backend beside this one of the project. */
export const otherStacks = (name: string, backend = stacksDir()): Stack[] =>
  allStacks(backend).filter((stack) => stack.project !== projectName() || stack.name !== name);

/**
 * Removes one stack of the project from a file backend, for when its resources no longer exist. Other stacks
 * may have resources elsewhere, and stay.
 * @throws Error where the name is none of a stack
 */
export function forgetStack(name: string, backend = stacksDir()): void {
  fileName("stack", name);
  const own = join(backend, ".pulumi");
  const file = /^\.json(\.gz|\.bak|\.gz\.bak)?(\.attrs)?$/;
  const states = join(own, "stacks", projectName());
  for (const entry of folders(states)) {
    if (entry.startsWith(name) && file.test(entry.slice(name.length))) {
      rmSync(join(states, entry));
    }
  }
  for (const kind of ["history", "backups", join("locks", "organization")]) {
    rmSync(join(own, kind, projectName(), name), { recursive: true, force: true });
  }
}
