import { gkeDeletionProtection } from "../../../policy/rules/gke-deletion-protection.ts";
import { gkeDeletionProtectionElsewhere } from "../../../policy/rules/gke-deletion-protection-elsewhere.ts";
import { cluster } from "../../fixtures/policy/ensemble.ts";
import { changed, unknownValue } from "../../fixtures/policy/harness.ts";
import { expectVerdict } from "../table.ts";

const protection = ["deletionProtection"];

describe("gke-deletion-protection", () => {
  const off = changed(cluster, protection, false);
  it("rejects it off in production, and says so elsewhere", () => {
    const fault = /deletionProtection = false\s+Required: true/;
    expectVerdict(gkeDeletionProtection, [off], fault, { stack: "prod" });
    expectVerdict(gkeDeletionProtection, [off], "nothing", { stack: "dev" });
    for (const stack of ["staging", "devices", "latest"]) {
      expectVerdict(gkeDeletionProtectionElsewhere, [off], fault, { stack });
    }
    for (const stack of ["dev", "eu-dev", "TEST", "ci-7"]) {
      expectVerdict(gkeDeletionProtectionElsewhere, [off], "nothing", { stack });
    }
    expectVerdict(gkeDeletionProtectionElsewhere, [off], fault, {
      stack: "dev",
      config: { disposableStacks: "^x$" },
    });
    expectVerdict(gkeDeletionProtectionElsewhere, [off], "nothing", { stack: "prod" });
    expectVerdict(gkeDeletionProtection, [off], fault, { config: { productionStacks: "dev" } });
  });

  it("accepts it missing, which means on; rejects other types; leaves an unknown open", () => {
    for (const [policy, stack] of [
      [gkeDeletionProtection, "prod"],
      [gkeDeletionProtectionElsewhere, "staging"],
    ] as const) {
      expectVerdict(policy, [changed(cluster, protection, undefined)], "nothing", { stack });
      expectVerdict(policy, [changed(cluster, protection, "on")], /"on" \(wrong type\)/, { stack });
      expectVerdict(policy, [changed(cluster, protection, unknownValue)], "open", { stack });
    }
  });
});
