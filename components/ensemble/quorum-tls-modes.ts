/**
 * How servers talk to each other, in the order in which a running ensemble moves from plain text to TLS. Servers of two
 * neighbouring modes understand each other, so a rollout from one to the next keeps the quorum.
 */
export const quorumTlsModes = ["off", "accept", "prefer", "require"] as const;
/** How servers talk to each other. */
export type QuorumTlsMode = (typeof quorumTlsModes)[number];

/** How many rollouts there are from one mode to another; infinite for what is no mode. */
export function quorumTlsSteps(from: string, to: string): number {
  const [before, now] = [from, to].map((mode) => quorumTlsModes.findIndex((each) => each === mode));
  return before === undefined || now === undefined || before < 0 || now < 0
    ? Infinity
    : Math.abs(now - before);
}

/** What to do instead of skipping a mode: the mode after the next step. */
export function nextModeFirst(from: string, to: string): string {
  const [before = 0, now = 0] = [from, to].map((mode) => quorumTlsModes.findIndex((each) => each === mode));
  const next = quorumTlsModes[before + Math.sign(now - before)] ?? "off";
  return `use ${JSON.stringify(next)} first, and continue when all servers are Ready`;
}

/** Why a running ensemble cannot skip a mode. */
export function skippedMode(before: string): string {
  return `the servers have mode ${JSON.stringify(before)}, and those of a mode that is not next to it do not understand them: the quorum would be lost`;
}
