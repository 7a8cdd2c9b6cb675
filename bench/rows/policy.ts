import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { stackOf, validateMs } from "../policy/requests.ts";
import { ourPack, startPack, stopPack, writePack, type Pack } from "../policy/pack.ts";
import type { Bench } from "../row.ts";

/** Packs to compare with: one that loads nothing, and one of the SDK without policies. */
const sources = {
  idle: "console.log(0);\nsetInterval(() => undefined, 1000);\n",
  empty: 'import { PolicyPack } from "@pulumi/policy";\nnew PolicyPack("empty", { policies: [] });\n',
};

const stack = stackOf(1000);

/** Starts a pack, does the work with it, and ends it. */
async function withPack<T>(
  folder: string,
  cache: string | undefined,
  work: (pack: Pack) => T | Promise<T>,
): Promise<T> {
  const pack = await startPack(folder, cache);
  try {
    return await work(pack);
  } finally {
    await stopPack(pack);
  }
}

const starting = ({ startMs }: Pack): number => startMs;

/**
 * The policy pack as the engine runs it: its start and memory, and how long it takes to validate a stack of 1,000
 * resources. The start has a floor that no pack can lower: the SDK's runner loads itself, and TypeScript, before it
 * loads the pack. The rows beside it are the runner alone, and a pack without policies. One run takes about 10 s.
 */
export const policyBench: Bench = {
  rows: [
    { name: "policy-start", what: "the pack's start, with NODE_COMPILE_CACHE", unit: "ms", budget: 400 },
    { name: "policy-start-runner", what: "of that, the SDK's runner", unit: "ms" },
    { name: "policy-start-uncached", what: "the pack's start, without NODE_COMPILE_CACHE", unit: "ms" },
    { name: "policy-start-uncached-runner", what: "of that, the SDK's runner", unit: "ms" },
    { name: "policy-start-uncached-empty", what: "a pack without policies beside it", unit: "ms" },
    { name: "policy-memory", what: "the pack's peak memory at its start", unit: "MiB", budget: 140 },
    { name: "policy-memory-empty", what: "a pack without policies beside it", unit: "MiB" },
    {
      name: "policy-validate",
      what: "validating 1,000 resources, beyond such a pack",
      unit: "ms",
      budget: 500,
    },
  ],
  measure: async () => {
    const cache = mkdtempSync(join(tmpdir(), "compiled-"));
    const [idle, empty] = [writePack(sources.idle), writePack(sources.empty)];
    try {
      // A first start compiles, the others find what it compiled; so does the first sender of a stack, this process.
      for (const kept of [cache, undefined]) {
        await withPack(ourPack, kept, (pack) => validateMs(pack, stack));
      }
      const beside = await withPack(empty, undefined, async (pack) => ({
        ...pack,
        validateMs: await validateMs(pack, stack),
      }));
      const ours = await withPack(ourPack, undefined, async (pack) => ({
        ...pack,
        validateMs: await validateMs(pack, stack),
      }));
      return {
        "policy-start": await withPack(ourPack, cache, starting),
        "policy-start-runner": await withPack(idle, cache, starting),
        "policy-start-uncached": ours.startMs,
        "policy-start-uncached-runner": await withPack(idle, undefined, starting),
        "policy-start-uncached-empty": beside.startMs,
        "policy-memory": ours.startMiB,
        "policy-memory-empty": beside.startMiB,
        "policy-validate": ours.validateMs - beside.validateMs,
      };
    } finally {
      for (const folder of [cache, idle, empty]) {
        rmSync(folder, { recursive: true });
      }
    }
  },
};
