/**
 * How clients connect, in the order in which a running ensemble moves from plain text to TLS. Between them, clients
 * move: with `accept`, there are both ports.
 */
export const clientTlsModes = ["off", "accept", "require"] as const;
/** How clients connect. */
export type ClientTlsMode = (typeof clientTlsModes)[number];

/** Why a running ensemble cannot skip a mode. */
export function skippedClientMode(before: string): string {
  return `the servers have mode ${JSON.stringify(before)}: all clients would lose their port at once, and servers could not ask each other during the rollout`;
}
