/** The words without which the probes, the pods' scripts and `npm run status` do not work. */
const needed = ["srvr", "ruok", "mntr"] as const;

/** Every word that a server of 3.9 knows. @see https://zookeeper.apache.org/doc/r3.9.5/zookeeperAdmin.html#sc_4lw */
const known = [
  ...needed,
  ...["conf", "cons", "crst", "dirs", "dump", "envi", "gtmk", "hash", "isro", "srst", "stat", "stmk"],
  ...["wchc", "wchp", "wchs"],
];

/** What is wrong with a list of four-letter words, as a reason and a fix; empty where nothing is. */
export function wrongWords(words: readonly string[]): readonly (readonly [reason: string, fix: string])[] {
  const unknown = words.filter((word) => !known.includes(word));
  const missing = needed.filter((word) => !words.includes(word));
  return [
    ...(unknown.length === 0
      ? []
      : [
          [
            `has ${unknown.map(quoted).join(", ")}, which no server knows`,
            `use some of ${known.join(", ")}`,
          ] as const,
        ]),
    ...(missing.length === 0
      ? []
      : [[`lacks ${missing.join(", ")}, which the probes, scripts and the status ask`, "add them"] as const]),
  ];
}

const quoted = (word: string): string => JSON.stringify(word);
