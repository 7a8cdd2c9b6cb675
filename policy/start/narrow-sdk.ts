import Module, { createRequire } from "node:module";

const here = createRequire(import.meta.url);
const sdk = createRequire(here.resolve("@pulumi/policy"));

/** What @pulumi/policy takes of @pulumi/pulumi's index, from the small files that it stands in. */
const parts: Readonly<Partial<Record<string | symbol, () => unknown>>> = {
  asset: () => sdk("@pulumi/pulumi/asset") as unknown,
  Output: () => (sdk("@pulumi/pulumi/output") as Record<string, unknown>)["Output"],
};

/**
 * Makes @pulumi/policy load what it uses of @pulumi/pulumi, and not the Automation API, the dynamic providers and all
 * else behind its index: 550 modules, half of a pack's time to start. Whoever asks the index for something else gets
 * it from the whole index. Has to run before @pulumi/policy is loaded.
 */
export function narrowSdk(): void {
  const index = sdk.resolve("@pulumi/pulumi");
  const narrow = new Module(index);
  narrow.loaded = true;
  narrow.exports = new Proxy(
    {},
    {
      get: (_, name) => {
        const part = parts[name];
        if (part !== undefined) {
          return part();
        }
        if (sdk.cache[index] === narrow) {
          Reflect.deleteProperty(sdk.cache, index);
        }
        return Reflect.get(sdk(index) as object, name) as unknown;
      },
    },
  );
  sdk.cache[index] ??= narrow;
}
