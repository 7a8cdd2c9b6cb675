/**
 * Refuses to go on for anybody but root, whose the environment is: everybody
 * else cannot even see whether there is one.
 * @throws Error with what to do
 */
export function requireRoot(): void {
  if (process.platform !== "linux" || process.getuid?.() === 0) {
    return;
  }
  throw new Error("the local GKE belongs to root; run the command as root, for example with sudo -H");
}
