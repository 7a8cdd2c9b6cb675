import { readFileSync } from "node:fs";

import { expect } from "chai";

import { bootDiskSizeGb } from "../../components/gke/disks.ts";
import { documents } from "../../docs/generate/documents.ts";

const inProject = (path: string): URL => new URL(`../../${path}`, import.meta.url);

describe("what the documents take from the program", () => {
  let expected: Record<string, string> = {};

  before(async () => {
    expected = await documents();
  });

  for (const path of [
    "Pulumi.yaml",
    "README.md",
    "components/settings/args.ts",
    "local-gke/README.md",
    "policy/README.md",
    "policy/profiles/baseline.json",
    "policy/profiles/production.json",
  ]) {
    it(`${path} is as npm run docs writes it`, () => {
      expect(expected[path], "run npm run docs").to.equal(readFileSync(inProject(path), "utf8"));
    });
  }

  it("has the same bounds of a boot disk for the program and for the local GKE", () => {
    const { least, most } = bootDiskSizeGb;
    expect(expected["README.md"]).to.contain(`boot disk (GB, ${least} to ${most})`);
    expect(expected["local-gke/README.md"]).to.contain(
      `\`nodeConfig.diskSizeGb\`: a whole number, ${least} to ${most}`,
    );
  });
});
