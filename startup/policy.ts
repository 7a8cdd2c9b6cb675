import { createRequire } from "node:module";

import { defer } from "./defer.ts";

const here = createRequire(import.meta.url);

/**
 * Has @pulumi/policy load only what it uses of @pulumi/pulumi, and not the Automation API, the dynamic providers and
 * all else behind its index: 550 modules, half of a pack's time to start (the bench rows `policy-start*` and
 * `policy-memory`). Has to run before @pulumi/policy is loaded.
 */
export function narrowSdk(): void {
  const sdk = createRequire(here.resolve("@pulumi/policy"));
  defer("@pulumi/pulumi", sdk, "namespace", {
    asset: () => sdk("@pulumi/pulumi/asset") as unknown,
    Output: () => (sdk("@pulumi/pulumi/output") as Record<string, unknown>)["Output"],
  });
}

type Deserialize = (properties: object, proxySecrets: boolean) => unknown;

/**
 * Has @pulumi/policy read the properties of a request's resource once, and not once for each policy, which took as long
 * as all policies together (the bench row `policy-validate`). The policies then share one object, which none of them
 * changes; a remediation gets a separate one. Has to run before the pack is served.
 */
export function shareProperties(): void {
  const sdk = here("@pulumi/policy/deserialize") as { deserializeProperties: Deserialize };
  const original = sdk.deserializeProperties;
  const read = new WeakMap<object, unknown>();
  sdk.deserializeProperties = (properties, proxySecrets) => {
    if (proxySecrets) {
      return original(properties, proxySecrets);
    }
    if (!read.has(properties)) {
      read.set(properties, original(properties, proxySecrets));
    }
    return read.get(properties);
  };
}
