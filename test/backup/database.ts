import type { Member } from "./tar.ts";

/** Content with the header and the end of a snapshot. */
export const snapshot = Buffer.concat([
  Buffer.from("ZKSN"),
  Buffer.alloc(200, 1),
  Buffer.from([0, 0, 0, 1, 47]),
]);

/** Content with the header of a transaction log. */
export const log = Buffer.concat([Buffer.from("ZKLG"), Buffer.alloc(12, 1), Buffer.alloc(2000)]);

/** The members of a backup: a snapshot before the first write, two logs, and the epochs. */
export const database: readonly Member[] = [
  { name: "version-2/", type: "5" },
  { name: "version-2/snapshot.0", content: snapshot },
  { name: "version-2/currentEpoch", content: "2" },
  { name: "version-2/acceptedEpoch", content: "2" },
  { name: "log/version-2/", type: "5" },
  { name: "log/version-2/log.100000001", content: log },
  { name: "log/version-2/log.200000001", content: log },
];

/** The database without the members whose names match, and with additional ones. */
export function changed(without: RegExp, ...members: readonly Member[]): Member[] {
  return [...database.filter(({ name }) => !without.test(name)), ...members];
}
