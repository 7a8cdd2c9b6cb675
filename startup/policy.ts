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
