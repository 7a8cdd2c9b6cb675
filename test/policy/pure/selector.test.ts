import { expect } from "chai";
import fc from "fast-check";

import { matches, selectorOf, unknown, type MaybeText } from "../../../policy/kubernetes/selector.ts";
import { Field } from "../../../policy/reading/field.ts";
import { every, not, some, type Truth } from "../../../policy/reading/truth.ts";
import { unknownValue } from "../../fixtures/policy/harness.ts";

const key = fc.constantFrom("a", "b", "c");
const value = fc.constantFrom("x", "y", "z");
const labels = fc.dictionary(key, value);
const expression = fc.record({
  key,
  operator: fc.constantFrom("In", "NotIn", "Exists", "DoesNotExist"),
  values: fc.array(value, { minLength: 1, maxLength: 3 }),
});
const selector = fc.record({ matchLabels: labels, matchExpressions: fc.array(expression, { maxLength: 3 }) });

type Plain = Record<string, string>;

function validate(selectorValue: unknown, own: Readonly<Record<string, MaybeText>>): Truth {
  return matches(selectorOf(new Field(selectorValue)), new Map(Object.entries(own)));
}

/** The documentation's words, once more and directly. */
function expected(
  own: Plain,
  {
    matchLabels,
    matchExpressions,
  }: { matchLabels: Plain; matchExpressions: { key: string; operator: string; values: string[] }[] },
): boolean {
  const has = (k: string, values: string[]): boolean =>
    Object.hasOwn(own, k) && values.includes(own[k] ?? "");
  return (
    Object.entries(matchLabels).every(([k, v]) => has(k, [v])) &&
    matchExpressions.every((e) => {
      if (e.operator === "In") {
        return has(e.key, e.values);
      }
      if (e.operator === "NotIn") {
        return !has(e.key, e.values);
      }
      return Object.hasOwn(own, e.key) === (e.operator === "Exists");
    })
  );
}

describe("label selectors", () => {
  it("match as Kubernetes' documentation says", () => {
    fc.assert(
      fc.property(selector, labels, (s, own) => {
        expect(validate(s, own)).to.equal(expected(own, s));
      }),
    );
  });

  it("never say for certain what another value of an unknown label would change", () => {
    fc.assert(
      fc.property(selector, labels, key, value, (s, own, hidden, revealed) => {
        const verdict = validate(s, { ...own, [hidden]: unknown });
        if (verdict !== "unknown") {
          expect(validate(s, { ...own, [hidden]: revealed })).to.equal(verdict);
        }
      }),
    );
  });

  it("never say for certain what another value of an unknown condition would change", () => {
    fc.assert(
      fc.property(selector, labels, key, value, (s, own, hidden, revealed) => {
        const verdict = validate({ ...s, matchLabels: { ...s.matchLabels, [hidden]: unknownValue } }, own);
        if (verdict === "unknown") {
          return;
        }
        expect(validate({ ...s, matchLabels: { ...s.matchLabels, [hidden]: revealed } }, own)).to.equal(
          verdict,
        );
      }),
    );
  });

  it("match everything when empty and nothing when missing", () => {
    expect(validate({}, {})).to.equal(true);
    expect(validate(undefined, {})).to.equal(false);
    expect(validate(unknownValue, {})).to.equal("unknown");
    expect(validate({ matchLabels: unknownValue }, {})).to.equal("unknown");
    expect(validate({ matchExpressions: [{ key: unknownValue, operator: "Exists" }] }, { a: "x" })).to.equal(
      "unknown",
    );
    expect(matches([], unknown)).to.equal(true);
    expect(matches([{ key: "a", operator: "Exists", values: [] }], unknown)).to.equal("unknown");
  });
});

describe("three-valued logic", () => {
  const truth = fc.constantFrom<Truth>(true, false, "unknown");

  it("agrees with every way in which the unknowns may turn out", () => {
    fc.assert(
      fc.property(fc.array(truth, { maxLength: 5 }), fc.boolean(), (truths, revealed) => {
        const settled = truths.map((t) => (t === "unknown" ? revealed : t));
        const [all, any] = [every(truths), some(truths)];
        if (all !== "unknown") {
          expect(settled.every(Boolean)).to.equal(all);
        }
        if (any !== "unknown") {
          expect(settled.some(Boolean)).to.equal(any);
        }
        expect(not(all)).to.equal(some(truths.map(not)));
      }),
    );
  });
});
