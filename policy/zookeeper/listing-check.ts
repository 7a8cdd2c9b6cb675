import type { Report } from "../reading/report.ts";
import type { Ensemble, Member } from "./ensembles.ts";
import type { Listing } from "./sources.ts";

/** More hosts than these are not named one by one. */
const mostHosts = 3;

/** The hosts of a list that the stack does not show, if they may be why the list is longer than the ensemble. */
export function shownElsewhere(ensemble: Ensemble, member: Member, listing: Listing): readonly string[] {
  const { participants, observers } = listing;
  const { servers = 0 } = ensemble;
  const hosts = ensemble.elsewhere(member, listing);
  return participants + observers > servers && participants + observers - hosts.length <= servers
    ? hosts
    : [];
}

/** Whether the ensemble has servers that the stack does not show, by a list of its configuration. */
export function isPartial(ensemble: Ensemble): boolean {
  return ensemble.members.some((member) =>
    [...member.own, ...member.configured].some(
      (listing) => shownElsewhere(ensemble, member, listing).length > 0,
    ),
  );
}

/**
 * Validates that the ensemble has as many servers as a list of its configuration names. A list may name servers that
 * the stack does not show, as those of another cluster; it is then not compared.
 *
 * @param servers how many servers the ensemble runs
 */
export function validateListing(
  ensemble: Ensemble,
  member: Member,
  listing: Listing,
  servers: number,
  report: Report,
): void {
  const { place, participants, observers } = listing;
  const hosts = shownElsewhere(ensemble, member, listing);
  if (hosts.length > 0) {
    const more = hosts.length > mostHosts ? ` and ${hosts.length - mostHosts} more` : "";
    report.leaveHidden(`the servers at ${hosts.slice(0, mostHosts).join(", ")}${more}, which ${place} lists`);
  } else if (participants + observers !== servers) {
    const several = ensemble.members.length > 1;
    report.reject({
      path: several ? "" : "spec.replicas",
      observed: `${servers} servers run${several ? ` in ${ensemble.label}` : ""} while ${place} lists ${participants + observers} servers`,
      required: "as many servers as the ensemble's own configuration lists",
      fix: "change both together",
    });
  }
}

/**
 * The fix for an even number of voting servers beside observers.
 *
 * @param least the least number of voting servers
 */
export function oddVoters(voting: number, least: number): string {
  return `list an observer as a voting server${voting > least ? ", or make one more server an observer" : ""}`;
}
