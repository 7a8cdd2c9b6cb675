/**
 * The number of servers after the next step from one number to another: one more or one less. Only then does every
 * majority of the old servers share a server with every majority of the new ones; with two more at once, two of three
 * and three of five could each elect a leader.
 */
export function leastStep(from: number, to: number): number {
  return from + Math.sign(to - from);
}

/** Why a second server cannot join a single one, and what to do instead. */
export const loneServer = {
  reason:
    "there is one server; a second one could join only with its vote, which it gives only after a restart",
  fix: "keep 1; for more servers, use another stack, and move the data with a backup",
} as const;
