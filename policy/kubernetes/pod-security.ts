import { known, show, type Field } from "../reading/field.ts";
import type { Container } from "./workload.ts";
import type { Report } from "../reading/report.ts";

/** Why the fields are required, as a phrase. */
export const standard = "the Pod Security Standard restricted";

/** Volume types that the standard allows. */
const allowedVolumes: ReadonlySet<string> = new Set([
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "persistentVolumeClaim",
  "projected",
  "secret",
]);

/** Kernel parameters that the standard allows. */
const safeSysctls: ReadonlySet<string> = new Set([
  "kernel.shm_rmid_forced",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.ip_unprivileged_port_start",
  "net.ipv4.tcp_syncookies",
  "net.ipv4.ping_group_range",
  "net.ipv4.ip_local_reserved_ports",
  "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_keepalive_intvl",
  "net.ipv4.tcp_keepalive_probes",
  "net.ipv4.tcp_rmem",
  "net.ipv4.tcp_wmem",
]);

const selinuxTypes: ReadonlySet<string> = new Set([
  "",
  "container_t",
  "container_init_t",
  "container_kvm_t",
  "container_engine_t",
]);

/** A field that must not be switched on. */
function mustBeOff(field: Field, report: Report): void {
  report.check(field.boolean(), {
    holds: (on) => !on,
    absent: "accepted",
    required: "false or missing",
    fix: "remove it",
    repair: "remove",
  });
}

/** A field that may only have one of the values. */
function mustBeOneOf(
  field: Field,
  values: readonly string[],
  absent: "accepted" | "rejected",
  report: Report,
): void {
  const [first = ""] = values;
  report.check(field.string(), {
    holds: (value) => values.includes(value),
    absent,
    required: values.map((value) => JSON.stringify(value)).join(" or "),
    ...(absent === "accepted"
      ? { fix: "remove it", repair: "remove" }
      : { fix: `set it to ${first}`, repair: { set: first } }),
  });
}

/** The fields that the security contexts of pods and containers have in common. */
function validateContext(context: Field, report: Report): void {
  report.check(context.at("runAsUser").number(), {
    holds: (uid) => uid !== 0,
    absent: "accepted",
    required: "a user other than 0",
    fix: "set it to the image's own user, 1000 for ZooKeeper",
    repair: { set: 1000 },
  });
  mustBeOneOf(context.at("appArmorProfile", "type"), ["RuntimeDefault", "Localhost"], "accepted", report);
  mustBeOff(context.at("windowsOptions", "hostProcess"), report);
  const selinux = context.at("seLinuxOptions");
  report.check(selinux.at("type").string(), {
    holds: (type) => selinuxTypes.has(type),
    absent: "accepted",
    required: "a container type or missing",
    fix: "remove it",
    repair: "remove",
  });
  for (const key of ["user", "role"]) {
    report.check(selinux.at(key).string(), {
      holds: (value) => value === "",
      absent: "accepted",
      required: "missing",
      fix: "remove it",
      repair: "remove",
    });
  }
}

/** Whether the container runs as root. The image decides where `runAsNonRoot` is missing. */
function validateNonRoot(runAsNonRoot: Field, report: Report): void {
  report.check(runAsNonRoot.boolean(), {
    holds: (nonRoot) => nonRoot,
    absent: "rejected",
    required: "true",
    fix: "set runAsNonRoot to true",
    repair: { set: true },
  });
}

function validateSeccomp(context: Field, report: Report): void {
  mustBeOneOf(context.at("seccompProfile", "type"), ["RuntimeDefault", "Localhost"], "rejected", report);
}

/** The fields of the pod itself. */
export function validatePodSecurity(pod: Field, report: Report): void {
  for (const key of ["hostNetwork", "hostPID", "hostIPC"]) {
    mustBeOff(pod.at(key), report);
  }
  const context = pod.at("securityContext");
  validateContext(context, report);
  // Also if every container overrides it: the standard looks at the pod's own value too.
  const nonRoot = context.at("runAsNonRoot");
  if (!nonRoot.absent) {
    validateNonRoot(nonRoot, report);
  }
  if (!context.at("seccompProfile", "type").absent) {
    validateSeccomp(context, report);
  }
  for (const sysctl of report.elements(context.at("sysctls"))) {
    report.check(sysctl.at("name").string(), {
      holds: (name) => safeSysctls.has(name),
      absent: "accepted",
      required: "a safe sysctl",
      fix: "remove the sysctl",
    });
  }
  for (const volume of report.elements(pod.at("volumes"))) {
    for (const [key, source] of report.members(volume)) {
      if (key === "name" || source.absent || allowedVolumes.has(key)) {
        continue;
      }
      report.reject({
        path: volume.path,
        observed: `of type ${key}`,
        required: `one of ${[...allowedVolumes].join(", ")}`,
        fix: "use a persistent volume claim, or emptyDir for scratch space",
      });
    }
  }
}

/** Whether the container takes the field over from the pod, with which it is validated. */
function inherits(container: Field, pod: Field, ...path: readonly string[]): boolean {
  return container.at("securityContext", ...path).absent && !pod.at("securityContext", ...path).absent;
}

function validateCapabilities(capabilities: Field, report: Report): void {
  const drop = capabilities.at("drop");
  const dropped = drop.list();
  report.check(dropped, {
    holds: (names) => names.some((name) => name.unknown || isText(name, "ALL")),
    absent: "rejected",
    required: 'a list with "ALL"',
    fix: "drop ALL",
    repair: { set: ["ALL"] },
    shown: (names) => `[${names.map((name) => show(known(name.string()))).join(", ")}]`,
  });
  for (const name of report.elements(capabilities.at("add"))) {
    mustBeOneOf(name, ["NET_BIND_SERVICE"], "accepted", report);
  }
}

function isText(field: Field, text: string): boolean {
  const reading = field.string();
  return reading.state === "known" && reading.value === text;
}

/** The fields of one container, whichever part it plays. */
export function validateContainerSecurity({ field: container }: Container, pod: Field, report: Report): void {
  const context = container.at("securityContext");
  mustBeOff(context.at("privileged"), report);
  validateContext(context, report);
  report.check(context.at("allowPrivilegeEscalation").boolean(), {
    holds: (allowed) => !allowed,
    absent: "rejected",
    required: "false",
    fix: "set it to false",
    repair: { set: false },
  });
  if (!inherits(container, pod, "runAsNonRoot")) {
    validateNonRoot(context.at("runAsNonRoot"), report);
  }
  if (!inherits(container, pod, "seccompProfile", "type")) {
    validateSeccomp(context, report);
  }
  mustBeOneOf(context.at("procMount"), ["Default"], "accepted", report);
  for (const port of report.elements(container.at("ports"))) {
    report.check(port.at("hostPort").number(), {
      holds: (number) => number === 0,
      absent: "accepted",
      required: "missing",
      fix: "remove hostPort",
      repair: "remove",
    });
  }
  validateCapabilities(context.at("capabilities"), report);
}
