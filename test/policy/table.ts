import { expect } from "chai";
import type { Policies } from "@pulumi/policy";

import { containerPath } from "../fixtures/policy/ensemble.ts";
import { changed, unknownValue, validate, type Registered, type Run } from "../fixtures/policy/harness.ts";

/**
 * What a policy should say: nothing, that it cannot validate because of what is not known yet (`open`) or what the
 * resources do not show (`hidden`), or violations, each matching its expression.
 */
export type Expected = "nothing" | "open" | "hidden" | RegExp | readonly RegExp[];

/** A path and the value to put there; `undefined` removes what is there. */
export type Edit = readonly [path: readonly (string | number)[], value: unknown];

/** Checks what the policy says about the resources. */
export function expectVerdict(
  policy: Policies[number],
  resources: readonly Registered[],
  expected: Expected,
  run: Run = {},
): void {
  const { violations, open } = validate(policy, resources, run);
  const wanted = typeof expected === "string" ? [] : [expected].flat();
  const said = violations.join("\n");
  expect(violations, said).to.have.length(wanted.length);
  for (const expression of wanted) {
    expect(said).to.match(expression);
  }
  for (const violation of violations) {
    expect(violation).to.match(/^\S.*(?: = |: ).*\n {2}Required: .*\.\n {2}Fix: .*\.$/);
  }
  if (expected === "nothing") {
    expect(open).to.deep.equal([]);
  }
  if (expected === "open" || expected === "hidden") {
    expect(open.join("\n")).to.contain(policy.name);
    expect(open.join("\n")).to.contain(expected === "open" ? "are not known yet" : "resources do not show");
  }
}

/** One test: what the policy should say of the target with the edits made. */
export type Row = readonly [title: string, expected: Expected, edits: readonly Edit[], run?: Run];

/** Declares one test per row: the target of the resources with the edits made, and what the policy should say. */
export function rows(
  policy: Policies[number],
  resources: readonly Registered[],
  target: Registered,
  table: readonly Row[],
): void {
  for (const [title, expected, edits, run] of table) {
    it(title, () => {
      const edited = edits.reduce((resource, [path, value]) => changed(resource, path, value), target);
      const all = resources.map((resource) => (resource === target ? edited : resource));
      expectVerdict(policy, all, expected, run);
    });
  }
}

/**
 * The rows of any advice on production stacks' servers, for a StatefulSet in a stack that lacks what is advised.
 * @param advice what the policy says then
 */
export const rowsOfAdvice = (advice: RegExp): readonly Row[] => [
  [
    "says nothing of another program",
    "nothing",
    [
      [[...containerPath, "image"], "nginx"],
      [[...containerPath, "ports"], []],
    ],
    { stack: "prod" },
  ],
  [
    "says nothing while it is not known that it is ZooKeeper",
    "nothing",
    [
      [[...containerPath, "image"], unknownValue],
      [[...containerPath, "ports"], []],
    ],
    { stack: "prod" },
  ],
  ["advises it for a single server, too", advice, [[["spec", "replicas"], 1]], { stack: "prod" }],
  [
    "takes other names of production stacks",
    advice,
    [],
    { stack: "blue", config: { productionStacks: "^blue$" } },
  ],
];
