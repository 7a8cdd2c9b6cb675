import * as pulumi from "@pulumi/pulumi";

import type { Settled } from "./settled.ts";

/**
 * The values that the last update of this stack settled; empty before the first update. The engine reads them from the
 * stack's own outputs, as a StackReference does, but without a resource.
 * @param output the name of the output
 */
export async function readSettled(output: string): Promise<Settled> {
  const [organization, project, stack] = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()];
  // Backends without organizations use this name for theirs, and older ones have no projects.
  const name = organization === "organization" ? stack : `${organization}/${project}/${stack}`;
  const answer: unknown = await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name });
  return parseSettled(answer, output);
}

/** The settled values in an answer of the engine, without any other values. */
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
