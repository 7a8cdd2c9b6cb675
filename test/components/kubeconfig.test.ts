import { expect } from "chai";

import { checkExisting, type ExistingValues } from "../../components/existing/check.ts";
import { renderFinding } from "../../domain/finding.ts";
import { Report, shown } from "../../components/validation/report.ts";
import { parseYaml, yamlFault } from "../../domain/yaml.ts";

const config = {
  apiVersion: "v1",
  kind: "Config",
  clusters: [{ name: "farm", cluster: { server: "https://prod.example.com" } }],
  contexts: [
    { name: "prod", context: { cluster: "farm", user: "admin" } },
    { name: "gke_my-project_europe-west1_zk", context: { cluster: "farm", user: "admin", namespace: "lab" } },
  ],
  users: [{ name: "admin", user: { token: "s3cret-token" } }],
  "current-context": "prod",
};

const yaml = `# context: test
apiVersion: v1
kind: Config
clusters:
- name: farm
  cluster: {server: "https://prod.example.com"}
contexts:
- context: {cluster: farm, user: admin}
  name: prod
- {name: 'gke_my-project_europe-west1_zk', context: {cluster: farm, user: admin, namespace: lab}}
users:
- name: admin
  user:
    token: s3cret-token
current-context: prod
`;

function findings(values: Partial<ExistingValues>): string[] {
  const report = new Report();
  checkExisting(values, report);
  return report.errors.map((error) => renderFinding(shown(error)));
}

const paths = (values: Partial<ExistingValues>): string[] =>
  findings(values).map((finding) => /^\w+/.exec(finding)?.[0] ?? "");

describe("a kubeconfig", () => {
  const forms: Readonly<Record<string, string>> = {
    "in YAML": yaml,
    "with the line ends of Windows": yaml.replaceAll("\n", "\r\n"),
    "with a byte order mark": `\uFEFF${yaml}`,
    "behind a line that begins a document": `---\n${yaml}`,
    "in JSON on one line": JSON.stringify(config),
    "in JSON with tabs": JSON.stringify(config, undefined, "\t"),
    "with names that stand for others": yaml
      .replace("clusters:", "one: &name prod\nclusters:")
      .replace("  name: prod", "  name: *name"),
  };
  for (const [what, kubeconfig] of Object.entries(forms)) {
    it(`${what} is taken with each context that it has, and with its own`, () => {
      for (const context of [undefined, "", "prod", "gke_my-project_europe-west1_zk"]) {
        expect(findings({ kubeconfig, context }), context).to.deep.equal([]);
      }
    });

    it(`${what} is rejected with what is only a part of it`, () => {
      // Parts of names, other names, values, keys, a comment's word.
      for (const context of [
        "pro",
        "rod",
        "prod ",
        "Prod",
        "farm",
        "admin",
        "lab",
        "v1",
        "https",
        "name",
        "test",
        "token",
      ]) {
        expect(paths({ kubeconfig, context }), context).to.deep.equal(["context"]);
      }
    });
  }

  it("is rejected without a current context, where none is named", () => {
    for (const current of ["", "\ncurrent-context: ''\n", "\ncurrent-context:\n", "\ncurrent-context: 7\n"]) {
      const kubeconfig = yaml.replace("\ncurrent-context: prod\n", current);
      expect(findings({ kubeconfig }).join()).to.match(/^context\n {2}The kubeconfig has no current context/);
      expect(findings({ kubeconfig, context: "prod" })).to.deep.equal([]);
    }
    // Nothing but a comment, and a value that only looks like one.
    expect(paths({ kubeconfig: "clusters: []\n# current-context: prod\n" })).to.deep.equal(["context"]);
    expect(paths({ kubeconfig: "clusters: []\nx: |\n  current-context: prod\n" })).to.deep.equal(["context"]);
  });

  it("is rejected where its own current context is not among its contexts", () => {
    const kubeconfig = yaml.replace("current-context: prod", "current-context: pro");
    expect(findings({ kubeconfig }).join()).to.contain("The kubeconfig does not contain its current context");
  });

  it("is taken for none where it is something else, and never shown", () => {
    for (const kubeconfig of [
      ...[
        "",
        "s3cret",
        "~/.kube/config",
        "token: s3cret",
        "- clusters",
        "[clusters]",
        '"clusters: []"',
        "null",
        "7",
      ],
      ...[
        "a: {clusters: []}",
        "x: |\n  clusters: []\n",
        "# clusters: []",
        "clusters: [\ntoken: s3cret",
        "\tclusters: s3cret",
      ],
      ...[
        "clusters: []\n---\nclusters: []",
        "clusters: *s3cret",
        "clusters: []\ntoken: !s3cret s3cret",
        "a: s3cret\na: s3cret",
      ],
      ...["__proto__: {clusters: []}", "constructor: s3cret"],
    ]) {
      for (const context of [undefined, "prod"]) {
        expect(paths({ kubeconfig, context }), kubeconfig).to.deep.equal(["kubeconfig"]);
        expect(findings({ kubeconfig, context }).join()).not.to.contain("s3cret");
      }
    }
  });

  it("says where it is no YAML", () => {
    const kubeconfig = yaml.replace("    token:", "    token: }");
    expect(findings({ kubeconfig }).join()).to.contain(
      "Must be the text of a kubeconfig: line 14 is not YAML",
    );
  });

  it("is not shown where it was given as the context", () => {
    expect(findings({ kubeconfig: yaml, context: yaml }).join()).to.match(
      /^context = \[several lines\]\n {2}The kubeconfig has no such context/,
    );
  });

  it("of contexts that are none is none that fits", () => {
    for (const contexts of ["7", "prod", "{name: prod}", "[prod, 7, null, {context: prod}]", "[{name: 7}]"]) {
      const kubeconfig = `clusters: []\ncontexts: ${contexts}\ncurrent-context: prod\n`;
      expect(paths({ kubeconfig, context: "prod" }), contexts).to.deep.equal(["context"]);
      expect(paths({ kubeconfig, context: "7" }), contexts).to.deep.equal(["context"]);
    }
  });
});

describe("a YAML text", () => {
  it("is what it holds, or tells where it holds nothing", () => {
    expect(parseYaml("a: [1, {b: c}]")).to.deep.equal({ value: { a: [1, { b: "c" }] } });
    expect(parseYaml("a: s3cret\nb: }")).to.deep.equal({ fault: "line 2 is not YAML" });
    expect(parseYaml("a\n---\nb")).to.deep.equal({ fault: "it is not one YAML document" });
  });

  it("has faults of its own only", () => {
    expect(yamlFault(new Error("s3cret"))).to.equal(undefined);
    expect(yamlFault("s3cret")).to.equal(undefined);
  });
});
