import type { Change } from "./changes.ts";
import { describeChange } from "./describe.ts";

/**
 * Why nothing may be updated now, as an update applies every pending change; undefined where there are only those that
 * the update is for.
 * @param isWanted whether the update is for a change; @default it is for none
 */
export function otherChanges(
  changes: readonly Change[],
  isWanted: (change: Change) => boolean = () => false,
): string | undefined {
  const others = changes.filter((change) => !isWanted(change)).flatMap(describeChange);
  if (others.length === 0) {
    return undefined;
  }
  const list = others.map((line) => `\n  ${line}`).join("");
  return `an update would also apply these changes:${list}\nRun npm run up first, or undo them.`;
}
