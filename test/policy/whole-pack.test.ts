import { expect } from "chai";

import { policies } from "../../policy/policies.ts";
import { containerPath, environment, neighbours, podPath } from "../fixtures/policy/ensemble.ts";
import { changed, validate, unknownValue, type Registered } from "../fixtures/policy/harness.ts";

/** Every resource of the environment with one of its leaves unknown, in turn. */
function* withOneUnknown(resource: Registered): Generator<Registered> {
  function* variants(value: unknown): Generator {
    yield unknownValue;
    if (Array.isArray(value)) {
      for (const [i, element] of value.entries()) {
        for (const variant of variants(element)) {
          yield value.map((other: unknown, j) => (i === j ? variant : other));
        }
      }
    } else if (typeof value === "object" && value !== null) {
      for (const [key, element] of Object.entries(value)) {
        for (const variant of variants(element)) {
          yield { ...value, [key]: variant };
        }
      }
    }
  }
  for (const [key, value] of Object.entries(resource.props)) {
    for (const variant of variants(value)) {
      yield { ...resource, props: { ...resource.props, [key]: variant } };
    }
  }
}

/** The environment as the API server gives it back after a refresh: with its defaults and status filled in. */
const live: readonly Registered[] = environment.map((resource) => {
  const common: readonly (readonly [readonly (string | number)[], unknown])[] = [
    [["metadata", "uid"], "4f3c"],
    [["metadata", "managedFields"], [{ manager: "pulumi" }]],
  ];
  const defaults: Readonly<Record<string, typeof common>> = {
    zk: [
      [[...podPath, "restartPolicy"], "Always"],
      [[...podPath, "dnsPolicy"], "ClusterFirst"],
      [[...podPath, "schedulerName"], "default-scheduler"],
      [[...podPath, "volumes", 0, "configMap", "defaultMode"], 420],
      [[...containerPath, "ports", 0, "protocol"], "TCP"],
      [[...containerPath, "livenessProbe", "successThreshold"], 1],
      [["spec", "persistentVolumeClaimRetentionPolicy"], { whenDeleted: "Retain", whenScaled: "Retain" }],
      [["spec", "volumeClaimTemplates", 0, "status"], { phase: "Pending" }],
      [["status"], { replicas: 3, readyReplicas: 3 }],
    ],
    "zk-hs": [
      [["spec", "type"], "ClusterIP"],
      [["spec", "clusterIPs"], ["None"]],
      [["spec", "externalIPs"], null],
    ],
    "zk-cs": [
      [["spec", "clusterIP"], "10.96.0.7"],
      [["spec", "sessionAffinity"], "None"],
      [["status"], { loadBalancer: {} }],
    ],
    "zk-pdb": [
      [["spec", "minAvailable"], null],
      [["status"], { disruptionsAllowed: 1 }],
    ],
  };
  if (!resource.type.startsWith("kubernetes:")) {
    return resource;
  }
  return [...common, ...(defaults[resource.name] ?? [])].reduce(
    (changing, [path, value]) => changed(changing, path, value),
    resource,
  );
});

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

/** The policies that only advise. */
const advisory: ReadonlySet<string> = new Set([
  "gke-deletion-protection-elsewhere",
  "zone-spread",
  "synchronization",
  "probes-in-stack",
  "encryption",
  "monitoring",
  "backups",
  "backup-copies",
  "hardening",
  "network-policies",
  "not-validated",
]);

describe("the whole pack", () => {
  it("has policies with kebab-case names of their own, descriptions and levels", () => {
    const names = policies.map(({ name }) => name);
    expect(new Set(names).size).to.equal(names.length);
    for (const { name, description, enforcementLevel, configSchema } of policies) {
      expect(name).to.match(/^[a-z]+(-[a-z]+)*$/);
      expect(description).to.have.length.above(20);
      expect(enforcementLevel).to.equal(advisory.has(name) ? "advisory" : "mandatory");
      for (const setting of Object.values(configSchema?.properties ?? {})) {
        expect(setting).to.have.property("default");
        expect(setting).to.have.property("description");
      }
    }
  });

  it("spares the SDK the reading of resources that a policy is not about", () => {
    const spared = policies.filter(
      (policy) =>
        "validateResource" in policy &&
        policy.validateResource !== undefined &&
        Object.entries(policy.validateResource).some(
          ([key, type]) => key === "__pulumiType" && type !== undefined,
        ),
    );
    expect(spared.map(({ name }) => name)).to.have.members([
      "node-pool",
      "node-pool-in-cluster",
      "gke-cluster",
      "gke-deletion-protection",
      "gke-deletion-protection-elsewhere",
    ]);
  });

  for (const policy of policies) {
    it(`${policy.name} finds nothing in a good environment, alone or beside other workloads`, () => {
      for (const stack of ["dev", "prod"]) {
        expect(validate(policy, environment, { stack })).to.deep.equal({ violations: [], open: [] });
        expect(validate(policy, [...environment, ...neighbours], { stack })).to.deep.equal({
          violations: [],
          open: [],
        });
      }
    });

    it(`${policy.name} finds nothing in what a refresh reads back`, () => {
      expect(validate(policy, [...live, ...neighbours], { stack: "prod" })).to.deep.equal({
        violations: [],
        open: [],
      });
    });

    it(`${policy.name} never takes an unknown value for a fault, nor throws`, () => {
      for (const [i, resource] of environment.entries()) {
        for (const variant of withOneUnknown(resource)) {
          const { violations } = validate(policy, environment.with(i, variant), { stack: "prod" });
          expect(violations, JSON.stringify(variant.props)).to.deep.equal([]);
        }
      }
    });

    it(`${policy.name} does not throw on values of the wrong type`, function () {
      this.timeout(60_000);
      for (const [i, resource] of environment.entries()) {
        for (const variant of withOneWrong(resource)) {
          validate(policy, environment.with(i, variant));
        }
      }
    });
  }
});
