import { stackPolicy } from "../define.ts";
import { objectsOf, serversOf } from "../stack.ts";
import { heapOf, heapSettings, validateHeap } from "../zookeeper/heap-check.ts";
import { recognitionSettings } from "../zookeeper/recognition.ts";
import { environmentOf } from "../zookeeper/variables.ts";

/**
 * The part of `resources` that only the whole stack shows: a heap in a ConfigMap, as a variable or in `java.env`.
 *
 * @see https://zookeeper.apache.org/doc/current/zookeeperAdmin.html#sc_commonProblems ("incorrect Java heap size")
 */
export const resourcesInStack = stackPolicy({
  name: "resources-in-stack",
  description: "A heap in a ConfigMap of the stack leaves room in the memory limit of ZooKeeper",
  settings: { ...heapSettings, ...recognitionSettings },
  enforcementLevel: "mandatory",
  validate: (resources, open, settings) => {
    const configMaps = objectsOf(resources, "", "ConfigMap");
    for (const { workload, pod, container, runs } of serversOf(resources, settings)) {
      if (runs !== true) {
        continue;
      }
      const alone = heapOf(container, environmentOf(container, pod));
      const whole = heapOf(
        container,
        environmentOf(container, pod, (name) =>
          configMaps.find(
            (configMap) =>
              configMap.name === name &&
              (configMap.namespace === undefined || configMap.namespace === workload.namespace),
          ),
        ),
      );
      // Anything else is what `resources` validates.
      if (alone.state === "configured" || alone.place !== whole.place) {
        const report = open(workload.label, workload.urn);
        validateHeap(container, whole, settings.maximumHeapPercent, report);
      }
    }
  },
});
