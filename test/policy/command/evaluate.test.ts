import { readFileSync } from "node:fs";

import { expect } from "chai";

import type { Configuration } from "../../../policy/command/configuration.ts";
import { readDocuments } from "../../../policy/command/documents.ts";
import {
  countOf,
  evaluate,
  placeOf,
  type Conditions,
  type Evaluation,
} from "../../../policy/command/evaluate.ts";
import { objectsIn } from "../../../policy/command/objects.ts";
import { policies } from "../../../policy/policies.ts";
import { environment as ensemble } from "../../fixtures/policy/ensemble.ts";
import { bitnami } from "../../fixtures/policy/charts.ts";
import { validate, type Registered } from "../../fixtures/policy/harness.ts";
import { manifestOf } from "../../fixtures/policy/manifest.ts";
import { tutorial } from "../../fixtures/policy/tutorial.ts";
import { shownFinding } from "../../../policy/reading/finding.ts";
import { renderFinding } from "../../../domain/finding.ts";

const usual: Conditions = { stack: "dev", namespace: "default", configuration: new Map() };

const evaluated = (values: readonly unknown[], conditions: Partial<Conditions> = {}): Evaluation =>
  evaluate(objectsIn(values.map((value) => ({ value }))).objects, policies, { ...usual, ...conditions });

const kubernetes = (resources: readonly Registered[]): readonly Registered[] =>
  resources.filter(({ type }) => type.startsWith("kubernetes:"));

describe("the command's evaluation", () => {
  for (const [title, resources] of [
    ["a compliant ensemble", kubernetes(ensemble)],
    ["the tutorial's manifest", tutorial],
    ["Bitnami's chart", bitnami],
  ] as const) {
    it(`finds in ${title} what the pack finds in a stack`, () => {
      const { findings } = evaluated(resources.map(manifestOf));
      const messages = findings.map(
        ({ policy, object, finding }) => `${policy}: ${renderFinding(shownFinding(finding, object))}`,
      );
      const expected = policies.flatMap((policy) =>
        validate(policy, resources).violations.map((violation) => `${policy.name}: ${violation}`),
      );
      expect(messages).to.have.members(expected);
    });
  }

  const manifests = tutorial.map(manifestOf);

  it("counts objects, workloads and findings by level", () => {
    const configuration: Configuration = new Map([["images", { level: "advisory", settings: {} }]]);
    const found = evaluated(manifests, { configuration });
    expect([found.objects, found.workloads]).to.deep.equal([4, 1]);
    expect(countOf(found, "warning")).to.equal(
      found.findings.filter(({ policy }) => policy === "images").length,
    );
    expect(countOf(found, "warning")).to.be.above(0);
    expect(countOf(found, "error")).to.equal(found.findings.length - countOf(found, "warning"));
    expect(evaluated(manifests.slice(0, 2)).workloads).to.equal(0);
  });

  it("takes levels and settings from the configuration", () => {
    const named = (configuration: Configuration): Set<string> =>
      new Set(evaluated(manifests, { configuration }).findings.map(({ policy }) => policy));
    expect(named(new Map())).to.include("images");
    expect(named(new Map([["images", { level: "disabled", settings: {} }]]))).not.to.include("images");
    const small: Configuration = new Map([["quorum-size", { settings: { minimumServersElsewhere: 5 } }]]);
    expect(named(new Map())).not.to.include("quorum-size");
    expect(named(small)).to.include("quorum-size");
  });

  it("recognizes servers by the label of any policy", () => {
    const pod = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "a", labels: { role: "zk" } },
      spec: { containers: [{ name: "a", image: "example/server" }] },
    };
    expect(evaluated([pod]).workloads).to.equal(0);
    const configuration: Configuration = new Map([["images", { settings: { serverLabel: "role=zk" } }]]);
    expect(evaluated([pod, ...manifests], { configuration }).workloads).to.equal(2);
  });

  it("takes production from the stack's name", () => {
    const one = manifestOf(tutorial[3] ?? { type: "", name: "", props: {} });
    const single = { ...one, spec: { ...(one["spec"] as object), replicas: 1 } };
    const sizes = (stack: string): number =>
      evaluated([single], { stack }).findings.filter(({ policy }) => policy === "quorum-size").length;
    expect(sizes("production")).to.equal(sizes("dev") + 1);
  });

  it("puts objects without a namespace into the given one", () => {
    const objects = evaluated(manifests, { namespace: "zookeeper" }).findings.map(({ object }) => object);
    expect(new Set(objects)).to.deep.equal(new Set(["Service zookeeper/zk-hs", "StatefulSet zookeeper/zk"]));
  });

  it("orders the findings as the objects", () => {
    const kinds = evaluated([...manifests].reverse()).findings.map(({ manifest }) => manifest?.kind);
    expect(kinds.indexOf("Service")).to.equal(kinds.lastIndexOf("StatefulSet") + 1);
    const others = evaluated(manifests).findings.map(({ manifest }) => manifest?.kind);
    expect(others.indexOf("StatefulSet")).to.equal(others.lastIndexOf("Service") + 1);
  });

  it("validates an object that is given twice in both places", () => {
    const twice = evaluated([...manifests, ...manifests]);
    expect([twice.objects, twice.workloads]).to.deep.equal([8, 2]);
    expect(new Set(twice.findings.map(({ manifest }) => manifest)).size).to.be.at.least(4);
  });

  it("reports what the objects do not show", () => {
    const daemon = { ...manifests[3], kind: "DaemonSet" };
    expect(evaluated([daemon]).unvalidated.join("\n")).to.contain("quorum-size could not validate DaemonSet");
  });

  it("leaves the StorageClasses of a live cluster to those who use them", () => {
    const immediate = {
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: { name: "standard" },
      provisioner: "pd.csi.storage.gke.io",
      volumeBindingMode: "Immediate",
    };
    const about = (values: readonly unknown[], live: boolean): number =>
      evaluated(values, { live }).findings.filter(({ object }) => object === "StorageClass standard").length;
    expect(about([immediate], false)).to.be.above(0);
    expect(about([immediate], true)).to.equal(0);
    const using = kubernetes(ensemble)
      .map(manifestOf)
      .filter(({ kind }) => kind === "StatefulSet");
    expect(about([immediate, ...using], true)).to.equal(0);
    const text = JSON.stringify(using).replaceAll(
      /"storageClassName":"[^"]*"/g,
      '"storageClassName":"standard"',
    );
    expect(about([immediate, ...(JSON.parse(text) as unknown[])], true)).to.be.above(0);
  });

  it("gives the line of each finding's property", () => {
    const text = readFileSync(new URL("../../../bench/fixtures/tutorial.yaml", import.meta.url), "utf8");
    const documents = readDocuments(text).documents.map(({ value, lineOf }) => ({
      value,
      origin: { name: "tutorial.yaml", file: "/tutorial.yaml", lineOf },
    }));
    const { findings } = evaluate(objectsIn(documents).objects, policies, usual);
    const image = findings.find(({ finding }) => finding.path.endsWith(".image"));
    const line = text.split("\n").findIndex((each) => each.trim().startsWith("image:")) + 1;
    expect(image && placeOf(image)).to.deep.equal({ name: "tutorial.yaml", file: "/tutorial.yaml", line });
    const [live] = evaluated(manifests).findings;
    expect(live && placeOf(live)).to.equal(undefined);
  });

  it("never throws, whatever the objects hold", () => {
    for (const hostile of [null, 1, "x", [], [null], {}, { metadata: 1 }, { spec: [] }]) {
      for (const { apiVersion, kind } of manifests) {
        const values = [{ apiVersion, kind, metadata: hostile, spec: hostile }];
        expect(evaluated(values).objects).to.equal(1);
      }
    }
  });
});
