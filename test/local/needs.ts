import type { Context } from "mocha";

/**
 * Skips a test where this machine cannot run it, and says why.
 * @throws Error under CI=true, where nothing may go untested
 */
export function needs(context: Context, what: string, isThere: boolean): void {
  if (isThere) return;
  if (process.env["CI"] === "true") throw new Error(`this test needs ${what}`);
  console.log(`      skipped: it needs ${what}`);
  context.skip();
}

/** Whether this is Linux, whose /proc is read. */
export const isLinux = process.platform === "linux";

/** Whether this process may do everything to the machine. */
export const isRoot = process.getuid?.() === 0;
