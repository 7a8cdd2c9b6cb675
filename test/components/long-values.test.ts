import { expect } from "chai";

import type * as Read from "../../components/config/read.ts";
import { MockEngine } from "../fixtures/mocks.ts";
import { renderFinding } from "../../domain/finding.ts";
import { checkExisting, checkFound } from "../../components/existing/check.ts";
import { configSettings } from "../../components/settings/tables.ts";
import { parseHeap } from "../../components/ensemble/heap.ts";
import { regionOf } from "../../domain/location.ts";
import { parseMachineType } from "../../domain/machine-type.ts";
import { parseCidr } from "../../domain/cidr.ts";
import { isDnsLabel, isDnsSubdomain } from "../../domain/dns.ts";
import { parseImage, tagVersion } from "../../domain/image.ts";
import { parseQuantity } from "../../domain/quantity.ts";
import { suggest } from "../../domain/suggest.ts";
import { Report } from "../../components/validation/report.ts";

/** A mebibyte: what takes quadratic time for it takes a quarter of an hour. */
const mebibyte = 2 ** 20;

/** Of many texts, a quarter of that each: still a minute for each of them. */
const size = mebibyte / 4;

const repeated = (part: string, length = size): string => part.repeat(Math.ceil(length / part.length));

/** Texts on which expressions go back and forth, if they do. */
const texts = [
  ...[
    "1",
    "a",
    " ",
    "\t",
    "\n",
    "/",
    ".",
    "-",
    "_",
    ",",
    ":",
    "a1",
    "1.",
    "a.",
    "A-",
    "[",
    "{",
    '"a',
    "- ",
    "? ",
  ],
  ...["\n ", "{,", "clusters", "\nclusters:", "contexts: [", "'", "#", "&a ", "*a ", "!a "],
].flatMap((part) => [repeated(part), `${repeated(part)}!`, `clusters: []\n${repeated(part)}`]);

const readers: Readonly<Record<string, (text: string) => unknown>> = {
  parseQuantity,
  parseHeap,
  parseMachineType,
  parseCidr,
  parseImage,
  "parseImage with a tag": (text) => parseImage(`zookeeper:${text}`),
  "parseImage with a registry": (text) => parseImage(`${text}/zookeeper`),
  tagVersion,
  "tagVersion of a version": (text) => tagVersion(`1.1.${text}`),
  isDnsLabel,
  isDnsSubdomain,
  regionOf,
  suggest: (text) => suggest(text, ["nodeCount", "terminationGracePeriodSeconds"]),
  checkFound: (text) => {
    checkFound({ id: "" }, { version: text, id: "", cluster: "lab" }, new Report());
  },
  checkExisting: (text) => {
    for (const context of [undefined, "lab", text]) {
      checkExisting({ kubeconfig: text, context }, new Report());
    }
  },
};

// What is measured is that they finish: those of which the time grows with the square would take the runner's patience.
describe("long values of settings", () => {
  let interpretConfig: typeof Read.interpretConfig;

  before(async () => {
    await MockEngine.start();
    ({ interpretConfig } = await import("../../components/config/read.ts"));
  });

  it("of a mebibyte are read where they were not", () => {
    const faults = (kubeconfig: string): number => {
      const report = new Report();
      checkExisting({ kubeconfig }, report);
      return report.errors.length;
    };
    expect(faults(repeated("\n", mebibyte))).to.equal(1);
    expect(faults(`clusters: []\n${repeated("\n", mebibyte)}current-context: lab`)).to.equal(0);
    expect(suggest(repeated("a", mebibyte), ["nodeCount"])).to.equal(undefined);
  });

  for (const [name, read] of Object.entries(readers)) {
    it(`are read by ${name}`, () => {
      for (const text of texts) {
        read(text);
      }
    });
  }

  it("are rejected or taken as any setting, and as a key that is none", () => {
    for (const text of ["1", "a", " ", "-", "a1", "/", "["].map((part) => repeated(part))) {
      for (const { key } of configSettings.filter((each) => !each.key.includes(":"))) {
        const { errors } = interpretConfig("project", {
          "gcp:project": "my-project",
          [`project:${key}`]: text,
        });
        for (const error of errors) {
          expect(renderFinding(error).length, key).to.be.below(1000);
        }
      }
      expect(
        interpretConfig("project", { "gcp:project": "my-project", [`project:${text}`]: "1" }).errors,
      ).to.have.length(1);
    }
  });
});
