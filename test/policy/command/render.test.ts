import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import Ajv from "ajv";
import { expect } from "chai";
import type { Log } from "sarif";

import type { Evaluation, PolicyFinding } from "../../../policy/command/evaluate.ts";
import type { KubernetesManifest } from "../../../policy/command/objects.ts";
import { renderJson } from "../../../policy/command/render-json.ts";
import { renderSarif, type SarifContext } from "../../../policy/command/render-sarif.ts";
import { renderText, summary } from "../../../policy/command/render-text.ts";
import { policies } from "../../../policy/policies.ts";

const directory = "/srv/project";

const manifest = (file: string | undefined, name = "a.yaml"): KubernetesManifest => ({
  apiVersion: "apps/v1",
  kind: "StatefulSet",
  name: "zk",
  namespace: "n",
  props: {},
  origin: { name, file, lineOf: (path) => path.length + 1 },
});

const image: PolicyFinding = {
  policy: "images",
  level: "error",
  object: "StatefulSet n/zk",
  finding: { path: "spec.image", value: '"x"', required: "another image", fix: "use it" },
  manifest: manifest(join(directory, "sub/a b.yaml")),
};
const spec: PolicyFinding = {
  ...image,
  policy: "probes",
  level: "warning",
  finding: { path: "spec", observed: "missing", required: "a spec", fix: "add it" },
};
const live: PolicyFinding = {
  ...image,
  object: "Service n/zk",
  finding: { path: "", observed: "covered twice", required: "one budget", fix: "delete one" },
  manifest: undefined,
};

const evaluation = (...findings: readonly PolicyFinding[]): Evaluation => ({
  objects: 2,
  workloads: 1,
  findings,
  unvalidated: [],
});

const plain = (_: string, text: string): string => text;

describe("the command's text", () => {
  it("has the findings of each object by line, with the policy, the reason and the fix", () => {
    expect(renderText(evaluation(image, spec, live), plain).split("\n")).to.deep.equal([
      "a.yaml:1: StatefulSet n/zk",
      "  5: warning probes: spec: missing",
      "    Required: a spec.",
      "    Fix: add it.",
      '  11: error images: spec.image = "x"',
      "    Required: another image.",
      "    Fix: use it.",
      "",
      "Service n/zk",
      "  error images: covered twice",
      "    Required: one budget.",
      "    Fix: delete one.",
      "",
      "2 objects, 1 ZooKeeper workload: 2 errors, 1 warning.",
    ]);
  });

  it("marks levels and objects", () => {
    const marked = renderText(evaluation(image, spec), (part, text) => `<${part}>${text}</>`);
    for (const part of ["<object>StatefulSet n/zk</>", "<error>error</>", "<warning>warning</>"]) {
      expect(marked).to.contain(part);
    }
  });

  it("counts what another object has in the same words", () => {
    const third: PolicyFinding = {
      ...image,
      policy: "resources",
      finding: { path: "spec.x", observed: "missing", required: "x", fix: "add x" },
    };
    const own = { ...third, finding: { ...third.finding, fix: "add another x" } };
    const zone = { ...spec, policy: "zone-spread" };
    const as = (name: string, ...findings: readonly PolicyFinding[]) => {
      const other = { ...manifest(undefined, "b.yaml"), name };
      return findings.map((finding) => ({ ...finding, object: `StatefulSet n/${name}`, manifest: other }));
    };
    const text = renderText(
      evaluation(
        image,
        spec,
        third,
        zone,
        ...as("zk2", image, spec, third, own),
        ...as("zk3", image, third, zone, own),
        ...as("zk4", image, third),
      ),
      plain,
    );
    expect(text.slice(text.indexOf("b.yaml")).split("\n")).to.deep.equal([
      "b.yaml:1: StatefulSet n/zk2",
      "  the same 2 errors and 1 warning as StatefulSet n/zk",
      "  7: error resources: spec.x: missing",
      "    Required: x.",
      "    Fix: add another x.",
      "",
      "b.yaml:1: StatefulSet n/zk3",
      "  the same 2 errors and 1 warning as StatefulSet n/zk",
      "  7: error resources: spec.x: missing",
      "    Required: x.",
      "    Fix: add another x.",
      "",
      "b.yaml:1: StatefulSet n/zk4",
      "  7: error resources: spec.x: missing",
      "    Required: x.",
      "    Fix: add x.",
      '  11: error images: spec.image = "x"',
      "    Required: another image.",
      "    Fix: use it.",
      "",
      "2 objects, 1 ZooKeeper workload: 10 errors, 4 warnings.",
    ]);
  });

  it("only names the object where all of its findings are those of another one", () => {
    const three = [image, { ...image, policy: "a" }, { ...image, policy: "b" }];
    const other = { ...manifest(undefined, "b.yaml"), name: "zk2" };
    const again = three.map((finding) => ({ ...finding, object: "StatefulSet n/zk2", manifest: other }));
    expect(renderText(evaluation(...three, ...again), plain)).to.match(
      /\n\nb\.yaml:1: StatefulSet n\/zk2\n {2}the same 3 errors as StatefulSet n\/zk\n\n2 objects/,
    );
  });

  it("has what was not validated, before the summary", () => {
    const open = { ...evaluation(), unvalidated: ["images could not validate x"] };
    expect(renderText(open, plain)).to.equal(
      "info: images could not validate x\n2 objects, 1 ZooKeeper workload: no findings.",
    );
  });

  it("has no characters that control a terminal", () => {
    const evil = "\u001b[31m\u009b\u0007\r";
    const finding = { ...image.finding, path: evil, value: evil, required: evil, fix: evil };
    const text = renderText(
      {
        ...evaluation({ ...image, object: evil, finding, manifest: manifest(undefined, evil) }),
        unvalidated: [evil],
      },
      plain,
    );
    // eslint-disable-next-line no-control-regex -- these are what must not be there
    expect(text).not.to.match(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    expect(text).to.contain("\ufffd[31m");
  });

  for (const [objects, workloads, findings, expected] of [
    [1, 1, [], "1 object, 1 ZooKeeper workload: no findings."],
    [3, 2, [image], "3 objects, 2 ZooKeeper workloads: 1 error, 0 warnings."],
    [3, 0, [], "No ZooKeeper servers found in 3 objects."],
    [1, 0, [spec, spec], "No ZooKeeper servers found in 1 object: 0 errors, 2 warnings."],
  ] as const) {
    it(`ends with: ${expected}`, () => {
      expect(summary({ objects, workloads, findings, unvalidated: [] })).to.equal(expected);
    });
  }
});

describe("the command's JSON", () => {
  it("has the summary, the findings and what was left out", () => {
    const open = { ...evaluation(image, spec, live), unvalidated: ["open"] };
    expect(JSON.parse(renderJson(open, ["note"]))).to.deep.equal({
      version: 1,
      summary: { objects: 2, workloads: 1, errors: 2, warnings: 1 },
      findings: [
        {
          policy: "images",
          level: "error",
          object: "StatefulSet n/zk",
          apiVersion: "apps/v1",
          kind: "StatefulSet",
          namespace: "n",
          name: "zk",
          file: "a.yaml",
          line: 11,
          path: "spec.image",
          observed: '"x"',
          required: "another image",
          fix: "use it",
        },
        {
          policy: "probes",
          level: "warning",
          object: "StatefulSet n/zk",
          apiVersion: "apps/v1",
          kind: "StatefulSet",
          namespace: "n",
          name: "zk",
          file: "a.yaml",
          line: 5,
          path: "spec",
          observed: "missing",
          required: "a spec",
          fix: "add it",
        },
        {
          policy: "images",
          level: "error",
          object: "Service n/zk",
          path: "",
          observed: "covered twice",
          required: "one budget",
          fix: "delete one",
        },
      ],
      unvalidated: ["open"],
      notes: ["note"],
    });
  });
});

describe("the command's SARIF", () => {
  const context: SarifContext = { version: "0.1.0", policies, directory, notes: [], complete: true };

  /** The schema of OASIS, which is in draft 4 of JSON Schema. */
  function validator(): (log: unknown) => string {
    const load = createRequire(import.meta.url);
    const ajv = new Ajv({ schemaId: "auto", unknownFormats: "ignore", logger: false });
    ajv.addMetaSchema(load("ajv/lib/refs/json-schema-draft-04.json") as object);
    const validate = ajv.compile(load("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json") as object);
    return (log) => (validate(log) === true ? "" : ajv.errorsText(validate.errors));
  }

  const render = (found: Evaluation, more: Partial<SarifContext> = {}): Log =>
    JSON.parse(renderSarif(found, { ...context, ...more })) as Log;

  it("keeps to the schema, which rejects what does not", () => {
    const errors = validator();
    const elsewhere = { ...image, manifest: manifest("/elsewhere/a.yaml") };
    for (const log of [
      render(evaluation()),
      render(evaluation(image, spec, live, elsewhere)),
      render(evaluation(), { notes: ["a note"], complete: false }),
    ]) {
      expect(errors(log)).to.equal("");
    }
    expect(errors({ ...render(evaluation()), version: "2.0.0" })).to.contain("version");
    expect(errors({ version: "2.1.0", runs: [{ results: [{ level: "fatal" }] }] })).to.not.equal("");
  });

  it("has a rule for each policy, with help and level", () => {
    const rules = render(evaluation()).runs[0]?.tool.driver.rules ?? [];
    expect(rules.map(({ id }) => id)).to.deep.equal(policies.map(({ name }) => name));
    const helps = Object.fromEntries(rules.map(({ id, help }) => [id, help?.text]));
    expect(helps["images"]).to.match(/^Images are pinned[^]*\n- minimumVersions = \["3.8.6","3.9.5"\]: /);
    const levels = Object.fromEntries(rules.map((rule) => [rule.id, rule.defaultConfiguration?.level]));
    expect([levels["images"], levels["gke-deletion-protection-elsewhere"]]).to.deep.equal([
      "error",
      "warning",
    ]);
  });

  it("has a result for each finding, with its rule, level, message and place", () => {
    const log = render(evaluation(image, spec));
    const { results = [], tool } = log.runs[0] ?? { tool: { driver: { name: "" } } };
    expect(results.map(({ ruleId, level }) => [ruleId, level])).to.deep.equal([
      ["images", "error"],
      ["probes", "warning"],
    ]);
    expect(results.map(({ ruleIndex }) => tool.driver.rules?.[ruleIndex ?? -1]?.id)).to.deep.equal([
      "images",
      "probes",
    ]);
    expect(results[0]?.message.text).to.match(/^StatefulSet n\/zk: spec.image = "x"\n.*another image/);
    expect(results[0]?.locations).to.deep.equal([
      {
        physicalLocation: {
          artifactLocation: { uri: "sub/a%20b.yaml", uriBaseId: "%SRCROOT%" },
          region: { startLine: 11 },
        },
        logicalLocations: [{ fullyQualifiedName: "StatefulSet n/zk: spec.image" }],
      },
    ]);
  });

  it("has the whole address of a file elsewhere, and none of standard input or a cluster", () => {
    const { results = [] } = render(
      evaluation(
        { ...image, manifest: manifest("/srv/projects/a.yaml") },
        { ...image, manifest: manifest("/srv/project/..a.yaml") },
        { ...image, manifest: manifest(undefined, "stdin") },
        live,
      ),
    ).runs[0] ?? { results: [] };
    const artifacts = results.map(
      ({ locations = [] }) => locations[0]?.physicalLocation?.artifactLocation?.uri,
    );
    const absolute = pathToFileURL("/srv/projects/a.yaml").href;
    expect(artifacts).to.deep.equal([absolute, "..a.yaml", undefined, undefined]);
    expect(results[0]?.locations?.[0]?.physicalLocation?.artifactLocation?.uriBaseId).to.equal(undefined);
    expect(results[3]?.locations).to.deep.equal([
      { logicalLocations: [{ fullyQualifiedName: "Service n/zk" }] },
    ]);
  });

  it("has a fingerprint that does not depend on lines and values", () => {
    const prints = (...found: readonly PolicyFinding[]): unknown[] =>
      render(evaluation(...found)).runs[0]?.results?.map(
        ({ partialFingerprints }) => partialFingerprints?.["finding/v1"],
      ) ?? [];
    const moved = {
      ...image,
      finding: { path: "spec.image", value: '"y"', required: "another image", fix: "use it" },
      manifest: manifest("/elsewhere"),
    };
    const [first, second, third] = prints(image, moved, spec);
    expect(first).to.match(/^[0-9a-f]{64}$/);
    expect(second).to.equal(first);
    expect(third).not.to.equal(first);
  });

  it("says whether everything could be read", () => {
    const [complete] = render(evaluation(), { notes: ["a"] }).runs[0]?.invocations ?? [];
    expect(complete?.executionSuccessful).to.equal(true);
    expect(complete?.toolExecutionNotifications).to.deep.equal([{ level: "note", message: { text: "a" } }]);
    const [incomplete] = render(evaluation(), { notes: ["a"], complete: false }).runs[0]?.invocations ?? [];
    expect(incomplete?.executionSuccessful).to.equal(false);
    expect(incomplete?.toolExecutionNotifications?.[0]?.level).to.equal("error");
  });
});
