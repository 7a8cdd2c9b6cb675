import type { Problem } from "../settings/kit.ts";

/** The words without which the probes, the pods' scripts and `npm run status` do not work. */
export const neededWords = ["srvr", "ruok", "mntr"] as const;

/** Every word that a server of 3.9 knows. @see https://zookeeper.apache.org/doc/r3.9.5/zookeeperAdmin.html#sc_4lw */
const known = [
  ...neededWords,
  ...["conf", "cons", "crst", "dirs", "dump", "envi", "gtmk", "hash", "isro", "srst", "stat", "stmk"],
  ...["wchc", "wchp", "wchs"],
];

/** What is wrong with a list of four-letter words. */
export function wrongWords(words: readonly string[]): readonly Problem[] {
  const unknown = words.filter((word) => !known.includes(word));
  const missing = neededWords.filter((word) => !words.includes(word));
  const problems: Problem[] = [];
  if (unknown.length > 0) {
    const reason = `no server knows ${unknown.map((word) => JSON.stringify(word)).join(", ")}`;
    problems.push({ reason, fix: `use some of ${known.join(", ")}` });
  }
  if (missing.length > 0) {
    const reason = `the probes, the scripts and the status need ${missing.join(", ")}`;
    problems.push({ reason, fix: "add them" });
  }
  return problems;
}
