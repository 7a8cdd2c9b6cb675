import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { ensembleDefaults } from "../../components/ensemble/args.ts";
import { parseYaml } from "../../domain/yaml.ts";
import { projectDir } from "../../system/paths.ts";

describe("docs/kind.md", () => {
  const document = readFileSync(join(projectDir, "docs/kind.md"), "utf8");

  it("creates a cluster with a node more than servers, by the name that its other commands use", () => {
    const file = /kind create cluster --config (\S+)/.exec(document)?.[1] ?? "";
    const parsed = parseYaml(readFileSync(join(projectDir, file), "utf8"));
    const cluster = ("value" in parsed ? parsed.value : {}) as { name: string; nodes: { role: string }[] };
    const workers = cluster.nodes.filter(({ role }) => role === "worker");
    expect(workers).to.have.length(ensembleDefaults.servers + 1);
    for (const command of [
      `get kubeconfig --name ${cluster.name}`,
      `delete cluster --name ${cluster.name}`,
    ]) {
      expect(document).to.contain(command);
    }
    expect(document).to.contain(`kubectl --context kind-${cluster.name}`);
  });
});
