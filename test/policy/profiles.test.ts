import { expect } from "chai";

import { resourcePolicy } from "../../policy/define.ts";
import { policies } from "../../policy/policies.ts";
import { configurationOf, profileOf } from "../../policy/profiles.ts";
import { images } from "../../policy/rules/images.ts";
import { containerPath, statefulSet } from "../fixtures/policy/ensemble.ts";
import { changed, validate } from "../fixtures/policy/harness.ts";

const rule = {
  name: "rule",
  description: "A rule",
  settings: {},
  enforcementLevel: "mandatory",
  validate: () => undefined,
} as const;

describe("the profiles", () => {
  const made = [
    resourcePolicy(rule),
    resourcePolicy({ ...rule, name: "advice", enforcementLevel: "advisory" }),
    resourcePolicy({ ...rule, name: "hardening", profile: "production" }),
    resourcePolicy({ ...rule, name: "both", baselineSettings: { least: 1 } }),
    { name: "plain", description: "without a level", validateResource: () => undefined },
  ];

  it("have a policy in baseline unless it says otherwise", () => {
    expect(made.map(profileOf)).to.deep.equal(["baseline", "baseline", "production", "baseline", "baseline"]);
  });

  it("give each policy its level, and disable in baseline those of production", () => {
    const both = { rule: "mandatory", advice: "advisory", plain: "mandatory" };
    expect(configurationOf("production", made)).to.deep.equal({
      ...both,
      hardening: "mandatory",
      both: "mandatory",
    });
    expect(configurationOf("baseline", made)).to.deep.equal({
      ...both,
      hardening: "disabled",
      both: { enforcementLevel: "mandatory", least: 1 },
    });
  });

  it("leave to production what hardens, and to baseline what keeps the data and the quorum", () => {
    const byProfile = Object.groupBy(policies, profileOf);
    const names = (profile: "baseline" | "production") => byProfile[profile]?.map(({ name }) => name);
    expect(names("production")).to.include.members(["pod-security", "gke-cluster"]);
    expect(names("baseline")).to.include.members(["durable-storage", "anti-affinity", "quorum-size"]);
  });

  it("set only settings that the policies have", () => {
    for (const { name, configSchema } of policies) {
      const configured = configurationOf("baseline", policies)[name];
      const settings = typeof configured === "object" && configured !== null ? Object.keys(configured) : [];
      expect(Object.keys(configSchema?.properties ?? {})).to.include.members(
        settings.filter((setting) => setting !== "enforcementLevel"),
      );
    }
  });

  it("accept in baseline an image of any registry, and reject one that loses data", () => {
    const { enforcementLevel, ...config } = configurationOf("baseline", policies)["images"] as Record<
      string,
      unknown
    >;
    expect(enforcementLevel).to.equal("mandatory");
    const from = (image: string) => changed(statefulSet, [...containerPath, "image"], image);
    const anywhere = from("registry.example.com/team/zookeeper:3.9.5");
    expect(validate(images, [anywhere]).violations).to.have.length(1);
    expect(validate(images, [anywhere], { config }).violations).to.have.length(0);
    const old = from("registry.example.com/team/zookeeper:3.9.3");
    expect(validate(images, [old], { config }).violations).to.have.length(1);
  });
});
