/**
 * Modes in an order: a running ensemble moves from one to its neighbour with a rollout, and only to its neighbour.
 */
export type Modes = readonly string[];

/** How many rollouts there are from one mode to another; infinite for what is no mode. */
export function stepsBetween(modes: Modes, from: string, to: string): number {
  const [before, now] = [modes.indexOf(from), modes.indexOf(to)];
  return before < 0 || now < 0 ? Infinity : Math.abs(now - before);
}

/** What to do instead of skipping a mode: the mode after the next step, or none. */
export function nextModeFirst(modes: Modes, from: string, to: string): string {
  const [before, now] = [modes.indexOf(from), modes.indexOf(to)];
  const next = modes[before + Math.sign(now - before)] ?? "off";
  return `use ${JSON.stringify(next)} first, and continue when all servers are Ready; or keep ${JSON.stringify(from)}`;
}
