import * as pulumi from "@pulumi/pulumi";

import type { Settled } from "./settled.ts";

/**
 * What the last update of this stack settled, which the program exports under this name; empty before the first.
 * The engine reads it from the stack's own state, as a StackReference does, but leaves no resource behind.
 */
export async function readSettled(output: string): Promise<Settled> {
  const [organization, project, stack] = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()];
  // Backends that know no organizations call theirs so, and older ones of them know no projects.
  const name = organization === "organization" ? stack : `${organization}/${project}/${stack}`;
  const answer: unknown = await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name });
  return parseSettled(answer, output);
}

/** The settled values in an answer of the engine; what is none is left out. */
export function parseSettled(answer: unknown, output: string): Settled {
  const values = property(property(answer, "outputs"), output);
  return typeof values === "object" && values !== null
    ? Object.fromEntries(
        Object.entries(values).filter(
          (entry): entry is [string, string | number] =>
            typeof entry[1] === "string" || typeof entry[1] === "number",
        ),
      )
    : {};
}

function property(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
}
