import { stackPolicy } from "../define.ts";
import { areTogether, type KubernetesObject } from "../kubernetes/object.ts";
import { known, type Field } from "../reading/field.ts";
import { every, type Truth } from "../reading/truth.ts";
import { objectsOf } from "../stack.ts";
import { certainMembers, type Member } from "../zookeeper/ensembles.ts";
import { recognitionSettings } from "../zookeeper/recognition.ts";

/** A kind of object that changes the number or the resources of other objects' pods. */
interface Autoscaler {
  readonly group: string;
  readonly kind: string;
  /** Where it names what it scales. */
  readonly target: string;
  /** The kind of its target, if it names none. */
  readonly targetKind?: string;
  /** Whether it changes pods while they run. @default true */
  readonly acts?: (spec: Field) => Truth;
  readonly does: string;
}

const scales =
  "adds and removes servers, which no server's configuration lists, and may leave an even number";

/** Update modes in which a VerticalPodAutoscaler evicts no pods. */
const passiveModes: ReadonlySet<string> = new Set(["Off", "Initial"]);

/**
 * @see https://kubernetes.io/docs/concepts/workloads/autoscaling/
 * @see https://keda.sh/docs/latest/reference/scaledobject-spec/
 */
const autoscalers: readonly Autoscaler[] = [
  { group: "autoscaling", kind: "HorizontalPodAutoscaler", target: "scaleTargetRef", does: scales },
  {
    group: "keda.sh",
    kind: "ScaledObject",
    target: "scaleTargetRef",
    targetKind: "Deployment",
    does: scales,
  },
  { group: "autoscaling.gke.io", kind: "MultidimPodAutoscaler", target: "scaleTargetRef", does: scales },
  {
    group: "autoscaling.k8s.io",
    kind: "VerticalPodAutoscaler",
    target: "targetRef",
    acts: (spec) => {
      const mode = spec.at("updatePolicy", "updateMode");
      return mode.unknown ? "unknown" : !passiveModes.has(known(mode.string()) ?? "Auto");
    },
    does: "evicts servers to change their memory, which their heap does not follow",
  },
];

function sameText(field: Field, text: string, fallback?: string): Truth {
  return field.unknown ? "unknown" : (known(field.string()) ?? fallback) === text;
}

/** Whether the autoscaler changes the workload's pods. */
function changes(autoscaler: Autoscaler, object: KubernetesObject, { workload }: Member): Truth {
  const spec = object.root.at("spec");
  const target = spec.at(autoscaler.target);
  return every([
    areTogether(object, workload),
    sameText(target.at("kind"), workload.kind, autoscaler.targetKind),
    sameText(target.at("name"), workload.name),
    autoscaler.acts?.(spec) ?? true,
  ]);
}

/**
 * A number of servers that changes with the load changes the quorum, and an evicted server is a failure: an ensemble is
 * scaled by hand, one server at a time.
 *
 * @see https://zookeeper.apache.org/doc/current/zookeeperReconfig.html
 */
export const autoscaling = stackPolicy({
  name: "autoscaling",
  description: "No autoscaler changes the number or the resources of ZooKeeper servers",
  settings: recognitionSettings,
  enforcementLevel: "mandatory",
  validate: (resources, open, settings) => {
    const members = certainMembers(resources, settings);
    for (const autoscaler of autoscalers) {
      for (const object of objectsOf(resources, autoscaler.group, autoscaler.kind)) {
        const report = open(object.label, object.urn);
        const targets = members.map((member) => ({ member, changed: changes(autoscaler, object, member) }));
        const target = targets.find(({ changed }) => changed === true);
        const path = `spec.${autoscaler.target}`;
        if (target !== undefined) {
          report.reject({
            path,
            observed: `an autoscaler of ${target.member.workload.label}`,
            required: `none for ZooKeeper servers (it ${autoscaler.does})`,
            fix:
              autoscaler.acts === undefined
                ? "remove it"
                : "remove it, or set updatePolicy.updateMode to Off to get its recommendations",
          });
        } else if (targets.some(({ changed }) => changed === "unknown")) {
          report.leaveOpen(path);
        }
      }
    }
  },
});
