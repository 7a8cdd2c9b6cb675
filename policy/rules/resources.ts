import { serverPolicy } from "../define.ts";
import { parseQuantity } from "../../domain/quantity.ts";
import { containersOf } from "../kubernetes/workload.ts";
import { known, type Field } from "../reading/field.ts";
import type { Report } from "../reading/report.ts";
import { heapOf, heapSettings, validateHeap } from "../zookeeper/heap-check.ts";
import { environmentOf } from "../zookeeper/variables.ts";

function validateContainer(container: Field, report: Report): void {
  const resources = container.at("resources");
  const request = resources.at("requests", "memory");
  const limit = resources.at("limits", "memory");
  const quantity = {
    holds: (value: number | string) => (parseQuantity(value) ?? 0) > 0,
    fix: "set requests.memory and limits.memory to the same quantity",
  };
  const required = "a memory limit equal to the request (or the node may take memory back)";
  report.check(limit.scalar(), { ...quantity, absent: "rejected", required });
  // A missing request is the limit.
  report.check(request.scalar(), { ...quantity, absent: "accepted", required });
  const [asked, most] = [known(request.scalar()), known(limit.scalar())].map((v) => v && parseQuantity(v));
  if (asked !== undefined && most !== undefined && asked !== most) {
    report.reject({
      path: request.path,
      observed: `not the limit (${String(known(limit.scalar()))})`,
      required,
      fix: quantity.fix,
    });
  }
  // A missing request is the limit, also for CPU.
  const [cpu, cpuLimit] = [resources.at("requests", "cpu"), resources.at("limits", "cpu")];
  report.check((cpu.absent && !cpuLimit.absent ? cpuLimit : cpu).scalar(), {
    holds: (value) => (parseQuantity(value) ?? 0) > 0,
    absent: "rejected",
    required:
      "a CPU request (otherwise the server is the first to starve on a busy node, and misses its ticks)",
    fix: "set requests.cpu",
  });
}

/**
 * A server that is killed for memory or starved of CPU leaves the quorum for no reason of its own.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/
 * @see https://zookeeper.apache.org/doc/current/zookeeperAdmin.html#sc_commonProblems ("incorrect Java heap size")
 */
export const resources = serverPolicy({
  name: "resources",
  description:
    "ZooKeeper's memory is reserved, its CPU requested, and its heap leaves room in the memory limit",
  settings: heapSettings,
  enforcementLevel: "mandatory",
  validate: ({ pod, container: server }, report, settings) => {
    report.elements(pod.at("containers"));
    for (const { field, role } of containersOf(pod)) {
      if (role === "container" || role === "sidecar") {
        validateContainer(field, report);
      }
    }
    const heap = heapOf(server, environmentOf(server, pod));
    // A heap in a ConfigMap is what `resources-in-stack` validates.
    if (heap.state !== "configured") {
      validateHeap(server, heap, settings.maximumHeapPercent, report);
    }
  },
});
