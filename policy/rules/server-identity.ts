import { serverPolicy } from "../define.ts";
import { replicasOf, type Workload } from "../kubernetes/workload.ts";
import { items, known } from "../reading/field.ts";
import { commandLine, variable } from "../zookeeper/sources.ts";

/** Kinds whose pods have names that change, and nothing else that tells one from another. */
const anonymous: ReadonlySet<string> = new Set([
  "DaemonSet",
  "Deployment",
  "ReplicaSet",
  "ReplicationController",
]);

/** Environment variables from which images take a server's ID (official, Bitnami, Confluent). */
const idVariables = ["ZOO_MY_ID", "ZOO_SERVER_ID", "ZOOKEEPER_SERVER_ID"];

/** How many servers the workload has, in words; undefined if it is one, or not known. */
function severalServers(workload: Workload): string | undefined {
  if (workload.kind === "DaemonSet") {
    return "a server on each node";
  }
  const replicas = replicasOf(workload) ?? 1;
  return replicas > 1 ? `${replicas} servers` : undefined;
}

/**
 * Each server of an ensemble has an ID and an address of its own, and keeps both when its pod is replaced: the others
 * know it by them. Only a StatefulSet gives its pods names that stay.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-network-id
 * @see https://zookeeper.apache.org/doc/current/zookeeperAdmin.html#sc_zkMulitServerSetup
 */
export const serverIdentity = serverPolicy({
  name: "server-identity",
  description: "Each ZooKeeper server has a name and an ID that it keeps",
  settings: {},
  enforcementLevel: "mandatory",
  validate: ({ workload, container }, report) => {
    const replicas = workload.root.at("spec", "replicas");
    if (replicas.unknown && (anonymous.has(workload.kind) || workload.kind === "StatefulSet")) {
      report.leaveOpen(replicas.path);
    }
    const several = severalServers(workload);
    if (several === undefined) {
      return;
    }
    if (anonymous.has(workload.kind)) {
      report.reject({
        path: workload.kind === "DaemonSet" ? "" : replicas.path,
        observed: `${several} of a ${workload.kind}, whose pods have no names that stay`,
        required: "a StatefulSet (the others know a server by its name and its ID)",
        fix: "use a StatefulSet with volumeClaimTemplates and a headless Service, and take each server's ID from its pod's name",
      });
      return;
    }
    // A script may set the ID anew.
    if (items(container.at("command")).length > 0 || container.at("command").unknown) {
      return;
    }
    for (const name of idVariables) {
      const value = variable(container, name)?.at("value");
      const id = value && known(value.string());
      if (
        value !== undefined &&
        id !== undefined &&
        /^\d+$/.test(id) &&
        !commandLine(container).includes(name)
      ) {
        report.reject({
          path: value.path,
          observed: `${name} is ${id} for ${several}`,
          required: "an ID for each server (two with the same ID are one to the others)",
          fix: `remove it, and set ${name} from the ordinal in the pod's name, in the command`,
        });
      }
    }
  },
});
