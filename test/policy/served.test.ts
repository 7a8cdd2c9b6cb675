import { expect } from "chai";

import { networkExposure } from "../../policy/rules/network-exposure.ts";
import { nodePool } from "../../policy/rules/node-pool.ts";
import { restartPolicy } from "../../policy/rules/restart-policy.ts";
import { served } from "../../policy/served.ts";
import { client, environment, nodePool as pool, podPath, statefulSet } from "../fixtures/policy/ensemble.ts";
import { changed, urnOf, validate } from "../fixtures/policy/harness.ts";

describe("the policies that the engine gets", () => {
  it("report the same messages, as the objects that the SDK shows without the policy's description", () => {
    const restart = changed(statefulSet, [...podPath, "restartPolicy"], "Never");
    const open = changed(client, ["spec", "type"], "LoadBalancer");
    for (const [policy, wrong] of [
      [restartPolicy, restart],
      [networkExposure, open],
    ] as const) {
      const all = environment.map((each) => (each.name === wrong.name ? wrong : each));
      const [message] = validate(policy, all).violations;
      const reported: unknown[] = [];
      validate(served(policy), all, { report: (violation) => reported.push(violation) });
      expect(message).to.contain("Required: ");
      expect(reported).to.deep.equal([{ message, urn: urnOf(wrong) }]);
    }
  });

  it("are the same in all else", () => {
    const { validateResource, ...rest } = served(nodePool) as typeof nodePool;
    const { validateResource: original, ...others } = nodePool;
    expect(rest).to.deep.equal(others);
    expect(Object.entries(validateResource ?? {})).to.deep.equal([["__pulumiType", pool.type]]);
    expect(Object.entries(original ?? {})).to.deep.equal([["__pulumiType", pool.type]]);
    const only = { name: "only", description: "remediates only", remediateResource: () => undefined };
    expect(served(only)).to.equal(only);
  });
});
