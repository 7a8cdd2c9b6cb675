import { readdirSync, readFileSync } from "node:fs";

import { expect } from "chai";

import { policies } from "../../policy/policies.ts";
import { validate, type Registered } from "../fixtures/policy/harness.ts";
import { resourcesIn } from "./strangers/resources.ts";
import type { Rejection, Verdict } from "./strangers/verdict.ts";
import { verdicts } from "./strangers/verdicts.ts";

const folder = new URL("strangers/", import.meta.url);

/** What each policy with something to say says, by name. */
type Said = ReadonlyMap<string, string>;

const mandatory = new Set(
  policies.flatMap(({ name, enforcementLevel }) => (enforcementLevel === "mandatory" ? [name] : [])),
);

function saidOf(resources: readonly Registered[], stack: string, { settings }: Verdict): Said {
  return new Map(
    policies.flatMap((policy): [string, string][] => {
      const config = settings?.[policy.name];
      const { violations } = validate(policy, resources, { stack, ...(config && { config }) });
      return violations.length === 0 ? [] : [[policy.name, violations.join("\n")]];
    }),
  );
}

function parts(rejection: Rejection): { readonly name: string; readonly says: readonly RegExp[] } {
  const [name, ...says] = typeof rejection === "string" ? [rejection] : rejection;
  return { name, says };
}

/** What the policies say, as the message of a failed assertion. */
function quote(said: Said, names: readonly string[]): string {
  return names.map((name) => `${name}: ${said.get(name) ?? "nothing"}`).join("\n");
}

function expectVerdict(said: Said, verdict: Verdict): void {
  const rejections = verdict.rejected.map(parts);
  const wanted = rejections.map(({ name }) => name);
  // What is said whatever the level may be a rejection.
  const advised = verdict.advised ?? [];
  const groups = verdict.anyOf ?? [];
  const accepted = new Set([...wanted, ...advised, ...groups.flat(), ...(verdict.either ?? [])]);
  const missed = [
    ...[...wanted, ...advised].filter((name) => !said.has(name)),
    ...groups.filter((group) => !group.some((name) => said.has(name))).map((group) => group.join(" or ")),
  ];
  const falseAlarms = [...said.keys()].filter((name) => mandatory.has(name) && !accepted.has(name));
  const silent = verdict.silent === "all" ? policies.map(({ name }) => name) : (verdict.silent ?? []);
  const notSilent = silent.filter((name) => said.has(name) && !advised.includes(name));
  expect({ missed, falseAlarms, notSilent }, quote(said, [...falseAlarms, ...notSilent])).to.deep.equal({
    missed: [],
    falseAlarms: [],
    notSilent: [],
  });
  for (const { name, says } of rejections) {
    for (const expression of says) {
      expect(said.get(name), name).to.match(expression);
    }
  }
  for (const expression of verdict.never ?? []) {
    expect(quote(said, [...said.keys()])).to.not.match(expression);
  }
}

describe("manifests in the shape of public sources", () => {
  it("have a verdict each", () => {
    const files = readdirSync(folder).flatMap((file) => /^(.*)\.yaml$/.exec(file)?.[1] ?? []);
    expect(files.toSorted()).to.deep.equal(Object.keys(verdicts).toSorted());
  });

  for (const [name, verdict] of Object.entries(verdicts)) {
    for (const stack of verdict.stacks ?? ["dev"]) {
      it(`${name} in stack ${stack}`, () => {
        const resources = resourcesIn(readFileSync(new URL(`${name}.yaml`, folder), "utf8"));
        expectVerdict(saidOf(resources, stack, verdict), verdict);
      });
    }
  }
});
