import { globSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { cacheDir, projectDir } from "../../system/paths.ts";
import { run } from "../../system/run.ts";
import { largeTemporaryDir } from "../../system/temporary.ts";
import { slotOf, traces } from "../fixtures/cluster/machine.ts";

describe("another Pulumi program on the local GKE", function () {
  this.timeout(10 * 60_000);
  let stateDir = "";

  /** Runs the example's own command, with the tools that are built already. */
  const example = async (verb: "up" | "down"): Promise<string> =>
    await run(process.execPath, [join(projectDir, "examples/other-workload/local.ts"), verb], {
      env: { OTHER_WORKLOAD_STATE: stateDir, OTHER_WORKLOAD_CACHE: cacheDir },
    });

  before(() => {
    stateDir = mkdtempSync(join(largeTemporaryDir, "other-workload-"));
  });

  after(async () => {
    await example("down");
    rmSync(stateDir, { recursive: true });
  });

  it("runs its own workload there, and leaves nothing when it is removed", async () => {
    await example("up");
    const [kubeconfig = ""] = globSync("gke/projects/*/clusters/*/*/kubeconfigs/super-admin.conf", {
      cwd: stateDir,
    });
    const path = 'jsonpath={range .items[*]}{.status.phase} on {.spec.nodeName}{"\\n"}{end}';
    const args = ["--kubeconfig", join(stateDir, kubeconfig), "get", "pods", "-l", "app=pause", "-o", path];
    const pods = (await run("kubectl", args)).trim().split("\n");
    expect(pods).to.have.lengthOf(2);
    for (const pod of pods) {
      expect(pod).to.match(/^Running on gke-demo-demo-/);
    }
    const slot = slotOf(stateDir);
    await example("down");
    expect(await traces(stateDir, slot)).to.be.empty;
  });
});
