import { expect } from "chai";

import { combine, readConfiguration, type Configuration } from "../../../policy/command/configuration.ts";
import { policies } from "../../../policy/policies.ts";
import { configurationOf, profiles } from "../../../policy/profiles.ts";

const read = (config: unknown) => readConfiguration(config, policies);

const errors = (config: unknown): string[] =>
  read(config).errors.map(
    ({ subject, value = "", reason, fix }) => `${subject} = ${value}: ${reason}; ${fix}`,
  );

const levelOf = (configuration: Configuration, name: string): string | undefined =>
  configuration.get(name)?.level;

describe("the configuration of the command", () => {
  it("has levels and settings, as Pulumi's", () => {
    const { configuration, errors: found } = read({
      images: { enforcementLevel: "advisory", minimumVersion: "3.9.4" },
      probes: { rejoinSeconds: 30 },
      "quorum-size": "disabled",
      "restart-policy": "remediate",
    });
    expect(found).to.deep.equal([]);
    expect(configuration.get("images")).to.deep.equal({
      level: "advisory",
      settings: { minimumVersion: "3.9.4" },
    });
    expect(configuration.get("probes")).to.deep.equal({ settings: { rejoinSeconds: 30 } });
    expect(levelOf(configuration, "quorum-size")).to.equal("disabled");
    expect(levelOf(configuration, "restart-policy")).to.equal("remediate");
    expect(configuration.get("resources")).to.deep.equal({ settings: {} });
  });

  it("has a level for all policies, which one of a policy precedes", () => {
    const { configuration, errors: found } = read({ all: "advisory", images: "mandatory", probes: {} });
    expect(found).to.deep.equal([]);
    expect(levelOf(configuration, "images")).to.equal("mandatory");
    expect(levelOf(configuration, "probes")).to.equal("advisory");
    expect(levelOf(configuration, "resources")).to.equal("advisory");
  });

  it("reports every error at once", () => {
    expect(
      errors({
        image: "mandatory",
        all: { enforcementLevel: "on" },
        probes: { rejoinSecond: 3, enforcementLevel: "advise" },
        images: { minimumVersion: 3 },
        resources: 7,
        "quorum-size": "maybe",
        "restart-policy": { x: 1 },
      }),
    ).to.have.length(8);
  });

  for (const [title, config, expected] of [
    [
      "a policy that does not exist",
      { image: "mandatory" },
      /^image = : there is no such policy; use images$/,
    ],
    [
      "one that resembles none",
      { "x-y-z": {} },
      /there is no such policy; use one of anti-affinity, .*, all$/,
    ],
    [
      "a level that does not exist",
      { images: "on" },
      /^images = "on": there is no such level; use one of advisory/,
    ],
    [
      "a level of a wrong type",
      { images: { enforcementLevel: 1 } },
      /^images.enforcementLevel = 1: there is no such level/,
    ],
    [
      "an entry of a wrong type",
      { images: [] },
      /^images = \[\]: required: a level, or an object with settings/,
    ],
    [
      "a setting that does not exist",
      { probes: { rejoin: 1 } },
      /^probes.rejoin = : the policy has no such setting; use/,
    ],
    ["a setting for all", { all: { rejoinSeconds: 1 } }, /^all.rejoinSeconds = : .*; leave it out$/],
    [
      "a value of a wrong type",
      { probes: { rejoinSeconds: "x" } },
      /^probes.rejoinSeconds = "x": required: \{/,
    ],
    ["a value out of range", { probes: { rejoinSeconds: -1 } }, /^probes.rejoinSeconds = -1: required: \{/],
    ["a list", [], /^the configuration = : required: an object/],
    ["nothing", undefined, /^the configuration = : required: an object/],
    [
      "a key of all objects",
      JSON.parse('{"__proto__": "on"}') as unknown,
      /^__proto__ = : there is no such policy/,
    ],
  ] as const) {
    it(`rejects ${title}`, () => {
      const [error, ...others] = errors(config);
      expect(error).to.match(expected);
      expect(others).to.deep.equal([]);
    });
  }

  it("over another one: its levels and settings count", () => {
    const first: Configuration = new Map([
      ["a", { level: "disabled", settings: { x: 1, y: 1 } }],
      ["b", { settings: {} }],
    ]);
    const second: Configuration = new Map([
      ["a", { settings: { y: 2 } }],
      ["b", { level: "advisory", settings: {} }],
      ["c", { settings: {} }],
    ]);
    expect([...combine(first, second)]).to.deep.equal([
      ["a", { level: "disabled", settings: { x: 1, y: 2 } }],
      ["b", { level: "advisory", settings: {} }],
      ["c", { settings: {} }],
    ]);
  });
});

describe("a profile", () => {
  it("is a configuration that the command reads without an error", () => {
    for (const profile of profiles) {
      const { configuration, errors } = readConfiguration(configurationOf(profile, policies), policies);
      expect(errors).to.deep.equal([]);
      expect(configuration.get("pod-security")?.level).to.equal(
        profile === "baseline" ? "disabled" : "mandatory",
      );
    }
  });
});
