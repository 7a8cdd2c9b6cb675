import type { Ensemble } from "./ensembles.ts";
import { shownElsewhere } from "./listing-check.ts";

/** How many servers an ensemble has, with and without a vote. */
export interface Size {
  readonly voting: number;
  readonly observers: number;
  /** Whether only ConfigMaps name observers, so that `quorum-configuration` validates whether the others are odd. */
  readonly configured: boolean;
}

/**
 * The size of the ensemble: the servers that it runs without the observers that a list names; or that of the longest
 * list, if it names servers that the stack does not show.
 *
 * @param servers how many servers the ensemble runs
 */
export function sizeOf(ensemble: Ensemble, servers: number): Size {
  const lists = ensemble.members.flatMap((member) =>
    [...member.own, ...member.configured].map((listing) => ({
      listing,
      elsewhere: shownElsewhere(ensemble, member, listing).length > 0,
    })),
  );
  const observers = Math.max(0, ...lists.map(({ listing }) => listing.observers));
  const elsewhere = lists.filter((list) => list.elsewhere).map(({ listing }) => listing.participants);
  return {
    voting: elsewhere.length > 0 ? Math.max(...elsewhere) : servers - observers,
    observers,
    configured:
      observers > 0 && ensemble.members.every(({ own }) => own.every((list) => list.observers === 0)),
  };
}
