import { expect } from "chai";

import {
  resourcePolicy,
  ruleOf,
  serverPolicy,
  stackPolicy,
  type StackResource,
} from "../../../policy/define.ts";
import { Field } from "../../../policy/reading/field.ts";
import { argsOf, type Registered } from "../../fixtures/policy/harness.ts";

const described = { description: "", settings: {}, enforcementLevel: "mandatory" } as const;

const configMap: Registered = {
  type: "kubernetes:core/v1:ConfigMap",
  name: "c",
  props: { data: { a: "b" } },
};

const noReport = (): void => undefined;

describe("the policies of a pack", () => {
  it("get the same object for a resource, which is read once for all of them", () => {
    const seen: unknown[] = [];
    const policies = ["a", "b"].map((name) =>
      resourcePolicy({ ...described, name, validate: (resource) => seen.push(resource) }),
    );
    const [one, other] = [argsOf(configMap, {}), argsOf(configMap, {})];
    for (const args of [one, other]) {
      for (const { validateResource } of policies) {
        for (const validate of [validateResource ?? []].flat()) {
          void validate(args, noReport);
        }
      }
    }
    expect(seen).to.have.length(4);
    expect([seen[0] === seen[1], seen[2] === seen[3], seen[1] === seen[2]]).to.deep.equal([
      true,
      true,
      false,
    ]);
  });

  it("get the same list for a stack, which is read once for all of them", () => {
    const seen: unknown[] = [];
    const policies = ["a", "b"].map((name) =>
      stackPolicy({ ...described, name, validate: (resources) => seen.push(resources) }),
    );
    const stackOf = (...registered: readonly Registered[]) => ({
      ...argsOf(configMap, {}),
      resources: registered.map((each) => ({
        ...argsOf(each, {}),
        dependencies: [],
        propertyDependencies: {},
      })),
    });
    for (const args of [stackOf(configMap), stackOf(configMap, configMap)]) {
      for (const { validateStack } of policies) {
        void validateStack(args, noReport);
      }
    }
    expect(seen).to.have.length(4);
    expect([seen[0] === seen[1], seen[2] === seen[3], seen[1] === seen[2]]).to.deep.equal([
      true,
      true,
      false,
    ]);
  });
});

describe("a policy about servers", () => {
  const policy = serverPolicy({ ...described, name: "a", validate: noReport });

  it("does not even read its settings for a resource without workloads", () => {
    const pod: Registered = {
      type: "kubernetes:core/v1:Pod",
      name: "p",
      props: { spec: { containers: [] } },
    };
    const asked = [configMap, pod].map((registered) => {
      let reads = 0;
      const run = {
        get config() {
          reads += 1;
          return {};
        },
      };
      for (const validate of [policy.validateResource ?? []].flat()) {
        void validate(argsOf(registered, run), noReport);
      }
      return reads;
    });
    expect(asked).to.deep.equal([0, 1]);
  });

  it("has no report on a workload of other software", () => {
    const workload = (image: string): StackResource => ({
      ...{ type: "kubernetes:core/v1:Pod", name: "p", urn: "p", defaultNamespace: "default" },
      root: new Field({ spec: { containers: [{ name: "main", image }] } }),
      madeFrom: () => [],
    });
    const reports = ["zookeeper:3.9.5", "nginx:1.29"].map((image) =>
      ruleOf(policy)
        .inspect([workload(image)], {})
        .map(({ report }) => report.object),
    );
    expect(reports).to.deep.equal([["Pod default/p"], []]);
  });
});
