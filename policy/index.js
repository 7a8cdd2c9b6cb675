// JavaScript, because the runner has TypeScript entries type-checked; Node strips the types of what this one loads.
import "./start/node.js";
// As a whole: an older Node, which is told of above, does not know the names, and would not come that far.
import * as module from "node:module";
import { join } from "node:path";
import { env } from "node:process";
import { setImmediate } from "node:timers";

/** Starts the pack. The modules are loaded one after the other, as a static import would load all of them at once. */
async function start() {
  // In the pack's own folder, where nobody else can write what we run.
  module.enableCompileCache(
    env.NODE_COMPILE_CACHE ?? join(import.meta.dirname, "node_modules/.cache/compiled"),
  );
  const { narrowSdk } = await import("./start/narrow-sdk.ts");
  narrowSdk();
  await import("./pack.ts");
  // Node by itself writes the cache as the process ends, but the engine kills its packs.
  setImmediate(module.flushCompileCache);
}

// Not awaited: the runner takes no module that awaits. It reports a failure in here all the same.
void start();
