import type { Change } from "./changes.ts";
import { describeChange } from "./texts.ts";

/**
 * Why nothing may be updated now: an update takes up whatever is pending, too. Undefined where there is only what was
 * asked for.
 * @param isAskedFor whether a change is what the update is for; @default none is
 */
export function unasked(
  changes: readonly Change[],
  isAskedFor: (change: Change) => boolean = () => false,
): string | undefined {
  const others = changes.filter((change) => !isAskedFor(change)).flatMap(describeChange);
  if (others.length === 0) {
    return undefined;
  }
  const list = others.map((line) => `\n  ${line}`).join("");
  return `an update would change what was not asked for:${list}\nRun npm run up first, or undo the edit.`;
}
