import { expect } from "chai";

import { ApiServer } from "../fixtures/cluster/api-server.ts";
import { PulumiProject } from "../fixtures/cluster/pulumi-project.ts";

describe("the version of a cluster that is there", function () {
  this.timeout(120_000);

  let program: PulumiProject;
  before(async () => {
    program = PulumiProject.own();
    await program.init({});
  });
  after(() => {
    program.remove();
  });

  /** Previews with a cluster of this version. */
  async function preview(version: string): Promise<{ code: number | null; output: string }> {
    const server = await ApiServer.start(version);
    try {
      await program.set({ kubeconfig: server.kubeconfig });
      return await program.run("preview");
    } finally {
      server.stop();
    }
  }

  it("is rejected below 1.30, before anything is made on it", async () => {
    const { code, output } = await preview("v1.29.14-eks-1");
    expect(code, output).to.equal(255);
    expect(output).to.contain("has Kubernetes v1.29.14-eks-1; version 1.30 or later is required");
    expect(output).to.contain("Fix: upgrade the cluster.");
    expect(output).not.to.match(/kubernetes:(core|apps|storage)/);
  });

  it("is accepted from 1.30, with what a provider writes behind it", async () => {
    const { code, output } = await preview("v1.30.0-gke.100");
    expect(output).not.to.contain("is required");
    expect(code, output).to.equal(0);
  });

  it("must be told: a cluster that does not answer is a fault in a preview, too", async () => {
    const { code, output } = await program.run("preview");
    expect(code, output).to.equal(255);
    expect(output).to.contain("the cluster does not answer: ");
  });
});
