import { describeChange } from "../engine/texts.ts";
import type { Previewed } from "../local-gke/pulumi/preview.ts";

/** What a preview tells of an environment that runs. */
export interface Comparison {
  /** What is not as the stack says. */
  faults: string[];
  /** What the next update would change, because the program or its settings have changed. */
  pending: string[];
  /** Why one of the two is not known. */
  notes: string[];
}

const indented = (text: string): string => text.replaceAll("\n", "\n    ");

/** Tells faults from settings that are only not taken up yet. */
export function compare({
  changes,
  code,
  read,
  summary,
}: Omit<Previewed, "nothing" | "refresh">): Comparison {
  const lines = (drifted: boolean) =>
    changes.filter((change) => change.drifted === drifted).flatMap(describeChange);
  if (!read) {
    return { faults: [`what runs could not be read:\n    ${indented(summary)}`], pending: [], notes: [] };
  }
  const refused = `the next npm run up would be refused:\n    ${indented(summary)}`;
  return { faults: lines(true), pending: lines(false), notes: code === 0 ? [] : [refused] };
}

/** The report on a stack. Undefined where it was not compared, because a control plane does not answer. */
export function reportStack(stack: string, comparison: Comparison | undefined): string {
  if (comparison === undefined) {
    return `Stack ${stack}: not compared with what runs`;
  }
  const { faults, pending, notes } = comparison;
  return [
    faults.length === 0
      ? `Stack ${stack}: everything is there as it says`
      : `Stack ${stack}: not everything is as it says; restore it with: npm run up`,
    ...faults.map((fault) => `  ! ${fault}`),
    ...notes.map((note) => `  ${note}`),
    ...(pending.length === 0 ? [] : ["Not taken up yet, until the next npm run up:"]),
    ...pending.map((line) => `  ${line}`),
  ].join("\n");
}
