import { readFileSync } from "node:fs";

import { expect } from "chai";
import fc from "fast-check";

import { configSettings } from "../../components/settings/tables.ts";
import { renderFinding } from "../../domain/finding.ts";
import { parseYaml } from "../../domain/yaml.ts";
import type * as Read from "../../components/config/read.ts";
import { MockEngine } from "../fixtures/mocks.ts";

const project = "zookeeper-environment";

/** What Pulumi.yaml declares. */
function declared(): Record<string, { type: string; default: unknown; description: string }> {
  const parsed = parseYaml(readFileSync(new URL("../../Pulumi.yaml", import.meta.url), "utf8"));
  return ("value" in parsed ? (parsed.value as { config: ReturnType<typeof declared> }) : { config: {} })
    .config;
}

describe("the stack's configuration", () => {
  let interpretConfig: typeof Read.interpretConfig;

  before(async () => {
    await MockEngine.start();
    ({ interpretConfig } = await import("../../components/config/read.ts"));
  });

  const faultsOf = (values: Record<string, string>): string[] =>
    interpretConfig(project, values).errors.map(renderFinding);
  const gke = { "gcp:project": "my-project" };
  const key = (name: string): string => `${project}:${name}`;

  it("is declared in Pulumi.yaml with the types and defaults that the program has", () => {
    const read = Object.fromEntries(
      configSettings
        .filter(({ key }) => !key.includes(":"))
        .map(({ key, setting, default: value }) => [key, { type: setting.type, default: value }]),
    );
    const inYaml = Object.fromEntries(
      Object.entries(declared()).map(([name, each]) => [name, { type: each.type, default: each.default }]),
    );
    expect(inYaml).to.deep.equal(read);
  });

  it("is described, every setting of it", () => {
    for (const [name, { description }] of Object.entries(declared())) {
      expect(description, name).to.match(/\w{4}/);
    }
  });

  it("means the same with its defaults spelt out as without them", () => {
    const spelt = Object.fromEntries(
      Object.entries(declared()).map(([name, { type, default: value }]) => [
        key(name),
        type === "array" ? JSON.stringify(value) : String(value),
      ]),
    );
    expect(interpretConfig(project, { ...gke, ...spelt }).args).to.deep.equal(
      interpretConfig(project, gke).args,
    );
  });

  it("is accepted as the development stack has it", () => {
    const text = readFileSync(new URL("../../Pulumi.dev.yaml", import.meta.url), "utf8");
    expect(text).to.contain("gcp:project: zookeeper-dev");
    const faults = faultsOf({
      "gcp:project": "zookeeper-dev",
      [key("location")]: "us-central1-a",
      [key("deletionProtection")]: "false",
      [key("protectEnsemble")]: "false",
      [key("minReadySeconds")]: "5",
    });
    expect(faults).to.deep.equal([]);
  });

  it("tells all of its faults at once, each with key, value, reason and fix", () => {
    const faults = faultsOf({
      ...gke,
      [key("servers")]: "6",
      [key("heap")]: "2g",
      [key("tickTime")]: "soon",
      [key("authorizedNetworks")]: '["0.0.0.0/0"]',
      [key("nodeCuont")]: "4",
    });
    expect(faults).to.have.length(6);
    for (const name of ["servers", "heap", "tickTime", "authorizedNetworks[0]", "nodeCuont"]) {
      expect(
        faults.filter((fault) => fault.startsWith(`${key(name)} = `)),
        name,
      ).not.to.have.length(0);
    }
    expect(faults.find((fault) => fault.includes("nodeCuont"))).to.equal(
      `${key("nodeCuont")} = [secret]\n  There is no such setting.\n  Fix: did you mean nodeCount?`,
    );
  });

  it("rejects one server in a production stack, and warns of it elsewhere, both under the setting's key", () => {
    const one = { ...gke, [key("servers")]: "1" };
    const inStack = (stack: string) => interpretConfig(project, one, {}, stack);
    expect(inStack("prod").errors.map(({ subject }) => subject)).to.deep.equal([key("servers")]);
    expect(inStack("dev").errors).to.deep.equal([]);
    expect(inStack("dev").warnings.map(({ subject }) => subject)).to.deep.equal([key("servers")]);
  });

  it("shows nothing of the value of a key that is no setting, which may be a secret", () => {
    const kubeconfig = "apiVersion: v1\nusers: [{user: {token: s3cret}}]";
    fc.assert(
      fc.property(
        fc.oneof(fc.constantFrom("kubeCnfig", "kubeconfg", "token", "KUBECONFIG", "__proto__"), fc.string()),
        fc.constantFrom("s3cret", kubeconfig, JSON.stringify({ token: "s3cret" }), '["s3cret"]'),
        (name, value) => {
          fc.pre(!Object.hasOwn(declared(), name));
          const faults = faultsOf({ ...gke, ...Object.fromEntries([[key(name), value]]) });
          expect(faults).to.have.length(1);
          expect(faults[0]).to.contain("There is no such setting").and.not.to.contain("s3cret");
        },
      ),
    );
    expect(faultsOf({ ...gke, [key("kubeCnfig")]: kubeconfig })[0]).to.contain("did you mean kubeconfig?");
  });

  it("shows nothing of a kubeconfig that was given as another setting", () => {
    const kubeconfig = 'users: [{user: {token: "s3cret"}}]\nclusters: []\n';
    for (const name of Object.keys(declared())) {
      const faults = faultsOf({ "gcp:project": "my-project", [key(name)]: kubeconfig });
      expect(faults.join(), name).not.to.contain("s3cret");
    }
  });

  it("names the key of the Google Cloud project when there is no cluster", () => {
    expect(faultsOf({})).to.have.length(1);
    expect(faultsOf({})[0]).to.match(/^gcp:project\n/);
  });

  it("rejects both kinds of cluster without showing the kubeconfig", () => {
    const faults = faultsOf({ ...gke, [key("kubeconfig")]: "clusters: s3cret\ncurrent-context: a" });
    expect(faults).to.have.length(1);
    expect(faults[0])
      .to.match(new RegExp(`^${project}:kubeconfig = \\[secret\\]\n`))
      .and.not.to.contain("s3cret");
  });

  it("leaves other namespaces alone", () => {
    expect(faultsOf({ ...gke, "aws:region": "eu-west-1", "gcp:region": "here" })).to.deep.equal([]);
  });

  it("never makes an exception, nor a fault without a key, of any values", () => {
    const names = Object.keys(declared());
    const value = fc.oneof(
      fc.string(),
      fc.integer().map(String),
      fc.constantFrom(
        "true",
        "false",
        "[]",
        '["us-central1-a"]',
        "1Gi",
        "512m",
        "zookeeper:3.9.5",
        "10.0.0.0/8",
        "null",
        "{}",
      ),
    );
    const configuration = fc.dictionary(
      fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...names) }, { weight: 1, arbitrary: fc.string() }),
      value,
    );
    fc.assert(
      fc.property(configuration, fc.boolean(), (values, withProject) => {
        const all = Object.fromEntries(Object.entries(values).map(([name, each]) => [key(name), each]));
        for (const fault of faultsOf({ ...(withProject ? gke : {}), ...all })) {
          expect(fault).to.match(/^(zookeeper-environment:|gcp:project\b)/);
        }
      }),
      { numRuns: 500 },
    );
  });
});
