import { items, known, type Field } from "../reading/field.ts";
import { every, some, type Truth } from "../reading/truth.ts";
import { areTogether, type KubernetesObject } from "./object.ts";
import { podsOf } from "./pods.ts";
import { labelsOf, matches, selectorOf } from "./selector.ts";
import { selects } from "./services.ts";
import type { Workload } from "./workload.ts";

/** What may lead a Prometheus to pods. */
export interface Monitors {
  /** PodMonitorings, ClusterPodMonitorings and PodMonitors. */
  readonly ofPods: readonly KubernetesObject[];
  /** ServiceMonitors. */
  readonly ofServices: readonly KubernetesObject[];
  /** Services, to which ServiceMonitors and annotations may lead. */
  readonly services: readonly KubernetesObject[];
}

type Located = Pick<KubernetesObject, "namespace">;

/** Whether the operator's `namespaceSelector` names the object's namespace: by default, it is the monitor's own. */
function isChosen(selector: Field, monitor: KubernetesObject, object: Located): Truth {
  const any = selector.at("any");
  const names = selector.at("matchNames");
  const isNamed = items(names).map((name): Truth =>
    name.unknown || object.namespace === undefined ? "unknown" : known(name.string()) === object.namespace,
  );
  return some([
    any.unknown ? "unknown" : known(any.boolean()) === true,
    names.unknown ? "unknown" : isNamed.length === 0 ? areTogether(monitor, object) : some(isNamed),
  ]);
}

/** Whether the monitor looks for pods, or Services, in the object's namespace. */
function looksAt(monitor: KubernetesObject, object: Located): Truth {
  switch (monitor.kind) {
    case "ClusterPodMonitoring":
      return true;
    case "PodMonitoring":
      return areTogether(monitor, object);
    default:
      return isChosen(monitor.root.at("spec", "namespaceSelector"), monitor, object);
  }
}

const selectorOfMonitor = (monitor: KubernetesObject) => selectorOf(monitor.root.at("spec", "selector"));

const monitorsPods = (monitor: KubernetesObject, workload: Workload): Truth =>
  every([
    looksAt(monitor, workload),
    some(podsOf(workload, "any").map(({ labels }) => matches(selectorOfMonitor(monitor), labels))),
  ]);

const monitorsService = (monitor: KubernetesObject, service: KubernetesObject): Truth =>
  every([
    looksAt(monitor, service),
    matches(selectorOfMonitor(monitor), labelsOf(service.root.at("metadata", "labels"))),
  ]);

/** Whether a pod or Service has the annotation by which the usual configurations of Prometheus find it. */
function isAnnotated(object: Field): Truth {
  const annotation = object.at("metadata", "annotations", "prometheus.io/scrape");
  return annotation.unknown ? "unknown" : known(annotation.string()) === "true";
}

/**
 * Whether something leads a Prometheus to the workload's pods.
 *
 * @see https://github.com/GoogleCloudPlatform/prometheus-engine/blob/main/doc/api.md
 * @see https://prometheus-operator.dev/docs/api-reference/api/
 */
export function isMonitored(workload: Workload, { ofPods, ofServices, services }: Monitors): Truth {
  return some([
    isAnnotated(workload.template),
    ...ofPods.map((monitor) => monitorsPods(monitor, workload)),
    ...services.map((service) => {
      const selected = selects(service, workload);
      // Most Services are those of other pods.
      return selected === false
        ? false
        : every([
            selected,
            some([
              isAnnotated(service.root),
              ...ofServices.map((monitor) => monitorsService(monitor, service)),
            ]),
          ]);
    }),
  ]);
}
