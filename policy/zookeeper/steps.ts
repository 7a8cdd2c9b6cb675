import type { Workload } from "../kubernetes/workload.ts";
import { known } from "../reading/field.ts";

/** Where a StatefulSet has the number of servers that it is scaled to. */
const scalingTo = "zookeeper/scaling-to";

/**
 * Whether an even number of servers is a step on the way from one odd number to another: servers come and go one at a
 * time, because two at once would leave majorities of the old and the new servers without a server in common.
 */
export function isStep(workload: Pick<Workload, "root">, servers: number): boolean {
  const goal = known(workload.root.at("metadata", "annotations", scalingTo).string());
  return (
    servers > 2 && goal !== undefined && /^[1-9]\d?$/.test(goal) && Number(goal) > 1 && Number(goal) % 2 === 1
  );
}
