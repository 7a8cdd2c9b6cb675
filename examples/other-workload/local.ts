// node examples/other-workload/local.ts up|down: runs this Pulumi program on a local GKE.
import { homedir } from "node:os";
import { join } from "node:path";

import { LocalGke } from "../../local-gke/index.ts";

const stateDir = process.env["OTHER_WORKLOAD_STATE"] ?? join(homedir(), ".local/state/other-workload");
const cacheDir = process.env["OTHER_WORKLOAD_CACHE"] ?? join(homedir(), ".cache/other-workload");
const folders = { projectDir: import.meta.dirname, stateDir, cacheDir };

const localGke = new LocalGke({ ...folders, stack: "local" }, async ({ kubectl }) => {
  const ready = await kubectl("get", "deployment", "pause", "-o", "jsonpath={.status.readyReplicas}");
  return ready === "2" ? [] : [`${ready || "0"} of 2 replicas are ready`];
});
const isDown = process.argv[2] === "down";
process.exitCode = await (isDown ? localGke.down({ deleteVolumes: true }) : localGke.up());
