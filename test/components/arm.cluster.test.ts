import { expect } from "chai";

import { TestEnvironment } from "../fixtures/cluster/environment.ts";

describe("an ensemble on GKE nodes with Arm processors", function () {
  this.timeout(10 * 60_000);

  const environment = new TestEnvironment();
  const up = async (machineType: string) =>
    await environment.npm("up", "--config-file", environment.stackFile({ machineType }));

  after(async () => {
    await environment.remove();
  });

  it("runs on nodes that GKE taints, on which other pods are not scheduled", async () => {
    const { code, output } = await up("t2a-standard-2");
    expect(code, output).to.equal(0);
    const taints = "-o=jsonpath={.items[*].spec.taints[?(@.key=='kubernetes.io/arch')].value}";
    expect(await environment.kubectl("get", "nodes", taints)).to.equal("arm64 arm64 arm64 arm64");
    await environment.kubectl("exec", "zk-1", "--", "zkCli.sh", "create", "/arm", "64");

    await environment.kubectl("run", "other", "--image=registry.k8s.io/pause:3.10.1", "--restart=Never");
    const scheduled = "--for=jsonpath={.status.conditions[?(@.type=='PodScheduled')].reason}=Unschedulable";
    await environment.kubectl("wait", "pod/other", scheduled, "--timeout=60s");
  });

  it("does not move to other processors, because its servers would not be scheduled there", async () => {
    const { code, output } = await up("e2-custom-2-4096");
    expect(code).not.to.equal(0);
    expect(output).to.match(/machineType = "?e2-custom-2-4096"?\n\s+The nodes have type "t2a-standard-2"/);
    expect(output).to.contain("Fix: use a type with Arm processors");
    expect(await environment.kubectl("exec", "zk-2", "--", "zkCli.sh", "get", "/arm")).to.match(/^64$/m);
  });
});
