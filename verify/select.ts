import type { Drill } from "./drill.ts";

/**
 * The drills that these words name, in the drills' own order.
 * @param words names, rows such as `14`, ranges of rows such as `1-4`; several may stand in one word, with commas
 * @throws Error that lists the words that name no drill
 */
export function select(drills: readonly Drill[], words: readonly string[]): Drill[] {
  const wanted = words
    .flatMap((word) => word.split(","))
    .map((word) => word.trim())
    .filter((word) => word !== "");
  const strangers = wanted.filter((word) => !drills.some((drill) => isNamed(drill, word)));
  if (strangers.length > 0) {
    const known = drills.map(({ row, name }) => `${row} ${name}`).join(", ");
    throw new Error(`there is no drill ${strangers.join(", ")}; there are ${known}`);
  }
  return drills.filter((drill) => wanted.some((word) => isNamed(drill, word)));
}

function isNamed(drill: Drill, word: string): boolean {
  const [, first, last] = /^(\d+)(?:-(\d+))?$/.exec(word) ?? [];
  if (first === undefined) {
    return drill.name === word;
  }
  return drill.row >= Number(first) && drill.row <= Number(last ?? first);
}
