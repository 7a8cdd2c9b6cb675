import type { Server } from "../define.ts";
import { replicasOf, type Workload } from "../kubernetes/workload.ts";
import { known, type Field } from "../reading/field.ts";
import type { Report } from "../reading/report.ts";
import type { Truth } from "../reading/truth.ts";
import type { Health } from "./health.ts";
import { commandLine, ownListings } from "./sources.ts";

/** Whether the server is one of several, by the pods of its workload or by its own list of servers. */
function isOneOfSeveral({ workload, container }: Server): Truth {
  const listed = ownListings(container).map(({ participants, observers }) => participants + observers);
  if (workload.kind === "DaemonSet" || listed.some((servers) => servers > 1)) {
    return true;
  }
  const pods = replicasOf(workload);
  return pods === undefined ? "unknown" : pods > 1;
}

/** Whether the pods of a StatefulSet start one after the other, each when the one before it is ready. */
function startsInOrder({ kind, root }: Workload): Truth {
  const policy = root.at("spec", "podManagementPolicy");
  if (kind !== "StatefulSet") {
    return false;
  }
  return policy.unknown ? "unknown" : known(policy.string()) !== "Parallel";
}

/** What a probe says about its server if it succeeds, and where its script is. */
export type ReadProbe = (probe: Field) => { readonly health: Health; readonly place?: string };

/** A probe that says something certain. */
interface Speaking {
  readonly path: string;
  /** The script that it runs, for messages. */
  readonly script: string;
}

/** The probes of a container of which it is known that they say this, if they succeed. */
function probesThatSay(
  wanted: Health,
  container: Field,
  read: ReadProbe,
  keys: readonly string[],
): readonly Speaking[] {
  return keys.flatMap((key): Speaking[] => {
    const probe = container.at(key);
    const { health, place } = read(probe);
    const script = place === undefined ? "" : `runs ${place}, which `;
    return health === wanted ? [{ path: probe.path, script }] : [];
  });
}

const checkOfMode = "`echo srvr | nc -w 2 localhost 2181 | grep Mode`";

/** Validates that the first pod does not wait for servers that start only after it. */
function validateOrder({ workload, container }: Server, read: ReadProbe, report: Report): void {
  const ordered = startsInOrder(workload);
  const pods = replicasOf(workload);
  const [waiting] = probesThatSay("serving", container, read, ["readinessProbe", "startupProbe"]);
  // Servers that join a running ensemble by themselves do have a quorum, one after the other.
  if (waiting === undefined || ordered === false || pods === 1 || /reconfig/i.test(commandLine(container))) {
    return;
  }
  const policy = workload.root.at("spec", "podManagementPolicy");
  if (ordered === "unknown" || pods === undefined) {
    report.leaveOpen(ordered === "unknown" ? policy.path : workload.root.at("spec", "replicas").path);
    return;
  }
  report.reject({
    path: policy.path,
    ...(policy.absent
      ? { observed: "missing, which means OrderedReady" }
      : { value: JSON.stringify(known(policy.string())) }),
    required:
      `"Parallel" (${waiting.path} needs a quorum, so that the first server is never ready, ` +
      "and the others never start)",
    fix: "set podManagementPolicy to Parallel, and publishNotReadyAddresses to true in the headless Service",
  });
}

/** Validates that readiness means that a server is in the quorum, and that liveness does not. */
function validateQuorum(server: Server, read: ReadProbe, report: Report): void {
  const { workload, container } = server;
  const several = isOneOfSeveral(server);
  if (several === false) {
    return;
  }
  const [ready] = probesThatSay("running", container, read, ["readinessProbe"]);
  const [alive] = probesThatSay("serving", container, read, ["livenessProbe"]);
  if (several === "unknown") {
    if (ready !== undefined || alive !== undefined) {
      report.leaveOpen(workload.root.at("spec", "replicas").path);
    }
    return;
  }
  if (ready !== undefined) {
    const parallel = startsInOrder(workload) === false ? "" : ", set podManagementPolicy to Parallel";
    report.reject({
      path: ready.path,
      observed: `${ready.script}succeeds without a quorum`,
      required:
        "a check that fails outside the quorum (otherwise clients are sent to a server that does not serve them, " +
        "and it counts as available when nodes are drained)",
      fix:
        `check the server's mode, for example with ${checkOfMode}${parallel}, ` +
        "and set publishNotReadyAddresses to true in the headless Service",
    });
  }
  if (alive !== undefined) {
    report.reject({
      path: alive.path,
      observed: `${alive.script}fails without a quorum`,
      required: "a check of this server alone (otherwise all servers are restarted when the quorum is lost)",
      fix: "only ask whether the server runs, for example with tcpSocket on port 2181; leave the quorum to readiness",
    });
  }
}

/**
 * Validates what the probes of one of several servers say about the quorum.
 *
 * @param read what a probe says
 */
export function validateQuorumProbes(server: Server, read: ReadProbe, report: Report): void {
  validateQuorum(server, read, report);
  validateOrder(server, read, report);
}
