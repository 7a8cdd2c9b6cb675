/**
 * How servers talk to each other, in the order in which a running ensemble moves from plain text to TLS. Servers of two
 * neighbouring modes understand each other, so a rollout from one to the next keeps the quorum.
 */
export const quorumTlsModes = ["off", "accept", "prefer", "require"] as const;
/** How servers talk to each other. */
export type QuorumTlsMode = (typeof quorumTlsModes)[number];

/** Why a running ensemble cannot skip a mode. */
export function skippedMode(before: string): string {
  return `the servers have mode ${JSON.stringify(before)}, and those of a mode that is not next to it do not understand them: the quorum would be lost`;
}
