import { readFileSync } from "node:fs";

import { expect } from "chai";

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
  ]) {
    it(`${path} is as npm run docs writes it`, () => {
      expect(expected[path], "run npm run docs").to.equal(readFileSync(inProject(path), "utf8"));
    });
  }
});
