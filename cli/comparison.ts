import { describeChange } from "../engine/describe.ts";
import type { Previewed } from "../local-gke/index.ts";

/** A running environment compared with its stack. */
export interface Comparison {
  /** What is missing, or not as the stack declares it. */
  problems: string[];
  /** What the next update would change, because the program or its settings have changed. */
  pending: string[];
  /** Why one of the two is not known. */
  notes: string[];
}

const indented = (text: string): string => text.replaceAll("\n", "\n    ");

/** Separates problems from changed settings that the next update applies. */
export function compare({
  changes,
  code,
  read,
  summary,
}: Omit<Previewed, "nothing" | "refresh">): Comparison {
  const lines = (drifted: boolean) =>
    changes.filter((change) => change.drifted === drifted).flatMap(describeChange);
  if (!read) {
    const problem = `the running environment could not be read:\n    ${indented(summary)}`;
    return { problems: [problem], pending: [], notes: [] };
  }
  const rejected = `the next npm run up would be rejected:\n    ${indented(summary)}`;
  return { problems: lines(true), pending: lines(false), notes: code === 0 ? [] : [rejected] };
}

/** The report on a stack. @param comparison undefined where a control plane does not answer */
export function reportStack(stack: string, comparison: Comparison | undefined): string {
  if (comparison === undefined) {
    return `Stack ${stack}: not compared with the running environment, as a control plane does not answer`;
  }
  const { problems, pending, notes } = comparison;
  return [
    problems.length === 0
      ? `Stack ${stack}: everything exists as declared`
      : `Stack ${stack}: something is missing or was changed; restore it with: npm run up`,
    ...problems.map((problem) => `  ! ${problem}`),
    ...notes.map((note) => `  ${note}`),
    ...(pending.length === 0 ? [] : ["Pending changes, which the next npm run up applies:"]),
    ...pending.map((line) => `  ${line}`),
  ].join("\n");
}
