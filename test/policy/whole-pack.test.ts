import { expect } from "chai";
import { policies } from "../../policy/policies.ts";
import { environment, neighbours } from "./fixtures/ensemble.ts";
import { judge, unknownValue, type Registered } from "./harness.ts";

/** Every resource of the environment with one of its leaves unknown, in turn. */
function* withOneUnknown(resource: Registered): Generator<Registered> {
  function* variants(value: unknown): Generator {
    yield unknownValue;
    if (Array.isArray(value)) {
      for (const [i, element] of value.entries()) {
        for (const variant of variants(element))
          yield value.map((other: unknown, j) => (i === j ? variant : other));
      }
    } else if (typeof value === "object" && value !== null) {
      for (const [key, element] of Object.entries(value)) {
        for (const variant of variants(element)) yield { ...value, [key]: variant };
      }
    }
  }
  for (const [key, value] of Object.entries(resource.props)) {
    for (const variant of variants(value))
      yield { ...resource, props: { ...resource.props, [key]: variant } };
  }
}

/** The resource with each of its leaves and branches replaced by a value of another type, in turn. */
function* withOneWrong(resource: Registered): Generator<Registered> {
  for (const variant of withOneUnknown(resource)) {
    for (const wrong of [[7], { seven: 7 }, 7, "seven", true]) {
      const props: unknown = JSON.parse(
        JSON.stringify(variant.props).replaceAll(`"${unknownValue}"`, JSON.stringify(wrong)),
      );
      yield { ...resource, props: props as object };
    }
  }
}

describe("the whole pack", () => {
  it("has policies with kebab-case names of their own, descriptions and levels", () => {
    const names = policies.map(({ name }) => name);
    expect(new Set(names).size).to.equal(names.length);
    for (const { name, description, enforcementLevel, configSchema } of policies) {
      expect(name).to.match(/^[a-z]+(-[a-z]+)*$/);
      expect(description).to.have.length.above(20);
      expect(enforcementLevel).to.equal(
        name === "gke-deletion-protection-elsewhere" ? "advisory" : "mandatory",
      );
      for (const setting of Object.values(configSchema?.properties ?? {})) {
        expect(setting).to.have.property("default");
        expect(setting).to.have.property("description");
      }
    }
  });

  for (const policy of policies) {
    it(`${policy.name} finds nothing in a good environment, alone or beside other workloads`, () => {
      for (const stack of ["dev", "prod"]) {
        expect(judge(policy, environment, { stack })).to.deep.equal({ violations: [], open: [] });
        expect(judge(policy, [...environment, ...neighbours], { stack })).to.deep.equal({
          violations: [],
          open: [],
        });
      }
    });

    it(`${policy.name} never takes an unknown value for a fault, nor throws`, () => {
      for (const [i, resource] of environment.entries()) {
        for (const variant of withOneUnknown(resource)) {
          const { violations } = judge(policy, environment.with(i, variant), { stack: "prod" });
          expect(violations, JSON.stringify(variant.props)).to.deep.equal([]);
        }
      }
    });

    it(`${policy.name} does not throw on values of the wrong type`, function () {
      this.timeout(60_000);
      for (const [i, resource] of environment.entries()) {
        for (const variant of withOneWrong(resource)) judge(policy, environment.with(i, variant));
      }
    });
  }
});
