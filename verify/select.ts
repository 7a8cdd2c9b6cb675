import type { Drill } from "./drill.ts";

/** Whether a word names a drill: its name, its row such as `14`, or a range with it such as `1-4`. */
function isNamed(drill: Drill, word: string): boolean {
  const [, first, last] = /^(\d+)(?:-(\d+))?$/.exec(word) ?? [];
  if (first === undefined) {
    return drill.name === word;
  }
  return drill.row >= Number(first) && drill.row <= Number(last ?? first);
}

/** What is wrong with a word that should name drills; undefined where it names one. */
export function unknownDrill(
  drills: readonly Drill[],
  word: string,
): { readonly reason: string; readonly fix: string } | undefined {
  if (drills.some((drill) => isNamed(drill, word))) {
    return undefined;
  }
  const known = drills.map(({ row, name }) => `${row} ${name}`).join(", ");
  return { reason: "there is no such drill", fix: `use names or rows of ${known}` };
}

/** The drills that these words name, in the drills' own order. @param words names, rows, or ranges of rows */
export const select = (drills: readonly Drill[], words: readonly string[]): Drill[] =>
  drills.filter((drill) => words.some((word) => isNamed(drill, word)));
