import { leastGraceSeconds } from "../../domain/quorum.ts";
import { serverPolicy } from "../define.ts";
import { known, type Field } from "../reading/field.ts";
import type { Report } from "../reading/report.ts";
import { count } from "../settings.ts";
import { healthOf } from "../zookeeper/health.ts";
import { validateQuorumProbes } from "../zookeeper/quorum-probes.ts";

const handlers = ["exec", "httpGet", "tcpSocket", "grpc"] as const;

/** Kubernetes' defaults of the probe's fields, in seconds and tries. */
const defaults = { periodSeconds: 10, failureThreshold: 3 };

/** Whether the probe is there and asks something; reports it if not. */
function validatePresence(probe: Field, purpose: string, report: Report): void {
  report.check(probe.map(), {
    holds: (fields) => handlers.some((handler) => fields.has(handler)),
    absent: "rejected",
    required: `a probe with one of ${handlers.join(", ")} (${purpose})`,
    fix: "add it",
    shown: () => "a probe without a handler",
  });
}

/** Validates for how many seconds of failing the probe holds still: failureThreshold × periodSeconds. */
function validateTolerance(probe: Field, least: number, report: Report): void {
  const values = (["periodSeconds", "failureThreshold"] as const).map((key) => {
    const reading = probe.at(key).number();
    const fix = "give a number of 1 or more";
    report.check(reading, {
      holds: (n) => n >= 1,
      absent: "accepted",
      required: "a number of 1 or more",
      fix,
    });
    return reading.state === "absent" ? defaults[key] : known(reading);
  });
  const [period, failures] = values;
  if (probe.absent || period === undefined || failures === undefined || period * failures >= least) {
    return;
  }
  report.reject({
    path: probe.path,
    observed: `gives up after ${period * failures} s (${failures} failures, one every ${period} s)`,
    required: `a probe that waits for ${least} s or more, the time that a server may need to rejoin (initLimit × tickTime)`,
    fix: "raise failureThreshold or periodSeconds",
  });
}

/**
 * Readiness keeps clients away from a server that is not in the quorum, startup gives a server the time to load its
 * snapshot, liveness restarts one that hangs, and none of them kills one that is only slow to rejoin.
 *
 * @see https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/
 */
export const probes = serverPolicy({
  name: "probes",
  description: "ZooKeeper servers have readiness, liveness and startup probes that leave them time to rejoin",
  settings: {
    rejoinSeconds: count("Time that a server may need to rejoin: initLimit × tickTime, in seconds", 20, 1),
    minimumGraceSeconds: count(
      "Least terminationGracePeriodSeconds: time to hand over leadership and close",
      leastGraceSeconds,
    ),
  },
  enforcementLevel: "mandatory",
  validate: (server, report, settings) => {
    const { pod, container } = server;
    const liveness = container.at("livenessProbe");
    const startup = container.at("startupProbe");
    validatePresence(
      container.at("readinessProbe"),
      "clients must not reach a server outside the quorum",
      report,
    );
    validatePresence(liveness, "a server that hangs has to be restarted", report);
    validatePresence(startup, "a server that still loads its snapshot must not be restarted", report);
    for (const path of ["readinessProbe", "livenessProbe", "startupProbe"].flatMap(
      (key) => healthOf(container, container.at(key)).open,
    )) {
      report.leaveOpen(path);
    }
    validateQuorumProbes(server, (probe) => ({ health: healthOf(container, probe).health }), report);
    for (const probe of [liveness, startup]) {
      validateTolerance(probe, settings.rejoinSeconds, report);
    }
    report.check(pod.at("terminationGracePeriodSeconds").number(), {
      holds: (seconds) => seconds >= settings.minimumGraceSeconds,
      // Kubernetes' own default is 30 s.
      absent: settings.minimumGraceSeconds <= 30 ? "accepted" : "rejected",
      required: `${settings.minimumGraceSeconds} s or more`,
      fix: "raise terminationGracePeriodSeconds",
    });
  },
});
