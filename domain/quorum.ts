/** How many servers have to be up for an ensemble of this size to serve: more than half of them. */
export function quorumOf(servers: number): number {
  return Math.floor(servers / 2) + 1;
}

/**
 * The least time that a server needs to stop, in seconds: ten for the stop itself, and twenty to wait for the others.
 * It is Kubernetes' default terminationGracePeriodSeconds.
 */
export const leastGraceSeconds = 30;
