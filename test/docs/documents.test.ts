import { readFileSync } from "node:fs";

import { expect } from "chai";

import { documents } from "../../docs/generate/documents.ts";
import { declaredSettings } from "../../docs/generate/settings.ts";
import { MockEngine } from "../fixtures/mocks.ts";

const inProject = (path: string): URL => new URL(`../../${path}`, import.meta.url);

describe("what the documents take from the program", () => {
  let expected: Record<string, string> = {};

  before(async () => {
    expected = await documents();
  });

  for (const path of ["README.md", "local-gke/README.md", "policy/README.md", "docs/environment.svg"]) {
    it(`${path} is as npm run docs writes it`, () => {
      expect(expected[path], "run npm run docs").to.equal(readFileSync(inProject(path), "utf8"));
    });
  }

  it("is every setting that the program reads, with its group and description", async () => {
    await MockEngine.start();
    const { interpretConfig } = await import("../../components/config/read.ts");
    const read = interpretConfig("zookeeper-environment", {}).settings.map(({ key }) => key);
    const settings = declaredSettings(readFileSync(inProject("Pulumi.yaml"), "utf8"));
    expect(settings.map(({ key }) => key)).to.have.members(read);
    for (const { key, group, description } of settings) {
      expect(group, key).not.to.equal("");
      expect(description, key).to.match(/^\w.*\w{3}/);
    }
  });

  it("refuses a line of Pulumi.yaml that it cannot read", () => {
    expect(() => declaredSettings("name: x\nconfig:\n  key:\n   default: 1\n")).to.throw(
      "cannot read the line",
    );
  });
});
