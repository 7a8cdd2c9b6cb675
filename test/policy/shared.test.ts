import type { PolicyResource } from "@pulumi/policy";
import { expect } from "chai";

import { ruleOf } from "../../policy/define.ts";
import { restartPolicy } from "../../policy/rules/restart-policy.ts";
import { images } from "../../policy/rules/images.ts";
import { storageClass as storageClassPolicy } from "../../policy/rules/storage-class.ts";
import { containerPath, podPath, statefulSet, storageClass } from "../fixtures/policy/ensemble.ts";
import { argsOf, changed, type Registered } from "../fixtures/policy/harness.ts";

/** A resource as the SDK hands it to all policies of a request. */
function inRequest(registered: Registered): PolicyResource {
  return { ...argsOf(registered, {}), dependencies: [], propertyDependencies: {} };
}

describe("the policies of one request", () => {
  const wrong = [
    [[...podPath, "restartPolicy"], "Never"],
    [[...containerPath, "image"], "zookeeper"],
  ] as const;

  it("validate the same resource, and the next one by itself", () => {
    const said = (registered: Registered): number => {
      const args = argsOf(registered, {});
      const messages: string[] = [];
      for (const { validateResource } of [restartPolicy, images, restartPolicy]) {
        for (const validate of [validateResource].flat()) {
          void validate?.(args, (message) => messages.push(message));
        }
      }
      return messages.filter((message) => message.includes("restartPolicy")).length;
    };
    const faulty = wrong.reduce((resource, [path, value]) => changed(resource, path, value), statefulSet);
    expect([said(faulty), said(statefulSet), said(faulty)]).to.deep.equal([2, 0, 2]);
  });

  it("are known by what they are, not by their names", () => {
    expect(ruleOf(images).inspect).to.be.a("function");
    expect(() => ruleOf({ ...images })).to.throw("images is not a policy of this pack");
  });

  it("validate the same stack, and the next one by itself, also if only one of its resources differs", () => {
    const said = (resources: readonly PolicyResource[]): number => {
      const messages: string[] = [];
      const { getConfig, notApplicable, stackTags } = argsOf(statefulSet, {});
      for (const policy of [storageClassPolicy, storageClassPolicy]) {
        const args = { resources: [...resources], getConfig, notApplicable, stackTags };
        void policy.validateStack(args, (message) => messages.push(message));
      }
      return messages.length;
    };
    const good = inRequest(storageClass);
    const immediate = inRequest(changed(storageClass, ["volumeBindingMode"], "Immediate"));
    expect(said([])).to.equal(0);
    expect(said([immediate])).to.equal(2);
    expect(said([good])).to.equal(0);
    expect(said([good, immediate])).to.equal(2);
    expect(said([immediate, immediate])).to.equal(4);
    expect(said([])).to.equal(0);
  });
});
