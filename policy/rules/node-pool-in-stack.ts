import { stackPolicy } from "../define.ts";
import { isAutopilot } from "../gke/pools.ts";
import { poolSettings, rejects, validateNodes } from "../gke/node-pool.ts";
import { poolsOf } from "../gke/stack.ts";
import { isTainted } from "../gke/taints.ts";
import { leaveUseOpen, mayUse } from "../gke/usable.ts";
import type { Report } from "../reading/report.ts";
import { every } from "../reading/truth.ts";
import { serversOf } from "../stack.ts";
import { recognitionSettings } from "../zookeeper/recognition.ts";

/**
 * The part of node pools that only the whole stack shows: the machines of tainted pools, of which `node-pool` does not
 * know whether a server tolerates the taints.
 *
 * @see https://cloud.google.com/kubernetes-engine/docs/how-to/node-taints
 */
export const nodePoolInStack = stackPolicy({
  name: "node-pool-in-stack",
  description:
    "Tainted node pools that ZooKeeper servers tolerate have machines that carry and keep a server",
  settings: { ...poolSettings, ...recognitionSettings },
  enforcementLevel: "mandatory",
  validate: (resources, open, settings) => {
    const servers = serversOf(resources, settings);
    for (const pool of poolsOf(resources)) {
      const config = pool.root.at("nodeConfig");
      const autopilot = pool.cluster !== undefined && isAutopilot(pool.cluster.root);
      if (isTainted(config) === false || autopilot === true) {
        continue;
      }
      const uses = servers.map(({ workload, pod, runs }) => ({
        label: workload.label,
        pod,
        isKnown: runs === true && pool.exists === true,
        applies: every([runs, pool.exists, mayUse(pool, pod)]),
      }));
      const use =
        uses.find(({ applies }) => applies === true) ?? uses.find(({ applies }) => applies !== false);
      if (use === undefined) {
        continue;
      }
      const { label, pod, isKnown, applies } = use;
      const otherwise = `keep ${label} away from the pool, by its tolerations or node selector`;
      const validate = (report: Report): void => {
        validateNodes(config, settings, otherwise, report);
      };
      if (applies === true) {
        validate(open(pool.label, pool.urn));
      } else if (rejects(validate)) {
        const report = open(pool.label, pool.urn);
        const what = `whether ${label} may use it`;
        if (isKnown) {
          leaveUseOpen(pool, pod, what, report);
        } else {
          report.leaveOpen(what);
        }
      }
    }
  },
});
