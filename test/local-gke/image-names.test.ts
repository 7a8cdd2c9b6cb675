import { expect } from "chai";

import { imageNames } from "../../local-gke/images/names.ts";

const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

describe("the names of an image on a node", () => {
  it("are one with a tag", () => {
    expect(imageNames("docker.io/library/zookeeper:3.9.5")).to.deep.equal({
      repository: "docker.io/library/zookeeper",
      tag: "3.9.5",
      names: ["docker.io/library/zookeeper:3.9.5"],
    });
  });

  it("are two with a digest, of which none has tag and digest", () => {
    expect(imageNames(`localhost:5000/a/b:1.0-x@${digest}`)).to.deep.equal({
      repository: "localhost:5000/a/b",
      tag: "1.0-x",
      names: ["localhost:5000/a/b:1.0-x", `localhost:5000/a/b@${digest}`],
    });
  });

  for (const reference of [
    "docker.io/library/zookeeper",
    "localhost:5000/zookeeper",
    `docker.io/library/zookeeper@${digest}`,
    "docker.io/library/zookeeper:3.9.5@sha256:0",
  ]) {
    it(`rejects ${reference}`, () => {
      expect(() => imageNames(reference)).to.throw(`${reference}: an image of a node needs a tag`);
    });
  }
});
