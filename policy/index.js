// JavaScript, because the runner type-checks TypeScript entries, and an old Node reads this far.
import { existsSync } from "node:fs";
import * as module from "node:module";
import { env } from "node:process";
import { setImmediate } from "node:timers";
import { fileURLToPath, URL } from "node:url";

const file = (path) => fileURLToPath(new URL(path, import.meta.url));

// In a checkout the pack runs from source. A published pack is compiled, with what it imports from other folders.
const [root, extension] = existsSync(file("pack.ts")) ? ["..", "ts"] : ["./dist", "js"];

/** Starts the pack. The modules are loaded in this order, whereas static imports would load all of them first. */
async function start() {
  await import(`${root}/startup/node.js`);
  // In the pack's own folder, where only its owner can write code that we run.
  module.enableCompileCache(env.NODE_COMPILE_CACHE ?? file("node_modules/.cache/compiled"));
  const { narrowSdk, shareProperties } = await import(`${root}/startup/policy.${extension}`);
  narrowSdk();
  shareProperties();
  await import(`${root}/policy/pack.${extension}`);
  // Node writes the cache when a process ends, but the engine kills its packs.
  setImmediate(module.flushCompileCache);
}

// Not awaited: the runner accepts no module that awaits. It reports a failure in here nevertheless.
void start();
