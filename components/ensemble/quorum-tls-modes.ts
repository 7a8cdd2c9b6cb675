/**
 * How servers talk to each other, in the order in which a running ensemble moves from plain text to TLS. Servers of two
 * neighbouring modes understand each other, so a rollout from one to the next keeps the quorum.
 */
export const quorumTlsModes = ["off", "accept", "prefer", "require"] as const;
/** How servers talk to each other. */
export type QuorumTlsMode = (typeof quorumTlsModes)[number];

/** The value of `quorumTls` that means `require` where the servers have certificates, and `off` where not. */
export const autoMode = "auto";

/** The mode that a value of `quorumTls` means. @param tlsSecret the Secret with the servers' certificates, if any */
export const modeWith = (quorumTls: string, tlsSecret: string): string =>
  quorumTls !== autoMode ? quorumTls : tlsSecret === "" ? "off" : "require";

/** Why a running ensemble cannot skip a mode. */
export function skippedMode(before: string): string {
  return `the servers have mode ${JSON.stringify(before)}, and those of a mode that is not next to it do not understand them: the quorum would be lost`;
}
